"""Encore: search for Chinese music video, inside Elasticsearch and OpenSearch."""
