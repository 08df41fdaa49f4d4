"""How many messages came and went, and what became of them: no message is in two numbers.

A row of a table counts one message type on one side. Its columns are the states that a message
can be in, so that they add up to all of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, CharField, Count, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.exchange.models import IncomingQuerySet, OutgoingQuerySet

#: How a filter calls documents without a message type.
UNKNOWN_TYPE: Final = "unknown"
REFUSED, ACCEPTED, NONE_ASKED, AWAITED = "refused", "accepted", "none", "awaited"
#: What the other side said to a message of ours.
ANSWERS: Final[Mapping[str, str | Promise]] = {
    ACCEPTED: _("accepted"),
    REFUSED: _("refused"),
    AWAITED: _("still to come"),
    NONE_ASKED: _("none is asked"),
}


@dataclass(frozen=True)
class Line:
    """The messages of one type on one side, by state; of sent ones also by answer."""

    leg: str
    message_type: str
    states: Mapping[str, int]
    answers: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())


def answered_as() -> Case:
    """The answer to a sent message, as one of ANSWERS."""
    return Case(
        # A message that was sent again may have been refused before it was accepted.
        When(refused_at__isnull=False, then=Value(REFUSED)),
        When(accepted_at__isnull=False, then=Value(ACCEPTED)),
        When(return_due_date=None, then=Value(NONE_ASKED)),
        default=Value(AWAITED),
        output_field=CharField(),
    )


def received(rows: IncomingQuerySet) -> list[Line]:
    """Counts of received messages, in one query."""
    counted = rows.order_by().values("leg", "message_type", "state").annotate(count=Count("pk"))
    return _lines(counted)


def sent(rows: OutgoingQuerySet) -> list[Line]:
    """Counts of sent messages, in one query."""
    counted = (
        rows.order_by()
        .annotate(answer=answered_as())
        .values("leg", "message_type", "state", "answer")
        .annotate(count=Count("pk"))
    )
    return _lines(counted)


def _lines(counted: Iterable[Mapping[str, Any]]) -> list[Line]:
    states: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    answers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in counted:
        key = (row["leg"], row["message_type"])
        states[key][row["state"]] += row["count"]
        if "answer" in row:
            answers[key][row["answer"]] += row["count"]
    # Municipalities first, which is the other way round in the alphabet.
    ordered = sorted(states, key=lambda key: (key[0] != "up", key[1]))
    return [Line(*key, states[key], answers[key]) for key in ordered]
