"""What does the ranker know about a video, a user and a query, as numbers?

Columns (`columns.write`, `columns.VideoColumns`) are made with the index and memory-mapped by the ranker.
"""
