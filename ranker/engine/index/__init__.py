"""Generations of an index: built whole, swapped at once, mended while they live, rolled back."""
