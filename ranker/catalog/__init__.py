"""The catalogue: what a video is, and how facts about it are kept."""
