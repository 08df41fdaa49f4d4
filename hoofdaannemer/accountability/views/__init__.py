"""Pages: the main contractor's reports, and what a municipality reads of them."""
