"""Arrangements of invented data, loaded by sending real messages and calling the real services.

A scenario is a module here with `DESCRIPTION`, `KVK` (trade register number of its first main
contractor, by which it is known to be there) and `load(progress)`.
"""

from hoofdaannemer.scenarios.logins import Login, demo_logins
from hoofdaannemer.scenarios.registry import Progress, is_loaded, load, scenarios

__all__ = ["Login", "Progress", "demo_logins", "is_loaded", "load", "scenarios"]
