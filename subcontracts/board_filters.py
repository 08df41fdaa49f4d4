"""Filters of the message board of a contract: each narrows both directions alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import django_filters
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import (
    FilterSet,
    MomentPeriodFilter,
    PrefixFilter,
    SinceFilter,
    UntilFilter,
)
from messaging.exchange.completeness import UNKNOWN_TYPE
from messaging.exchange.kinds import KINDS
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.selectors.board import AWAITING, RECEIVED, SENT, Both, sent_state

WAYS: Final = ((RECEIVED, _("received")), (SENT, _("sent")))
#: Both directions; `failed` is a state of either.
STATES: Final = {
    **dict(IncomingMessage.State.choices),
    **dict(OutgoingMessage.State.choices),
    AWAITING: _("awaiting an answer"),
}
ASKS: Final = (("attention", _("needs attention")), ("late", _("late")))
PARTY: Final = "party"


class _Moment:
    """A filter on the moment of either direction, which have their own columns."""

    def __init__(self, kind: Callable[..., Any]) -> None:
        self.received, self.sent = kind(field_name="received_at"), kind(field_name="created_at")

    def __call__(self, rows: Both, value: Any) -> Both:
        return Both(
            rows.scope,
            rows.leg,
            self.received.filter(rows.received, value),
            self.sent.filter(rows.sent, value),
        )


def _by_type(rows: Both, value: str) -> Both:
    kind = Q(message_type="" if value == UNKNOWN_TYPE else value)
    return rows.filter(kind, kind)


def _by_state(rows: Both, value: str) -> Both:
    sent = rows.sent.annotate(sought_state=sent_state()).filter(sought_state=value)
    return Both(rows.scope, rows.leg, rows.received.filter(state=value), sent)


def _by_identification(rows: Both, value: str) -> Both:
    begins = Q(identification__startswith=value)
    return rows.filter(begins, begins)


NARROW: Final[dict[str, Callable[[Both, Any], Both]]] = {
    "message_type": _by_type,
    "way": Both.only,
    "state": _by_state,
    "asks": lambda rows, value: rows.late() if value == "late" else rows.asking_attention(),
    "period": _Moment(MomentPeriodFilter),
    "since": _Moment(SinceFilter),
    "until": _Moment(UntilFilter),
    "identification": _by_identification,
}


class BoardFilter(FilterSet):
    """By kind, direction, state, what it asks, time and identification."""

    message_type = django_filters.ChoiceFilter(
        label=_("Message"),
        choices=[
            *((number, f"{number} {words}") for number, words in KINDS.items()),
            (UNKNOWN_TYPE, _("not recognised")),
        ],
    )
    way = django_filters.ChoiceFilter(label=_("Direction"), choices=WAYS)
    state = django_filters.ChoiceFilter(label=_("State"), choices=list(STATES.items()))
    asks = django_filters.ChoiceFilter(label=_("Only what"), choices=ASKS)
    period = MomentPeriodFilter(label=_("Received or made in"), help_text=_("Such as 2026-03."))
    since = SinceFilter(label=_("From"))
    until = UntilFilter(label=_("Until"))
    identification = PrefixFilter(label=_("Identification"))

    @cached_property
    def narrowed(self) -> Both:
        """Both directions under the filter; all of them where nothing is asked."""
        rows: Both = self.queryset
        if not self.is_bound or not self.form.is_valid():
            return rows
        for name, narrow in NARROW.items():
            value = self.form.cleaned_data.get(name)
            if value:
                rows = narrow(rows, value)
        return rows

    @property
    def qs(self) -> QuerySet[Any]:
        """One list of both."""
        return self.narrowed.lines()

    def other_values(self) -> list[tuple[str, str]]:
        """Which of the two groups is shown."""
        group = [("group", PARTY)] if self.data and self.data.get("group") == PARTY else []
        return [*super().other_values(), *group]
