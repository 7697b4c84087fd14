"""The sample world: a made-up Chinese music-video site with known truth, and its search logs.

`ranker.world.generate` makes one, `ranker.world.store` reads its public tables, `ranker.world.check`
measures how hard it is. What causes the clicks lives in `ranker.world.truth`, which only the generator,
evaluation and tests may import; so this module imports nothing.
"""
