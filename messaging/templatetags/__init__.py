"""Words of the message traffic for templates."""
