"""Lists of the care chain. Clients are named by number; names stand on the client page only."""

from __future__ import annotations

import django_tables2
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    MomentColumn,
    PeriodColumn,
    Table,
)
from subcontracts import words
from subcontracts.models import (
    Allocation,
    CareRequest,
    EmergencyAccess,
    MunicipalContract,
    Placement,
    Professional,
    RequestedProduct,
    Subcontract,
    Subcontractor,
)

PLACEMENT_TONES = {
    Placement.Status.OFFERED: "warning",
    Placement.Status.ACCEPTED: "positive",
    Placement.Status.DECLINED: "negative",
}
REQUEST_TONES = {
    CareRequest.Status.RECEIVED: "warning",
    CareRequest.Status.FAULTY: "negative",
    CareRequest.Status.ANSWERED: "positive",
    CareRequest.Status.SENT: "information",
    CareRequest.Status.CONFIRMED: "information",
    CareRequest.Status.INVESTIGATED: "information",
}
ANSWER_TONES = {
    RequestedProduct.Answer.ALLOCATED: "positive",
    RequestedProduct.Answer.REFUSED: "negative",
    RequestedProduct.Answer.INVESTIGATED: "information",
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

    def render(self, record: Allocation | Placement | RequestedProduct) -> str:
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


class EmergencyTable(Table):
    """Uses of emergency access. Whoever may not see the client gets no column that tells who."""

    opened_at = MomentColumn(
        verbose_name=_("Opened"),
        linkify=lambda record: reverse("emergency_detail", args=[record.pk]),
    )
    user = django_tables2.Column(verbose_name=_("By"), accessor="user__name")
    client = django_tables2.Column(verbose_name=_("Client"), default=_("nobody found"))
    reason = django_tables2.Column(verbose_name=_("Reason"))
    lasted = MomentColumn(verbose_name=_("Until"), accessor="until")
    reviewed_at = MomentColumn(verbose_name=_("Reviewed"))

    class Meta:
        model = EmergencyAccess
        fields = ("opened_at", "user", "client", "reason", "lasted", "reviewed_at")


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
    number = django_tables2.Column(
        linkify=lambda record: reverse("request_detail", args=[record.pk])
    )
    client = django_tables2.Column(verbose_name=_("Client"))
    products = django_tables2.Column(verbose_name=_("Products"), empty_values=())
    municipality = django_tables2.Column(verbose_name=_("Municipality"))
    status = BadgeColumn(tones=REQUEST_TONES)
    recorded_at = DateColumn(verbose_name=_("Made"))

    class Meta:
        model = CareRequest
        fields = ("number", "client", "products", "municipality", "status", "recorded_at")

    def render_products(self, record: CareRequest) -> str:
        return ", ".join(str(asked.product) for asked in record.products.all())


class RequestedProductTable(Table):
    """What one request asks, with the answer to each product."""

    reference = django_tables2.Column(verbose_name=_("Reference"))
    product = django_tables2.Column(verbose_name=_("Product"))
    extent = ExtentColumn()
    period = PeriodColumn(verbose_name=_("Period"))
    answer = BadgeColumn(verbose_name=_("Answer"), tones=ANSWER_TONES)
    allocations = django_tables2.Column(verbose_name=_("Answered with"), empty_values=())

    class Meta:
        model = RequestedProduct
        fields = ("reference", "product", "extent", "period", "answer", "allocations")

    def render_allocations(self, record: RequestedProduct) -> str:
        """The allocations that the page looked up for its reader, or why it was refused."""
        if record.rejection_reason:
            return words.rejection_text(record.rejection_reason, record.responsible_code)
        links = (
            (reverse("allocation_detail", args=[row.pk]), row.number)
            for row in record.allocations.all()
        )
        return format_html_join(", ", '<a class="ha-link" href="{}">{}</a>', links)


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
