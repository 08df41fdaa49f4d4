"""Pages of the message traffic, split by noun."""
