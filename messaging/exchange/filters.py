"""Filters of the message board and of the counts over a period."""

from __future__ import annotations

from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import (
    FilterSet,
    MomentPeriodFilter,
    PrefixFilter,
    SinceFilter,
    UntilFilter,
)
from messaging.exchange.completeness import ANSWERS, UNKNOWN_TYPE, answered_as
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.models import Family, IncomingMessage, Leg, OutgoingMessage
from messaging.istandaard import MESSAGE_TYPES

_NUMBERS = [(number, number) for number in sorted({kind.number for kind in MESSAGE_TYPES.values()})]
_TYPES: Final = [*_NUMBERS, (UNKNOWN_TYPE, _("not recognised"))]
_SUCH: Final = _("Such as 2026-03.")


class TrafficFilter(FilterSet):
    """What boards and counts of both directions are filtered by."""

    family = django_filters.ChoiceFilter(label=_("Law"), choices=Family.choices)
    leg = django_filters.ChoiceFilter(label=_("Other side"), choices=Leg.choices)


class IncomingTrafficFilter(TrafficFilter):
    """Of received messages, by the moment of receipt."""

    period = MomentPeriodFilter(label=_("Received in"), field_name="received_at", help_text=_SUCH)
    since = SinceFilter(label=_("Received from"), field_name="received_at")
    until = UntilFilter(label=_("Received until"), field_name="received_at")

    class Meta:
        model = IncomingMessage
        fields = ("family", "leg", "period", "since", "until")


class OutgoingTrafficFilter(TrafficFilter):
    """Of sent messages, by the moment at which they were made."""

    period = MomentPeriodFilter(label=_("Made in"), field_name="created_at", help_text=_SUCH)
    since = SinceFilter(label=_("Made from"), field_name="created_at")
    until = UntilFilter(label=_("Made until"), field_name="created_at")

    class Meta:
        model = OutgoingMessage
        fields = ("family", "leg", "period", "since", "until")


class _OfType(django_filters.ChoiceFilter):
    """One message type, or documents of which the type is not known."""

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return (
            super().filter(rows, value) if value != UNKNOWN_TYPE else rows.filter(message_type="")
        )


class IncomingFilter(IncomingTrafficFilter):
    """Of the board of received messages."""

    message_type = _OfType(label=_("Message"), choices=_TYPES)
    state = django_filters.ChoiceFilter(label=_("State"), choices=IncomingMessage.State.choices)
    identification = PrefixFilter(label=_("Identification"), lookup_expr="startswith")

    class Meta:
        model = IncomingMessage
        fields = ("family", "message_type", "leg", "state", "period", "identification")


class OutgoingFilter(OutgoingTrafficFilter):
    """Of the board of sent messages."""

    message_type = _OfType(label=_("Message"), choices=_NUMBERS)
    state = django_filters.ChoiceFilter(label=_("State"), choices=OutgoingMessage.State.choices)
    answer = django_filters.ChoiceFilter(
        label=_("Answer"), choices=list(ANSWERS.items()), method="by_answer"
    )
    identification = PrefixFilter(label=_("Identification"), lookup_expr="startswith")

    class Meta:
        model = OutgoingMessage
        fields = ("family", "message_type", "leg", "state", "answer", "period", "identification")

    def by_answer(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What the other side said, as the counts count it."""
        said: QuerySet[Any] = rows.annotate(answer=answered_as()).filter(answer=value)
        return said


class CopyFilter(FilterSet):
    """Of copies to municipalities, by the moment at which they were made."""

    period = MomentPeriodFilter(label=_("Made in"), field_name="created_at", help_text=_SUCH)
    state = django_filters.ChoiceFilter(label=_("State"), choices=MessageCopy.State.choices)

    class Meta:
        model = MessageCopy
        fields = ("state", "period")
