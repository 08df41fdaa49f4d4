"""Every write about people: one module a noun."""
