"""Pages of the care chain, one module a noun."""
