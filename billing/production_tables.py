"""Lists of production statements, of a subcontractor's own parts, and of what holds for audits."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from billing.models import AuditTerms, ProductionPart, ProductionStatement
from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, DateColumn, EuroColumn, Table

STATUS_TONES = {
    ProductionStatement.Status.DRAFT: "information",
    ProductionStatement.Status.PROPOSED: "warning",
    ProductionStatement.Status.LOCKED: "positive",
}
STATE_TONES = {
    ProductionPart.State.DRAFT: "information",
    ProductionPart.State.PROPOSED: "warning",
    ProductionPart.State.CONFIRMED: "positive",
    ProductionPart.State.OBJECTED: "negative",
    ProductionPart.State.GIVEN: "positive",
}


class ProductionStatementTable(Table):
    """Production statements."""

    municipality = django_tables2.Column(
        linkify=lambda record: record.get_absolute_url(), verbose_name=_("Municipality")
    )
    year = django_tables2.Column()
    contract_name = django_tables2.Column()
    number = django_tables2.Column()
    status = BadgeColumn(tones=STATUS_TONES)
    amount = EuroColumn()
    corrected = EuroColumn()

    class Meta:
        model = ProductionStatement
        fields = ()


class ProductionStatementFilter(FilterSet):
    """By year, status and contract."""

    class Meta:
        model = ProductionStatement
        fields = ("year", "status", "contract_number")


class ProductionPartTable(Table):
    """A subcontractor's own parts."""

    municipality = django_tables2.Column(
        linkify=lambda record: record.get_absolute_url(), verbose_name=_("Municipality")
    )
    year = django_tables2.Column()
    contract_name = django_tables2.Column()
    number = django_tables2.Column()
    state = BadgeColumn(tones=STATE_TONES)
    amount = EuroColumn()
    corrected = EuroColumn()

    class Meta:
        model = ProductionPart
        fields = ()


class ProductionPartFilter(FilterSet):
    """By year and status."""

    class Meta:
        model = ProductionPart
        fields = ("year", "state")


class AuditTermsTable(Table):
    """What was recorded, the newest first."""

    from_year = CodeColumn()
    contract = django_tables2.Column(
        default=_("all contracts"), verbose_name=_("Municipal contract")
    )
    area = django_tables2.Column()
    threshold = EuroColumn()
    statement_before = django_tables2.Column(verbose_name=_("Statement before"))
    opinion_before = django_tables2.Column(verbose_name=_("Opinion before"))
    source = django_tables2.Column()
    recorded_at = DateColumn()

    class Meta:
        model = AuditTerms
        fields = ()

    def render_statement_before(self, value: str) -> str:
        """Day and month, as people write it."""
        return _day(value)

    def render_opinion_before(self, value: str) -> str:
        """Day and month, as people write it."""
        return _day(value)


def _day(value: str) -> str:
    month, _dash, day = value.partition("-")
    return f"{day}-{month}"
