"""Bytes to one outside system. A transport knows no rows, no scope and no rules."""

from __future__ import annotations

from dataclasses import dataclass


class TransportError(Exception):
    """The parcel was not handed over; a later try may succeed. The text is for a person."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way. `name` is the same at each try, so that two tries leave one file."""

    main_contractor: str
    """Trade register number of the main contractor."""
    party: str
    """Municipality code, AGB code, or trade register number where there is no AGB code."""
    name: str
    content: bytes
