"""Bytes to one outside system. A transport knows no rows, no scope and no rules.

Whatever hands messages over is a `Carrier`: the directory drop and the two hubs. A mailbox and
the portal have none, since there the receiver comes and takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class TransportError(Exception):
    """The parcel was not handed over; a later try may succeed. The text is for a person."""


class RefusedError(TransportError):
    """The other side will not take this parcel, however often it comes.

    `code` is that of its own list. `is_repeat` says that it knows the reference already.
    """

    def __init__(self, code: str, message: str, *, is_repeat: bool = False) -> None:
        self.code = code
        self.is_repeat = is_repeat
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way. `name` and `reference` are the same at each try.

    So two tries leave one file, and a hub recognises the second.
    """

    main_contractor: str
    """Trade register number of the main contractor."""
    party: str
    """Municipality code, AGB code, or trade register number where there is no AGB code."""
    name: str
    content: bytes
    kind: str = ""
    """Such as JW305."""
    sender: str = ""
    """AGB code of the main contractor."""
    reference: str = ""
    """UUID under which a hub knows it; empty where it does not go by a hub."""
    answers: str = ""
    """The reference of what this parcel answers, where that came by a hub."""
    conversation: str = ""
    sent_at: datetime | None = None


class Carrier(Protocol):
    """One way of handing over."""

    def send(self, parcel: Parcel) -> object:
        """Hand it over. Raises TransportError, or RefusedError where no later try can succeed."""
