"""Pure calculation on values: no rows, no clock."""
