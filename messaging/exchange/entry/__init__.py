"""Messages made by hand: a form for a message type, made from the model of the standard."""
