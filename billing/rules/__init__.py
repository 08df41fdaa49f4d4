"""Pure calculation of money: frozen values in, frozen values out; no database and no clock."""
