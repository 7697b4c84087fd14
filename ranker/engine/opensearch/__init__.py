"""OpenSearch, the stock distribution of Maven's repositories, started as a child process."""
