"""Every message that may come in, on either leg and in either family, with something in its way."""
