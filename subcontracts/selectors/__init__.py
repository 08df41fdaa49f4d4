"""Answers over several rows; all take the scope."""
