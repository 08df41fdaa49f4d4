"""A past period computed anew, as it was paid and as it would be under another funding form."""
