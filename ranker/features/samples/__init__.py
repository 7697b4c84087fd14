"""Training samples: what was seen, joined with what came of it, and proof that nothing of later is in it."""
