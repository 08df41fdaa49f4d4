"""Arrangements as files: a declarative, versioned format that is loaded, run and exported."""
