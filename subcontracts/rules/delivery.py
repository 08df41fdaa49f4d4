"""What may be reported about one placement: the state machine of starts and stops.

Source: flows.md section 8 and rules TR063, TR071, TR074, TR326, TR382, TR413, TR414, TR415. A rule
is its code in the standard; `RETURN_CODES` has the code of the return message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subcontracts.rules.combining import Spell

RETURN_CODES: Final = {
    "TR019": "9019",
    "TR063": "9063",
    "TR071": "9071",
    "TR074": "9074",
    "TR326": "9326",
    "TR382": "9069",
    "TR413": "9413",
    "TR414": "9414",
    "TR415": "9415",
}

TEXTS: dict[str, str | Promise] = {
    "TR063": _("There is no earlier report to take back. Check the dates."),
    "TR071": _("A stop was reported for this start. Take the stop back first."),
    "TR074": _("This has already been reported. You need not do anything."),
    "TR326": _("Care has already started. Report the stop first, before a new start."),
    "TR382": _("No start is known with this date. Report the start first."),
    "TR413": _("Care already pauses. Report a new start or a final stop."),
    "TR414": _("The stop cannot be earlier than the stop that was reported before."),
    "TR415": _("A final stop was already reported for this start."),
}

#: Reasons that the municipality's side gives rise to; a provider does not start with them.
NOT_BY_PROVIDER: Final = frozenset({"36", "37"})


@dataclass(frozen=True)
class StopKey:
    """A stop as reported: the start it ends, its end date and its reason."""

    begin: date
    end: date
    reason: str


def start_problem(spells: Sequence[Spell], begin: date) -> str:
    """Rule that a new start of a placement breaks; empty where it may be reported."""
    if any(spell.begin == begin for spell in spells):
        return "TR074"
    if any(spell.last_day is None for spell in spells):
        return "TR326"
    return ""


def start_withdrawal_problem(spells: Sequence[Spell], begin: date) -> str:
    """Rule that the deletion of a start breaks."""
    spell = _spell(spells, begin)
    if spell is None:
        return "TR063"
    return "" if spell.last_day is None else "TR071"


def stop_problem(spells: Sequence[Spell], stop: StopKey) -> str:
    """Rule that a new stop breaks; TR382 means that its start is not known (yet)."""
    spell = _spell(spells, stop.begin)
    if spell is None:
        return "TR382"
    if stop in stops_of(spell):
        return "TR074"
    if spell.ended_on is not None:
        return "TR415"
    if spell.paused_on is not None:
        if stop.reason == "20":
            return "TR413"
        if stop.end < spell.paused_on:
            return "TR414"
    return ""


def stop_withdrawal_problem(spells: Sequence[Spell], stop: StopKey) -> str:
    """Rule that the deletion of a stop breaks."""
    spell = _spell(spells, stop.begin)
    return "" if spell is not None and stop in stops_of(spell) else "TR063"


def stops_of(spell: Spell) -> list[StopKey]:
    """The stops of a spell as keys, the temporary one first."""
    found = []
    if spell.paused_on is not None:
        found.append(StopKey(spell.begin, spell.paused_on, "20"))
    if spell.ended_on is not None:
        found.append(StopKey(spell.begin, spell.ended_on, spell.reason))
    return found


def _spell(spells: Sequence[Spell], begin: date) -> Spell | None:
    return next((spell for spell in spells if spell.begin == begin), None)
