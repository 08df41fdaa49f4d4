"""Lists of the care chain. Clients are named by number; names stand on the client page only."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    DeadlineColumn,
    MomentColumn,
    PeriodColumn,
    Table,
)
from hoofdaannemer.core.templatetags.core_format import (
    date_nl,
    deadline_text,
    working_days_left,
)
from subcontracts import words
from subcontracts.models import (
    Allocation,
    CareRequest,
    Deadline,
    EmergencyAccess,
    ForeseenEnd,
    MunicipalContract,
    Placement,
    Product,
    Professional,
    RequestedProduct,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules import consequences
from subcontracts.tones import PLACEMENT_TONES

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


class ForeseenTable(Table):
    """Ends of care that come near; a birthday by its month only."""

    kind = django_tables2.Column(
        linkify=lambda record: reverse("foreseen_detail", args=[record.pk])
    )
    client = django_tables2.Column(verbose_name=_("Client"))
    product = django_tables2.Column(verbose_name=_("Product"), accessor="allocation__product")
    municipality = django_tables2.Column(
        verbose_name=_("Municipality"), accessor="allocation__municipality"
    )
    month = django_tables2.Column(verbose_name=_("Ends"), order_by=("month", "day"))
    decision = django_tables2.Column(verbose_name=_("Decision"), empty_values=())

    class Meta:
        model = ForeseenEnd
        fields = ("month", "kind", "client", "product", "municipality", "decision")

    def render_month(self, record: ForeseenEnd) -> str:
        return date_nl(record.day) if record.day else date_format(record.month, "F Y")

    def value_month(self, record: ForeseenEnd) -> str:
        return (record.day or record.month).isoformat()

    def render_decision(self, record: ForeseenEnd) -> str:
        if record.lapsed_at:
            return str(_("lapsed"))
        return str(record.get_decision_display() or _("to decide"))

    value_decision = render_decision


class DeadlineTable(Table):
    """Terms, known by the number of what they are about; clients stand on its page."""

    subject = CodeColumn(
        verbose_name=_("Concerns"), linkify=lambda record: words.address_of(record.subject)
    )
    event_date = DateColumn(verbose_name=_("Event"))
    due_date = DateColumn(verbose_name=_("Due"), orderable=True)
    left = DeadlineColumn(verbose_name=_("Left or late"), accessor="due_date")
    met_at = DateColumn(verbose_name=_("Met"))
    consequence = django_tables2.Column(verbose_name=_("Consequence"))
    cause = django_tables2.Column(verbose_name=_("Late through"), empty_values=())

    class Meta:
        model = Deadline
        fields = (
            *("kind", "subject", "leg", "event_date", "due_date"),
            *("left", "met_at", "consequence", "cause"),
        )

    def render_kind(self, record: Deadline) -> str:
        """With the law, by which the consequence differs."""
        return f"{record.get_kind_display()}, {record.family_text}"

    value_kind = render_kind

    def render_leg(self, record: Deadline) -> str:
        """With the subcontractor whose placement it is, on both legs."""
        leg = str(record.get_leg_display())
        placement = record.placement
        return f"{leg}, {placement.provider_organisation}" if placement else leg

    value_leg = render_leg

    def render_left(self, record: Deadline) -> str:
        """Working days left of a term that runs; how many too late one was met."""
        met, due = record.term.met, record.due_date
        if met is None:
            running: str = self.base_columns["left"].render(due, self)
            return running
        return deadline_text(working_days_left(due, met)) if met > due else str(_("in time"))

    def value_left(self, record: Deadline) -> int:
        """Below zero for what is late."""
        return working_days_left(record.due_date, record.term.met or _today(self))

    def render_consequence(self, value: consequences.Consequence) -> str:
        return str(consequences.TEXTS[value])

    value_consequence = render_consequence

    def render_cause(self, record: Deadline) -> str:
        return words.cause_text(record.cause_on(_today(self)))

    value_cause = render_cause


def _today(table: Any) -> date:
    """The day on which the list is read."""
    today: date = table.request.scope.today
    return today


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
        fields = ("number", "kind", "client", "products", "municipality", "status", "recorded_at")

    def render_products(self, record: CareRequest) -> str:
        return words.goods_text(record)


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

    def render_budget_form(self, record: MunicipalContract) -> str:
        """That of this year."""
        return record.form_text(timezone.localdate().year)


class ProductTable(Table):
    code = CodeColumn()
    unit = django_tables2.Column()

    class Meta:
        model = Product
        fields = ("code", "name", "family", "category", "unit")

    def render_unit(self, value: str) -> str:
        return words.unit_text(value)

    def value_unit(self, value: str) -> str:
        """The code, as messages have it."""
        return value


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
