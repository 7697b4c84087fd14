"""What the ranker saw when it scored: journals that it writes, and tables that are made of them."""
