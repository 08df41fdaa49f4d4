"""What a year of a municipal contract is expected to come to, as it was seen on a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.readers import MONEY
from billing.rules.drivers import Driver
from hoofdaannemer.accounts.models import Municipality
from subcontracts.models import FundingLine, MunicipalContract, Product, Subcontract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class ForecastQuerySet(OwnedQuerySet["Forecast"]):
    """Reads of forecasts: never for subcontractors."""

    readers = MONEY
    provider_column = ""


class Forecast(MainContractorOwned):
    """One look ahead. Of a calendar month the last one stays, so that one can look back on it."""

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="forecasts"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    #: First day of the month in which it was made.
    seen_in = models.DateField(_("month"))
    made_at = models.DateTimeField(_("computed"))
    #: Euros of the year: what comes in, what own teams cost and others invoice, and all
    #: subcontracts together.
    comes_in = models.DecimalField(_("comes in"), max_digits=14, decimal_places=2)
    invoiced = models.DecimalField(
        _("invoiced without a subcontract"), max_digits=14, decimal_places=2
    )
    own_teams = models.DecimalField(_("own teams"), max_digits=14, decimal_places=2)
    declared = models.DecimalField(_("so far"), max_digits=14, decimal_places=2)
    committed = models.DecimalField(_("committed"), max_digits=14, decimal_places=2)
    expected = models.DecimalField(_("expected"), max_digits=14, decimal_places=2)
    #: By month of the year: `[month, so far, still expected]`, euros as text.
    months = models.JSONField()

    objects = ForecastQuerySet.as_manager()

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ["-year", "-seen_in", "contract"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "year", "seen_in"], name="forecast_month_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract.number} {self.year}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("forecast_detail", args=[self.pk])


class ForecastRowQuerySet(OwnedQuerySet["ForecastRow"]):
    """Reads of rows."""

    readers = MONEY
    provider_column = ""


class ForecastRow(MainContractorOwned):
    """What one subcontract, form, product and municipality come to; euros of the year."""

    forecast = models.ForeignKey(Forecast, on_delete=models.CASCADE, related_name="rows")
    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(_("funding form"), max_length=20, choices=FundingLine.Form.choices)
    #: Empty where the form does not divide by it.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_exempt = models.BooleanField(default=False)
    declared = models.DecimalField(_("so far"), max_digits=14, decimal_places=2)
    committed = models.DecimalField(_("committed"), max_digits=14, decimal_places=2)
    #: Still expected of what runs, and of what has not begun yet.
    running = models.DecimalField(_("running care"), max_digits=14, decimal_places=2)
    begins = models.DecimalField(_("care to begin"), max_digits=14, decimal_places=2)
    #: Whole years from which the season of its product was read; 0 for the plain average.
    years = models.PositiveSmallIntegerField(_("years of its season"), default=0)

    objects = ForecastRowQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]


class ForecastWarningQuerySet(OwnedQuerySet["ForecastWarning"]):
    """Reads of warnings."""

    readers = MONEY
    provider_column = ""


class ForecastWarning(MainContractorOwned):
    """A limit that will be passed before the year ends, when, and what drives it."""

    class Kind(models.TextChoices):
        """Which limit."""

        CEILING = "ceiling", _("ceiling of a subcontract")
        BUDGET = "budget", _("budget of the contract")

    forecast = models.ForeignKey(Forecast, on_delete=models.CASCADE, related_name="warnings")
    kind = models.CharField(_("limit"), max_length=8, choices=Kind.choices)
    #: Empty for the budget.
    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, null=True, related_name="+"
    )
    limit = models.DecimalField(_("limit"), max_digits=14, decimal_places=2)
    expected = models.DecimalField(_("expected"), max_digits=14, decimal_places=2)
    #: First day of the month in which it is passed.
    reached_in = models.DateField(_("passed in"))
    #: Euros by cause between two periods, and the product that weighs most (`Driver`).
    clients = models.DecimalField(max_digits=14, decimal_places=2)
    use = models.DecimalField(max_digits=14, decimal_places=2)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    #: What somebody does about it; it goes along to the next forecast while it grows no nearer.
    note = models.CharField(_("what is done about it"), max_length=500, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(null=True)

    objects = ForecastWarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning of a forecast")
        verbose_name_plural = _("warnings of forecasts")
        ordering = ["reached_in", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["forecast", "kind", "subcontract"],
                nulls_distinct=False,
                name="forecast_warning_once",
            ),
            models.CheckConstraint(
                name="forecast_warning_of_its_limit",
                condition=Q(kind="ceiling", subcontract__isnull=False)
                | Q(kind="budget", subcontract=None),
            ),
            models.CheckConstraint(
                name="forecast_warning_noted_by_somebody",
                condition=Q(note="", noted_by=None, noted_at=None)
                | (Q(noted_by__isnull=False, noted_at__isnull=False) & ~Q(note="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def driver(self) -> Driver:
        """What drives it."""
        return Driver(self.clients, self.use, self.price)
