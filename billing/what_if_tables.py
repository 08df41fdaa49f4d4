"""Tables of what-ifs and of their winners and losers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2
from django.utils.translation import gettext_lazy as _

from billing.models import WhatIf, WhatIfResult
from billing.rules.explain import number
from hoofdaannemer.core.tables import BadgeColumn, EuroColumn, MomentColumn, NumberColumn, Table
from hoofdaannemer.core.templatetags.core_format import period_nl

STATE_TONES = {
    WhatIf.State.WAITING: "neutral",
    WhatIf.State.RUNNING: "information",
    WhatIf.State.DONE: "positive",
    WhatIf.State.FAILED: "warning",
}


class PercentColumn(NumberColumn):
    """A percentage that may be below zero."""

    def render(self, value: Decimal | int) -> str:
        return f"{number('percent', value).shown()}%"


class WhatIfTable(Table):
    """Questions with what became of them."""

    name = django_tables2.Column(linkify=True, verbose_name=_("Name"))
    period = django_tables2.Column(
        accessor="period", verbose_name=_("Period"), order_by=("first_month",)
    )
    form = django_tables2.Column(verbose_name=_("Other form"))
    subcontractors = NumberColumn(verbose_name=_("Subcontractors"))
    state = BadgeColumn(tones=STATE_TONES, verbose_name=_("Status"))
    asked_by = django_tables2.Column(accessor="asked_by__name", verbose_name=_("Asked by"))
    asked_at = MomentColumn(verbose_name=_("Asked"), orderable=True)

    class Meta:
        model = WhatIf
        fields = ()

    def render_period(self, value: Any) -> str:
        return period_nl(value)

    def value_period(self, value: Any) -> str:
        return period_nl(value)


class WhatIfResultTable(Table):
    """Who wins and who loses; the greatest loss first. One question has few rows to sort."""

    name = django_tables2.Column(linkify=True, orderable=True, verbose_name=_("Subcontractor"))
    actual = EuroColumn(orderable=True, verbose_name=_("As it was"))
    outcome = EuroColumn(orderable=True, verbose_name=_("What if"))
    difference = EuroColumn(orderable=True, verbose_name=_("Difference"))
    percent = PercentColumn(orderable=True, verbose_name=_("Percent"))
    messages_now = NumberColumn(verbose_name=_("Messages before"))
    messages_then = NumberColumn(verbose_name=_("Messages then"))
    entries_now = NumberColumn(verbose_name=_("Entries before"))
    entries_then = NumberColumn(verbose_name=_("Entries then"))

    class Meta:
        model = WhatIfResult
        fields = ()
