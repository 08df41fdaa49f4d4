"""Filters of the message board."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, PeriodFilter, PrefixFilter
from messaging.exchange.models import Family, IncomingMessage, Leg, OutgoingMessage
from messaging.istandaard import MESSAGE_TYPES

_NUMBERS = [(number, number) for number in sorted({kind.number for kind in MESSAGE_TYPES.values()})]


class MessageFilter(FilterSet):
    """What both directions are filtered by."""

    family = django_filters.ChoiceFilter(label=_("Law"), choices=Family.choices)
    message_type = django_filters.ChoiceFilter(label=_("Message"), choices=_NUMBERS)
    leg = django_filters.ChoiceFilter(label=_("Other side"), choices=Leg.choices)
    identification = PrefixFilter(label=_("Identification"), lookup_expr="startswith")


class IncomingFilter(MessageFilter):
    """Of received messages."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=IncomingMessage.State.choices)
    period = PeriodFilter(
        label=_("Received in"), field_name="received_at__date", help_text=_("Such as 2026-03.")
    )

    class Meta:
        model = IncomingMessage
        fields = ("family", "message_type", "leg", "state", "period", "identification")


class OutgoingFilter(MessageFilter):
    """Of sent messages."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=OutgoingMessage.State.choices)
    period = PeriodFilter(
        label=_("Made in"), field_name="created_at__date", help_text=_("Such as 2026-03.")
    )

    class Meta:
        model = OutgoingMessage
        fields = ("family", "message_type", "leg", "state", "period", "identification")
