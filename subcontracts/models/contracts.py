"""Contracts both ways: municipal contracts above, subcontracts with funding lines below."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.periods import InclusiveDateRange, SameId
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from messaging.models import Family
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned
from subcontracts.models.parties import Product, Subcontractor
from subcontracts.rules.ceiling import day_of_year
from subcontracts.rules.funding_parameters import ALLOCATED, BASIS

_M_co = TypeVar("_M_co", bound=models.Model, covariant=True)


class MunicipalContractQuerySet(OwnedQuerySet["MunicipalContract"]):
    """Reads of municipal contracts: staff only."""

    provider_column = ""


class MunicipalContract(MainContractorOwned):
    """The task a main contractor has from one or several municipalities, under one law."""

    class BudgetForm(models.TextChoices):
        """How the budget of a year is formed."""

        LUMP_SUM = "lump_sum", _("lump sum")
        LUMP_SUM_BY_DECISIONS = (
            "lump_sum_by_decisions",
            _("lump sum adjusted by number of decisions"),
        )
        #: No sum beside what is declared to the municipality by the unit.
        PXQ = "pxq", _("price times quantity alone")
        #: A number at a price a year each: a `BudgetBasis`.
        FTE = "fte", _("by FTE")
        PLACES = "places", _("by place")
        INHABITANTS = "inhabitants", _("by inhabitant")

    #: Forms in which the budget is a number times a price.
    BY_NUMBER = (BudgetForm.FTE, BudgetForm.PLACES, BudgetForm.INHABITANTS)

    number = models.CharField(_("contract number"), max_length=30)
    name = models.CharField(_("name"), max_length=120)
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    budget_form = models.CharField(_("budget form"), max_length=30, choices=BudgetForm.choices)
    yearly_budget = models.DecimalField(_("budget a year"), max_digits=14, decimal_places=2)
    #: Consent to relay allocations under the municipality's code; without it, by portal only.
    relay_consent_on = models.DateField(_("consent to relay since"), null=True)
    relay_consent_reference = models.CharField(max_length=80, blank=True)
    #: Working days of each term that the subcontractor has; the rest is the main contractor's.
    subcontractor_term_days = models.PositiveSmallIntegerField(default=3)

    objects = MunicipalContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipal contract")
        verbose_name_plural = _("municipal contracts")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "number"], name="municipal_contract_number_once"
            ),
            models.CheckConstraint(
                name="municipal_contract_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def relays_on(self, day: date) -> bool:
        """Whether allocations are relayed under the municipality's code on a day."""
        prefetch_related_objects([self], "relay_consents")
        held = [row for row in self.relay_consents.all() if row.start_date <= day]
        if held:
            return held[-1].is_given
        return self.relay_consent_on is not None and self.relay_consent_on <= day

    def form_of(self, year: int) -> str:
        """How the budget of a year is formed: one of `BudgetForm`."""
        return self._form_run(year)[0]

    def is_formed_alike(self, year: int, other: int) -> bool:
        """Whether the budget of both years is formed in one way, and of all years between them."""
        return self._form_run(year) == self._form_run(other)

    def _form_run(self, year: int) -> tuple[str, int]:
        """The form of a year, and since which year without a break; 0 is from the beginning."""
        prefetch_related_objects([self], "budget_form_changes")
        form, since = self.budget_form, 0
        for first, changed in {
            row.first_year: row.form for row in self.budget_form_changes.all()
        }.items():
            if first <= year and changed != form:
                form, since = changed, first
        return form, since

    def form_text(self, year: int) -> str:
        """The same in words."""
        return str(self.BudgetForm(self.form_of(year)).label)

    def steers_on(self, day: date) -> bool:
        """Whether its messages are for steering only on a day, for all that lies under it."""
        held = [row for row in self.purposes.all() if row.start_date <= day]
        return bool(held) and held[-1].purpose == "steering"


class SubcontractQuerySet(OwnedQuerySet["Subcontract"]):
    """Reads of subcontracts."""

    def visible_to(self, scope: Scope) -> Self:
        """A provider sees a contract once it was offered."""
        rows = super().visible_to(scope)
        if scope.role in SUBCONTRACTOR:
            return rows.exclude(status=Subcontract.Status.DRAFT)
        return rows

    def running_on(self, day: object) -> SubcontractQuerySet:
        """Signed and in force: care may be placed under them."""
        return self.filter(status__in=Subcontract.RUNNING).in_force_on(day)  # type: ignore[arg-type]


