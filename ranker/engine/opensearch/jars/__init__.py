"""Java source of the jar that starts a node in the hands of its launcher."""
