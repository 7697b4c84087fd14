"""Elasticsearch, put together from Maven's artifacts and started as a child process."""
