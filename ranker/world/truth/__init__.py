"""What truly causes the clicks of the sample world: for its generator, evaluation and tests alone."""

from ranker.world.truth.reading import Truth

__all__ = ["Truth"]
