"""How well does a video answer a query? Two towers over words, and an interaction that reads facts too."""
