"""Judging: orders against the truth, faults and latency by measurement."""
