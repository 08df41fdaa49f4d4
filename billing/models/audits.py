"""What an auditor looks at: from which amount on, the opinion, and samples with their evidence."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.production import ProductionLine, ProductionStatement
from billing.models.readers import AUDITED, MONEY
from billing.rules.sampling import NAMES
from subcontracts.models import Client, MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class AuditTermsQuerySet(OwnedQuerySet["AuditTerms"]):
    """Reads of what holds for the audit of a year."""

    readers = MONEY
    provider_column = ""

    def holding_for(self, contract: MunicipalContract, year: int) -> AuditTerms | None:
        """What was recorded last for a contract and year; the contract's own goes first."""
        rows = self.filter(main_contractor=contract.main_contractor_id, from_year__lte=year)
        latest = rows.order_by("-from_year", "-recorded_at", "-pk")
        return latest.filter(contract=contract).first() or latest.filter(contract=None).first()


class AuditTerms(MainContractorOwned):
    """From which amount on an auditor looks, and the days, from a year on. Append-only."""

    class Area(models.TextChoices):
        """Whose protocol is followed."""

        NATIONAL = "national", pgettext_lazy("audit", "national")
        REGION = "region", pgettext_lazy("audit", "region")

    #: Empty for every contract of the main contractor.
    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, null=True, related_name="audit_terms"
    )
    from_year = models.PositiveSmallIntegerField(_("from the year"))
    area = models.CharField(_("protocol"), max_length=8, choices=Area.choices)
    threshold = models.DecimalField(_("threshold"), max_digits=14, decimal_places=2)
    #: Month and day in the year after, such as `03-01`.
    statement_before = models.CharField(max_length=5, db_collation="C")
    opinion_before = models.CharField(max_length=5, db_collation="C")
    source = models.CharField(_("source"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = AuditTermsQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms of the audit")
        verbose_name_plural = _("terms of the audit")
        ordering = ["-from_year", "-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="audit_terms_threshold", condition=Q(threshold__gte=0)),
            models.CheckConstraint(
                name="audit_terms_days",
                condition=Q(statement_before__regex=r"^[01][0-9]-[0-3][0-9]$")
                & Q(opinion_before__regex=r"^[01][0-9]-[0-3][0-9]$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_year}"


class AuditOpinionQuerySet(OwnedQuerySet["AuditOpinion"]):
    """Reads of opinions."""

    readers = AUDITED
    provider_column = ""

    def light(self) -> Self:
        """Without the document."""
        return self.defer("document")


class AuditOpinion(MainContractorOwned):
    """What an auditor found of an established production statement. Append-only."""

    class Kind(models.TextChoices):
        """The outcome."""

        CLEAN = "clean", _("unqualified")
        QUALIFIED = "qualified", _("qualified")
        NONE = "none", _("disclaimer of opinion")
        ADVERSE = "adverse", _("adverse")

    statement = models.ForeignKey(
        ProductionStatement, on_delete=models.PROTECT, related_name="opinions"
    )
    kind = models.CharField(_("opinion"), max_length=9, choices=Kind.choices)
    given_on = models.DateField(_("given on"))
    auditor = models.CharField(_("auditor"), max_length=120)
    #: A PDF, at most 10 MB.
    document = models.BinaryField()
    digest = models.CharField(max_length=64, db_collation="C")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = AuditOpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion of an auditor")
        verbose_name_plural = _("opinions of auditors")
        ordering = ["-given_on", "-pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class AuditSampleQuerySet(OwnedQuerySet["AuditSample"]):
    """Reads of samples."""

    readers = AUDITED
    provider_column = ""


class AuditSample(MainContractorOwned):
    """Lines drawn from an established production statement, which anybody can draw again."""

    statement = models.ForeignKey(
        ProductionStatement, on_delete=models.PROTECT, related_name="samples"
    )
    way = models.CharField(
        _("method"), max_length=8, choices=[(one.value, name) for one, name in NAMES.items()]
    )
    seed = models.CharField(_("seed"), max_length=40)
    size = models.PositiveIntegerField(_("size"))
    #: Of the statement when it was drawn: SHA-256, lines and euros (without their sign).
    population_digest = models.CharField(max_length=64, db_collation="C")
    population_count = models.PositiveIntegerField(_("lines"))
    population_amount = models.DecimalField(_("population"), max_digits=16, decimal_places=2)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    drawn_at = models.DateTimeField(_("drawn"))

    objects = AuditSampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample for an auditor")
        verbose_name_plural = _("samples for auditors")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "way", "seed", "size"], name="audit_sample_once"
            ),
            models.CheckConstraint(name="audit_sample_size", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.seed} ({self.size})"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("audit_sample_detail", args=[self.pk])


class DrawnLineQuerySet(OwnedQuerySet["DrawnLine"]):
    """Reads of drawn lines."""

    readers = AUDITED
    provider_column = ""


class DrawnLine(MainContractorOwned):
    """A line of a sample with its evidence, frozen when it was drawn. Never changed."""

    sample = models.ForeignKey(AuditSample, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(ProductionLine, on_delete=models.PROTECT, related_name="drawn")
    #: Order of drawing, from 1.
    place = models.PositiveIntegerField(_("place"))
    #: How often it was hit; more than once only where euros are drawn.
    hits = models.PositiveIntegerField(_("hits"))
    #: Whom it is about, for the log of who looked; empty where it is about no client.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="+")
    #: `rules.evidence.Section`s, frozen. No name and no BSN.
    evidence = models.JSONField()
    #: Sections without anything in them.
    lacking = models.PositiveSmallIntegerField(_("without evidence"))

    objects = DrawnLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("drawn line")
        verbose_name_plural = _("drawn lines")
        ordering = ["sample", "place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "line"], name="drawn_line_once"),
            models.UniqueConstraint(fields=["sample", "place"], name="drawn_line_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("drawn_line_detail", args=[self.pk])


def day_after(year: int, month_and_day: str) -> date:
    """`03-01` in the year after `year`."""
    return date.fromisoformat(f"{year + 1}-{month_and_day}")
