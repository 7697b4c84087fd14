"""What will the listener do with each video, and which order follows: models of behaviour, final formula."""
