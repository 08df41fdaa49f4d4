"""Lists of the care chain. Clients are named by number; names stand on the client page only."""

from __future__ import annotations

import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, DateColumn, PeriodColumn, Table
from subcontracts import words
from subcontracts.models import (
    Allocation,
    AllocationRequest,
    MunicipalContract,
    Placement,
    Professional,
    Subcontract,
    Subcontractor,
)

PLACEMENT_TONES = {
    Placement.Status.OFFERED: "warning",
    Placement.Status.ACCEPTED: "positive",
    Placement.Status.DECLINED: "negative",
}
REQUEST_TONES = {
    AllocationRequest.Status.RECEIVED: "warning",
    AllocationRequest.Status.FAULTY: "negative",
    AllocationRequest.Status.REFUSED: "negative",
    AllocationRequest.Status.ALLOCATED: "positive",
    AllocationRequest.Status.SENT: "information",
    AllocationRequest.Status.CONFIRMED: "information",
    AllocationRequest.Status.INVESTIGATED: "information",
}
SUBCONTRACT_TONES = {
    Subcontract.Status.ACTIVE: "positive",
    Subcontract.Status.ENDING: "warning",
    Subcontract.Status.DRAFT: "information",
    Subcontract.Status.OFFERED: "information",
    Subcontract.Status.SIGNED: "information",
}


class ExtentColumn(django_tables2.Column):
    """How much care, in words."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"empty_values": (), "verbose_name": _("How much"), **kwargs})

    def render(self, record: Allocation | Placement | AllocationRequest) -> str:
        return words.extent_text(record)


class AllocationTable(Table):
    number = CodeColumn(linkify=lambda record: reverse("allocation_detail", args=[record.pk]))
    client = CodeColumn(verbose_name=_("Client"))
    municipality = django_tables2.Column(verbose_name=_("Municipality"))
    extent = ExtentColumn()
    period = PeriodColumn(verbose_name=_("Period"))
    received_at = DateColumn(verbose_name=_("Received"), orderable=True)

    class Meta:
        model = Allocation
        fields = ("number", "client", "product", "municipality", "extent", "period", "received_at")


class PlacementTable(Table):
    number = CodeColumn(linkify=lambda record: reverse("placement_detail", args=[record.pk]))
    client = CodeColumn(verbose_name=_("Client"))
    provider_organisation = django_tables2.Column(verbose_name=_("Delivered by"))
    extent = ExtentColumn()
    period = PeriodColumn(verbose_name=_("Period"))
    status = BadgeColumn(tones=PLACEMENT_TONES)
    offered_at = DateColumn(verbose_name=_("Offered"), orderable=True)

    class Meta:
        model = Placement
        fields = (
            *("number", "client", "product", "provider_organisation"),
            *("extent", "period", "status", "offered_at"),
        )


class RequestTable(Table):
    reference = django_tables2.Column(
        linkify=lambda record: reverse("request_detail", args=[record.pk])
    )
    client = django_tables2.Column(verbose_name=_("Client"))
    municipality = django_tables2.Column(verbose_name=_("Municipality"))
    extent = ExtentColumn()
    status = BadgeColumn(tones=REQUEST_TONES)
    recorded_at = DateColumn(verbose_name=_("Made"))

    class Meta:
        model = AllocationRequest
        fields = (
            *("reference", "client", "product", "municipality"),
            *("extent", "status", "recorded_at"),
        )


class SubcontractorTable(Table):
    name = django_tables2.Column(
        accessor="provider_organisation__name",
        verbose_name=_("Name"),
        linkify=lambda record: reverse("subcontractor_detail", args=[record.pk]),
    )
    kind = django_tables2.Column(
        accessor="provider_organisation__get_kind_display", verbose_name=_("Kind")
    )
    city = django_tables2.Column(accessor="provider_organisation__city", verbose_name=_("Place"))
    period = PeriodColumn(verbose_name=_("Period"))

    class Meta:
        model = Subcontractor
        fields = ("name", "kind", "city", "period")


class SubcontractTable(Table):
    number = CodeColumn(linkify=lambda record: reverse("subcontract_detail", args=[record.pk]))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    municipal_contract = django_tables2.Column(verbose_name=_("Under"))
    period = PeriodColumn(verbose_name=_("Period"))
    status = BadgeColumn(tones=SUBCONTRACT_TONES)

    class Meta:
        model = Subcontract
        fields = ("number", "provider_organisation", "municipal_contract", "period", "status")


class MunicipalContractTable(Table):
    number = CodeColumn(
        linkify=lambda record: reverse("municipal_contract_detail", args=[record.pk])
    )
    period = PeriodColumn(verbose_name=_("Period"))

    class Meta:
        model = MunicipalContract
        fields = ("number", "name", "family", "budget_form", "period")


class ProfessionalTable(Table):
    reference = CodeColumn()
    name = django_tables2.Column()
    role = django_tables2.Column()
    period = PeriodColumn(verbose_name=_("Period"))
    end = django_tables2.Column(
        empty_values=(),
        verbose_name="",
        exclude_from_export=True,
        linkify=lambda record: reverse("professional_end", args=[record.pk]),
    )

    class Meta:
        model = Professional
        fields = ("reference", "name", "role", "period", "end")

    def render_end(self, record: Professional) -> str:
        return str(_("Record last day")) if record.end_date is None else ""
