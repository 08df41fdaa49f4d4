"""Every write of the traffic, by noun."""
