"""What answers while a person waits: the ranker's service and the model server behind it."""
