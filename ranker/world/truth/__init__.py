"""What truly causes the clicks of the sample world. Only its generator, evaluation and tests may import this."""

from ranker.world.truth.reading import Truth

__all__ = ["Truth"]
