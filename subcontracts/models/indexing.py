"""What indexation rests on: series with figures, schemes that mix them, and who follows which."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import Role
from subcontracts.models.contracts import Subcontract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.rules import indexing as rules

#: Who reads what indexation rests on, and what a draft of it would do.
READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})


class IndexSeriesQuerySet(OwnedQuerySet["IndexSeries"]):
    """Reads: who reads money of contracts; a subcontractor reads its letter."""

    readers = READERS
    provider_column = ""


class IndexSeries(MainContractorOwned):
    """A series of yearly figures that somebody publishes, such as the OVA."""

    name = models.CharField(_("series"), max_length=60)
    #: Who publishes it, and where.
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = IndexSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("index series")
        verbose_name_plural = _("index series")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["main_contractor", "name"], name="index_series_once")
        ]

    def __str__(self) -> str:
        return self.name


class IndexFigureQuerySet(OwnedQuerySet["IndexFigure"]):
    """Reads, as of series."""

    readers = READERS
    provider_column = ""

    def standing(self) -> IndexFigureQuerySet:
        """As last recorded: without what a later row put right."""
        return self.filter(superseded_at=None)


class IndexFigure(MainContractorOwned):
    """What a series says of a year. Never changed: another row supersedes it."""

    series = models.ForeignKey(IndexSeries, on_delete=models.PROTECT, related_name="figures")
    year = models.PositiveSmallIntegerField(_("year"))
    #: In percent.
    provisional = models.DecimalField(_("provisional"), max_digits=7, decimal_places=4)
    #: Known only after the year; empty until then.
    definitive = models.DecimalField(_("definitive"), max_digits=7, decimal_places=4, null=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    superseded_at = models.DateTimeField(_("superseded"), null=True)

    objects = IndexFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("index figure")
        verbose_name_plural = _("index figures")
        ordering = ["-year", "series__name", "-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year"],
                condition=Q(superseded_at=None),
                name="index_figure_stands_once",
            ),
            models.CheckConstraint(
                name="index_figure_above_nothing",
                condition=Q(provisional__gt=-100) & (Q(definitive=None) | Q(definitive__gt=-100)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}"


class IndexSchemeQuerySet(OwnedQuerySet["IndexScheme"]):
    """Reads, as of series."""

    readers = READERS
    provider_column = ""


class IndexScheme(MainContractorOwned):
    """A named mix of series that contracts follow; `terms` say how, from a day on."""

    name = models.CharField(_("scheme"), max_length=60)

    objects = IndexSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("index scheme")
        verbose_name_plural = _("index schemes")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["main_contractor", "name"], name="index_scheme_once")
        ]

    def __str__(self) -> str:
        return self.name

    def terms_on(self, day: date) -> IndexTerms | None:
        """The terms that hold on a day; None before the first."""
        held = [row for row in self.terms.all() if row.start_date <= day]
        return held[-1] if held else None


class IndexTermsQuerySet(OwnedQuerySet["IndexTerms"]):
    """Reads, as of series."""

    readers = READERS
    provider_column = ""


class IndexTerms(MainContractorOwned):
    """From a day on, until the next row, the scheme calculates in this way.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    class Method(models.TextChoices):
        """How last year's definitive figure corrects its provisional one."""

        DIFFERENCE = rules.Method.DIFFERENCE.value, _("difference of the percentages")
        RATIO = rules.Method.RATIO.value, _("ratio of the index numbers")

    class FirstYear(models.TextChoices):
        """When nothing is corrected because a contract is new."""

        CALENDAR = rules.FirstYear.CALENDAR.value, _("the calendar year in which it begins")
        TWELVE_MONTHS = rules.FirstYear.TWELVE_MONTHS.value, _("its first twelve months")
        FIRST_TIME = rules.FirstYear.FIRST_TIME.value, _("the first time it is indexed")
        NEVER = rules.FirstYear.NEVER.value, _("never: always correct")

    scheme = models.ForeignKey(IndexScheme, on_delete=models.PROTECT, related_name="terms")
    start_date = models.DateField(_("start date"))
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    first_year = models.CharField(_("no correction in"), max_length=8, choices=FirstYear.choices)
    #: Decimals of the percentage, and of a tariff; amounts of funding lines are in whole cents.
    percent_decimals = models.PositiveSmallIntegerField(
        _("decimals of the percentage"), default=3, validators=[MaxValueValidator(4)]
    )
    amount_decimals = models.PositiveSmallIntegerField(
        _("decimals of a tariff"), default=2, validators=[MaxValueValidator(4)]
    )
    recorded_at = models.DateTimeField()

    objects = IndexTermsQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms of an index scheme")
        verbose_name_plural = _("terms of index schemes")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="index_terms_decimals",
                condition=Q(
                    percent_decimals__lte=4, amount_decimals__gte=2, amount_decimals__lte=4
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.scheme)

    @property
    def as_rules(self) -> rules.Terms:
        """What the calculation needs of it."""
        return rules.Terms(rules.Method(self.method), self.percent_decimals, self.amount_decimals)


class IndexWeightQuerySet(OwnedQuerySet["IndexWeight"]):
    """Reads, as of series."""

    readers = READERS
    provider_column = ""


class IndexWeight(MainContractorOwned):
    """How much a series counts; the weights of one set of terms are 100 percent together."""

    terms = models.ForeignKey(IndexTerms, on_delete=models.PROTECT, related_name="weights")
    series = models.ForeignKey(IndexSeries, on_delete=models.PROTECT, related_name="+")
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)

    objects = IndexWeightQuerySet.as_manager()

    class Meta:
        ordering = ["series__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["terms", "series"], name="index_weight_once"),
            models.CheckConstraint(
                name="index_weight_counts",
                condition=Q(weight__gt=Decimal(0), weight__lte=Decimal(100)),
            ),
        ]


class SubcontractIndexingQuerySet(OwnedQuerySet["SubcontractIndexing"]):
    """Reads, as of series: why a contract is frozen is the main contractor's own business."""

    readers = READERS
    provider_column = ""


class SubcontractIndexing(MainContractorOwned):
    """From a day on, until the next row, a subcontract follows a scheme or stands frozen.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="indexing")
    #: Empty while it is frozen, and then `reason` says why.
    scheme = models.ForeignKey(
        IndexScheme, on_delete=models.PROTECT, null=True, related_name="followers"
    )
    reason = models.CharField(_("reason of the freeze"), max_length=200, blank=True)
    start_date = models.DateField(_("start date"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = SubcontractIndexingQuerySet.as_manager()

    class Meta:
        verbose_name = _("indexation of a subcontract")
        verbose_name_plural = _("indexation of subcontracts")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="subcontract_indexing_or_frozen",
                condition=Q(scheme__isnull=False, reason="") | (Q(scheme=None) & ~Q(reason="")),
            )
        ]

    @property
    def is_frozen(self) -> bool:
        """Whether its tariffs stay as they are."""
        return self.scheme_id is None
