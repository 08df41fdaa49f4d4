"""Filters of the lists of billing."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import (
    Adjustment,
    Declaration,
    FteReport,
    FteSignal,
    Hold,
    Payment,
    PaymentRun,
    Statement,
    StatementLine,
    UpwardDeclaration,
    WhatIf,
    WhatIfResult,
)
from hoofdaannemer.core.filters import FilterSet, PeriodFilter, ScopedModelChoiceFilter
from subcontracts.models import MunicipalContract, Subcontractor

#: Of a key in a reference: what is longer is no key of the database.
MOST_DIGITS = 18


class DeclarationFilter(FilterSet):
    """By month, verdict and subcontractor."""

    month = PeriodFilter(label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))
    entitled = django_filters.ChoiceFilter(
        label=_("Entitlements"),
        choices=[("recorded", _("recorded")), ("waiting", _("not recorded yet"))],
        method="by_entitlements",
    )

    class Meta:
        model = Declaration
        fields = ("status", "family")

    def by_entitlements(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        """Whether what was approved became entitlements."""
        return rows.filter(entitled_at__isnull=value == "waiting")


class UpwardDeclarationFilter(FilterSet):
    """By month, status, law and contract."""

    month = PeriodFilter(label=_("Month, quarter or year"))
    contract = ScopedModelChoiceFilter(model=MunicipalContract, label=_("Municipal contract"))

    class Meta:
        model = UpwardDeclaration
        fields = ("status", "family")


class StatementFilter(FilterSet):
    """By month and subcontractor."""

    month = PeriodFilter(label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = Statement
        fields = ()


class StatementLineFilter(FilterSet):
    """Lines of one statement by their reference, product or plan, and by what they do."""

    text = django_filters.CharFilter(
        label=_("Reference or care"), max_length=60, method="by_text", strip=True
    )

    class Meta:
        model = StatementLine
        fields = ("kind",)

    def by_text(
        self, rows: QuerySet[StatementLine], name: str, value: str
    ) -> QuerySet[StatementLine]:
        """Anywhere in the reference: the lines of one statement, so no index is missed.

        What is no entitlement and no hold is found by the whole of it.
        """
        named, _dash, number = value.lower().partition("-")
        found = (
            Q(entitlement__reference__icontains=value)
            | Q(hold__reference__icontains=value)
            | Q(entitlement__product__name__icontains=value)
        )
        if number.isascii() and number.isdigit():
            key = int(number[:MOST_DIGITS])
            found |= Q(plan=key) if named == "plan" else Q()
            found |= Q(adjustment=key) if named in Adjustment.NAMES.values() else Q()
        return rows.filter(found)


class HoldFilter(FilterSet):
    """Open or released, by kind and subcontractor."""

    is_open = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("held back")), ("released", _("released"))],
        method="by_state",
    )
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))
    late = django_filters.ChoiceFilter(
        label=_("Due"),
        choices=[("late", _("after its due date")), ("mine", _("mine to act on"))],
        method="by_turn",
    )

    class Meta:
        model = Hold
        fields = ("kind", "owner")

    def by_turn(self, rows: QuerySet[Hold], name: str, value: str) -> QuerySet[Hold]:
        """What nobody dealt with in time, or what was handed to oneself."""
        scope = self.request.scope
        if value == "late":
            return rows.filter(released_at=None, due_date__lt=scope.today)
        return rows.filter(released_at=None, holder=scope.user_id)

    def by_state(self, rows: QuerySet[Hold], name: str, value: str) -> QuerySet[Hold]:
        """Held back still, or released."""
        return rows.filter(released_at__isnull=value == "open")


class PaymentRunFilter(FilterSet):
    """By status."""

    class Meta:
        model = PaymentRun
        fields = ("status",)


class PaymentFilter(FilterSet):
    """By period of payment and subcontractor."""

    execution_date = PeriodFilter(label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(
        field_name="statement__subcontractor", model=Subcontractor, label=_("Subcontractor")
    )

    came_back = django_filters.ChoiceFilter(
        label=_("Came back"),
        choices=[("yes", _("came back")), ("no", _("did not come back"))],
        method="by_failure",
    )

    class Meta:
        model = Payment
        fields = ()

    def by_failure(self, rows: QuerySet[Payment], name: str, value: str) -> QuerySet[Payment]:
        """Rejected or sent back by the bank, or not as far as we know."""
        return rows.filter(failed_at__isnull=value == "no")


class FteReportFilter(FilterSet):
    """By month, subcontractor and signals."""

    month = PeriodFilter(label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(
        model=Subcontractor,
        label=_("Subcontractor"),
        field_name="funding_line__subcontract__subcontractor",
    )
    signal = django_filters.ChoiceFilter(
        label=_("Signal"),
        choices=[("any", _("any")), *FteSignal.Kind.choices],
        method="by_signal",
    )

    class Meta:
        model = FteReport
        fields = ()

    def by_signal(self, rows: QuerySet[FteReport], name: str, value: str) -> QuerySet[FteReport]:
        """Reports with any signal, or with one of a kind."""
        signals = FteSignal.objects.visible_to(self.request.scope).filter(report=OuterRef("pk"))
        return rows.filter(Exists(signals if value == "any" else signals.filter(kind=value)))


class WhatIfFilter(FilterSet):
    """By form and status."""

    class Meta:
        model = WhatIf
        fields = ("form", "state")


class WhatIfResultFilter(FilterSet):
    """Who wins, who loses, and whose own form does not fit the statements."""

    outcome_is = django_filters.ChoiceFilter(
        label=_("Outcome"),
        choices=[("wins", _("wins")), ("loses", _("loses")), ("same", _("stays the same"))],
        method="by_outcome",
    )

    class Meta:
        model = WhatIfResult
        fields = ("is_reproduced",)

    def by_outcome(
        self, rows: QuerySet[WhatIfResult], name: str, value: str
    ) -> QuerySet[WhatIfResult]:
        """By the sign of the difference."""
        if value == "same":
            return rows.filter(difference=0)
        return rows.filter(difference__gt=0) if value == "wins" else rows.filter(difference__lt=0)
