"""How well does a video answer a query? Two towers over words, and an interaction that reads facts too."""

from typing import Final

ITEM_GRAPH: Final = "item_tower.onnx"
"""The item side's graph; it lies beside the query tower's, and runs when an index is built."""
