"""Recall: how candidates are asked for, by words and by vectors."""
