"""Pages of billing, split by noun."""
