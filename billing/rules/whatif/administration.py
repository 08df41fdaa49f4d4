"""What a form asks to be handed in: messages of declarations, and entries in them and in reports.

Starts and stops are reported under every form, so they are counted under none.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from billing.rules.whatif.alternatives import Replayed
from billing.rules.whatif.basis import Basis
from billing.rules.whatif.by_agreement import fte_of
from billing.rules.whatif.facts import Party
from billing.rules.whatif.terms import Converted, Counted, Form, Terms
from hoofdaannemer.core.money import round_to

#: A declaration and its answer.
MESSAGES_A_DECLARATION = 2


@dataclass(frozen=True, slots=True)
class Load:
    """Messages, and entries: declared lines and people in FTE reports."""

    messages: int = 0
    entries: int = 0


def load_now(party: Party) -> Load:
    """As it was: a declaration on the page is no message, its lines are entries."""
    return Load(
        sum(one.declarations_sent for one in party.traffic) * MESSAGES_A_DECLARATION,
        sum(one.declared_lines + one.fte_rows for one in party.traffic),
    )


def load_then(party: Party, replayed: Replayed) -> Load:
    """As the other form asks it; what is not converted stays as it was.

    Where declared lines still count they stay; else the converted part of them falls away, and with
    the last of them the messages.
    """
    basis = replayed.bases.get(party.pk)
    now = load_now(party)
    if basis is None:
        return now
    terms = replayed.terms
    declared = sum(one.declared_lines for one in party.traffic)
    kept = declared if declares(terms) else _rounded(declared * (1 - terms.share))
    messages = now.messages if kept or not declared else 0
    return Load(messages, kept + _reported(basis, terms, now.entries - declared))


def _reported(basis: Basis, terms: Terms, now: int) -> int:
    """Entries in FTE reports, of which there are so many now.

    FTE ask one a month for each person: as reported, else as many as there are FTE. Of other forms
    they fall away with the last of the FTE that are converted.
    """
    converts_all = terms.converted is Converted.ALL
    if terms.form is not Form.FTE:
        return 0 if converts_all and terms.share == 1 else now
    if terms.counted in (Counted.REPORTED, Counted.AGREED):
        return now
    asked = int(fte_of(basis, terms).to_integral_value(ROUND_CEILING)) * len(basis.months)
    if not converts_all:
        return now + asked
    return asked if terms.share == 1 else max(now, asked)


def declares(terms: Terms) -> bool:
    """Whether the alternative rests on declared lines itself."""
    return terms.counted is Counted.DECLARED or terms.form is Form.ADVANCE_POOL


def _rounded(number: Decimal) -> int:
    return int(round_to(number, 0).to_integral_value(ROUND_HALF_UP))
