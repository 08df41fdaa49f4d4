"""Answers over several models, without writes."""
