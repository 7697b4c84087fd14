"""The processes of one installation: the search engine's home and node, and who keeps them running."""
