"""Promises about reports."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise

PROMISES: tuple[Promise, ...] = ()
