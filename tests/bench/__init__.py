"""How fast we are beside bare libraries and plain SQL; run as `python -m tests.bench`."""
