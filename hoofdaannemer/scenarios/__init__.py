"""Arrangements of invented data, loaded by sending real messages and calling the real services.

A scenario that tells a story is a module here with `DESCRIPTION`, `KVK` (trade register number of
its first main contractor, by which it is known to be there) and `load(progress)`; an arrangement of
the field is a file in `arrangements/rows`.
"""

from hoofdaannemer.scenarios.logins import Login, demo_logins
from hoofdaannemer.scenarios.registry import Progress, export, is_loaded, known, load, scenarios

__all__ = ["Login", "Progress", "demo_logins", "export", "is_loaded", "known", "load", "scenarios"]
