"""Java sources of the two tiny jars that the stock distribution has and Maven has not."""