class Subcontract(ProviderOwned):
    """What a main contractor and a subcontractor agreed under one municipal contract."""

    class Status(models.TextChoices):
        """Life of a subcontract."""

        DRAFT = "draft", _("draft")
        OFFERED = "offered", _("offered")
        SIGNED = "signed", _("signed")
        ACTIVE = "active", _("active")
        ENDING = "ending", _("ending")
        ENDED = "ended", _("ended")

    TRANSITIONS = {
        Status.DRAFT: {Status.OFFERED},
        Status.OFFERED: {Status.DRAFT, Status.SIGNED},
        Status.SIGNED: {Status.ACTIVE},
        Status.ACTIVE: {Status.ENDING, Status.ENDED},
        Status.ENDING: {Status.ACTIVE, Status.ENDED},
        Status.ENDED: set(),
    }
    RUNNING = (Status.ACTIVE, Status.ENDING)
    NOT_BEGUN = (Status.DRAFT, Status.OFFERED, Status.SIGNED)
    #: What it says was offered, and may not change before it begins.
    FIXED = (Status.OFFERED, Status.SIGNED)

    class Relay(models.TextChoices):
        """How allocations reach the subcontractor."""

        MESSAGES = "messages", _("standard messages")
        PORTAL = "portal", _("portal")
        CSV = "csv", _("light CSV format")
        NONE = "none", _("no relay")

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="subcontracts"
    )
    municipal_contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="subcontracts"
    )
    number = models.CharField(_("contract number"), max_length=30)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.DRAFT
    )
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    signed_on = models.DateField(_("signed on"), null=True)
    #: The municipality's written consent to this subcontractor.
    consent_on = models.DateField(_("consent since"), null=True)
    consent_reference = models.CharField(_("reference of the consent"), max_length=80, blank=True)
    #: Months' notice that both parties give; empty: none agreed.
    notice_months = models.PositiveSmallIntegerField(_("notice in months"), null=True)
    #: Calendar days between asking for a client stop and its first day; empty: none agreed.
    client_stop_notice_days = models.PositiveSmallIntegerField(
        _("notice of a client stop in days"), null=True
    )
    #: Months without care after which the contract may end; empty: none agreed.
    inactivity_months = models.PositiveSmallIntegerField(_("months without care"), null=True)
    #: What the subcontractor is insured for, in euros an event and a year.
    insured_event = models.DecimalField(
        _("insured an event"), max_digits=14, decimal_places=2, null=True
    )
    insured_year = models.DecimalField(
        _("insured a year"), max_digits=14, decimal_places=2, null=True
    )
    may_subcontract = models.BooleanField(_("may pass care on to others"), default=False)
    #: Whether the main contractor may refuse an office to which the subcontractor gives a mandate.
    may_refuse_office = models.BooleanField(
        _("an administration office may be refused"), default=False
    )
    #: Percent of the ceiling at which notice is given (contract standard art. 1.5).
    ceiling_signal = models.PositiveSmallIntegerField(default=70)
    has_acceptance_duty = models.BooleanField(_("acceptance duty"), default=True)
    #: Working days after which silence is acceptance of a placement.
    reply_working_days = models.PositiveSmallIntegerField(_("reply time"), default=3)

    objects = SubcontractQuerySet.as_manager()

    class Meta:
        verbose_name = _("subcontract")
        verbose_name_plural = _("subcontracts")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "number"], name="subcontract_number_once"
            ),
            models.CheckConstraint(
                name="subcontract_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_set_up(self) -> bool:
        """Whether it is still on its way to running."""
        return self.status in self.NOT_BEGUN

    def relay_on(self, day: date) -> str:
        """How placements reach the subcontractor on a day; before the first mode, by that one."""
        mode: str = self.Relay.PORTAL
        for number, row in enumerate(self.relay_modes.all()):
            if number and row.start_date > day:
                break
            mode = row.mode
        return mode

    def ceiling_on(self, day: date) -> Decimal | None:
        """The ceiling in euros a calendar year that holds on a day; None where none was agreed.

        Of a day before the contract it is the one with which it begins.
        """
        found = None
        for row in self.ceilings.all():
            if row.start_date > max(day, self.start_date):
                break
            found = row.amount
        return found

    def ceiling_of(self, year: int, today: date) -> Decimal | None:
        """The ceiling of a calendar year as it stands today; of one that has passed, its last."""
        return self.ceiling_on(day_of_year(year, today))


class OfferedQuerySet(OwnedQuerySet[_M_co]):
    """Reads of what stands under a subcontract, which a provider sees once it was offered."""

    def visible_to(self, scope: Scope) -> Self:
        """As the subcontract itself."""
        rows = super().visible_to(scope)
        if scope.role in SUBCONTRACTOR:
            return rows.exclude(subcontract__status=Subcontract.Status.DRAFT)
        return rows


class FundingLineQuerySet(OfferedQuerySet["FundingLine"]):
    """Reads of funding lines."""

    def paid_as_allocated(self) -> FundingLineQuerySet:
        """Price times quantity of what was allocated, so that what is declared pays nothing."""
        return self.filter(form=FundingLine.Form.PXQ, parameters__basis=ALLOCATED)


class FundingLine(ProviderOwned):
    """One way in which a subcontract pays: a form with its parameters, for some products.

    `parameters` are the form's own; `billing.forms` reads and checks them. Amounts in them are
    strings with two decimals.
    """

    class Form(models.TextChoices):
        """The funding forms: those that pay for care, then those that lie beside them."""

        PXQ = "pxq", _("price times quantity")
        FTE = "fte", _("FTE lump sum")
        TRAJECTORY = "trajectory", _("trajectory")
        LUMP_SUM = "lump_sum", _("fixed lump sum")
        CAPACITY = "capacity", _("capacity at a price a place")
        FUNCTION = "function", _("function by expected users")
        PROFILE = "profile", _("profile at a price a client")
        POPULATION = "population", _("population at an amount a head")
        ADVANCE_POOL = "advance_pool", _("share in an advance pool")
        AVAILABILITY = "availability", _("availability")
        SUBSIDY = "subsidy", _("subsidy in instalments")
        ONE_OFF = "one_off", _("one-off amount")
        BONUS = "bonus", _("bonus for an outcome")
        MARGIN = "margin", _("coordination fee")
        SANCTION_DISCOUNT = "sanction_discount", _("temporary discount")

    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, related_name="funding_lines"
    )
    name = models.CharField(_("name"), max_length=80)
    form = models.CharField(_("funding form"), max_length=20, choices=Form.choices)
    parameters = models.JSONField(default=dict)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = FundingLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        ordering = ["subcontract", "start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="funding_line_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            # The composite key to which FundingLineProduct refers.
            models.UniqueConstraint(fields=["id", "subcontract"], name="funding_line_subcontract"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_paid_as_allocated(self) -> bool:
        """As `FundingLineQuerySet.paid_as_allocated`."""
        is_pxq = self.form == self.Form.PXQ
        return is_pxq and self.parameters.get(BASIS) == ALLOCATED


class FundingLineProductQuerySet(OfferedQuerySet["FundingLineProduct"]):
    """Reads of the products of funding lines."""


class FundingLineProduct(ProviderOwned):
    """A product that a funding line covers; two lines never cover one product at one time."""

    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="line_products"
    )
    #: Equal to the line's; held so by a composite foreign key in the database.
    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="line_products")
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = FundingLineProductQuerySet.as_manager()

    class Meta:
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="line_product_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            ExclusionConstraint(
                name="line_product_one_at_a_time",
                expressions=[
                    (InclusiveDateRange(), RangeOperators.OVERLAPS),
                    (SameId("subcontract"), RangeOperators.OVERLAPS),
                    (SameId("product"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class TariffQuerySet(OfferedQuerySet["Tariff"]):
    """Reads of tariffs."""


class Tariff(ProviderOwned):
    """Price of one unit of a product under a subcontract; never two at one time."""

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="tariffs")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="tariffs")
    #: Euros a unit; tariffs may carry more than two decimals.
    amount = models.DecimalField(_("tariff"), max_digits=12, decimal_places=4)
    #: Unit of code list WJ756.
    unit = models.CharField(_("unit"), max_length=2)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = TariffQuerySet.as_manager()

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        ordering = ["product", "-start_date", "pk"]
        constraints = [
            models.CheckConstraint(name="tariff_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="tariff_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            ExclusionConstraint(
                name="tariff_one_at_a_time",
                expressions=[
                    (InclusiveDateRange(), RangeOperators.OVERLAPS),
                    (SameId("subcontract"), RangeOperators.OVERLAPS),
                    (SameId("product"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
