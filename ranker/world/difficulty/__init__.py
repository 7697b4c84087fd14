"""How hard a world is: what the oracle reaches, and what single features and text alone do not."""
