"""Every write of billing, split by noun."""
