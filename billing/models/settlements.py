"""The settlement of a year: what is settled together, each line's part of it, and how it went.

A round is settled as one: a line alone, or all lines of a pool. Its settlements are what each
subcontractor reads of it, so that nobody sees the figures of another.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.entitlements import Entitlement
from billing.models.readers import MONEY
from billing.rules.explain import Explanation
from billing.rules.settling import NAMES, Method
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import FundingLine, Subcontractor
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned


class SettlementRoundQuerySet(OwnedQuerySet["SettlementRound"]):
    """Reads of rounds: never for subcontractors, who read their own settlement."""

    readers = MONEY
    provider_column = ""

    def open(self) -> SettlementRoundQuerySet:
        """Not locked yet."""
        return self.exclude(status=SettlementRound.Status.LOCKED)


class SettlementRound(MainContractorOwned):
    """What is computed, proposed and locked together, by two people."""

    class Status(models.TextChoices):
        """Life of a round."""

        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("proposed")
        LOCKED = "locked", _("locked")

    #: Back to a draft by an objection, or when the proposal is taken back.
    TRANSITIONS = {
        Status.DRAFT: {Status.PROPOSED},
        Status.PROPOSED: {Status.DRAFT, Status.LOCKED},
        Status.LOCKED: set(),
    }

    year = models.PositiveSmallIntegerField(_("year"))
    method = models.CharField(
        _("method"), max_length=8, choices=[(one.value, name) for one, name in NAMES.items()]
    )
    #: What is settled: `line:7`, or `pool:3:Jeugd` by municipal contract and name.
    subject = models.CharField(max_length=110, db_collation="C")
    #: The first of the year is 1; what follows are corrections.
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.DRAFT
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("begun"))
    computed_at = models.DateTimeField(_("computed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"), null=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    locked_at = models.DateTimeField(_("locked"), null=True)

    objects = SettlementRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement round")
        verbose_name_plural = _("settlement rounds")
        ordering = ["-year", "subject", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "subject", "year", "number"],
                name="settlement_round_number_once",
            ),
            models.UniqueConstraint(
                fields=["main_contractor", "subject", "year"],
                condition=Q(status__in=["draft", "proposed"]),
                name="settlement_round_one_open",
            ),
            models.CheckConstraint(
                name="settlement_round_four_eyes",
                condition=Q(locked_by=None) | ~Q(locked_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="settlement_round_by_somebody",
                condition=Q(status="draft", locked_by=None, locked_at=None)
                | Q(
                    status="proposed",
                    proposed_by__isnull=False,
                    proposed_at__isnull=False,
                    locked_by=None,
                    locked_at=None,
                )
                | Q(
                    status="locked",
                    proposed_by__isnull=False,
                    proposed_at__isnull=False,
                    locked_by__isnull=False,
                    locked_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"

    @property
    def is_correction(self) -> bool:
        """Whether the year was settled before."""
        return self.number > 1


class SettlementQuerySet(OwnedQuerySet["Settlement"]):
    """Reads of settlements; a subcontractor's from the first proposal on."""

    readers = MONEY

    def visible_to(self, scope: Scope) -> Self:
        """Rows this scope may see."""
        rows = super().visible_to(scope)
        return rows.exclude(proposed_at=None) if scope.role in SUBCONTRACTOR else rows

    def light(self) -> Self:
        """Without the signed file."""
        return self.defer("signed_file")


class Settlement(ProviderOwned):
    """The settlement of one funding line and year, or a correction of it. In euros."""

    class State(models.TextChoices):
        """Life of a settlement."""

        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("waits for agreement")
        AGREED = "agreed", pgettext_lazy("settlement", "agreed")
        LOCKED = "locked", pgettext_lazy("settlement", "settled")

    TRANSITIONS = {
        State.DRAFT: {State.PROPOSED},
        State.PROPOSED: {State.DRAFT, State.AGREED},
        State.AGREED: {State.DRAFT, State.LOCKED},
        State.LOCKED: set(),
    }

    round = models.ForeignKey(SettlementRound, on_delete=models.PROTECT, related_name="settlements")
    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="settlements"
    )
    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="settlements"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    #: As of the round, which a subcontractor does not read.
    method = models.CharField(
        _("method"), max_length=8, choices=[(one.value, name) for one, name in NAMES.items()]
    )
    number = models.PositiveSmallIntegerField(_("number"))
    #: First and last day of the part of the year that is settled.
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("up to and including"))
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.DRAFT)
    #: `rules.settling.Inputs` of its method, frozen.
    inputs = models.JSONField()
    #: `rules.settling.Aside`, frozen: what is told beside it and changes no amount.
    aside = models.JSONField()
    #: `rules.explain.Explanation.as_dict()` of the whole year.
    explanation = models.JSONField()
    #: What the year comes to, and what of it was settled before.
    outcome = models.DecimalField(_("outcome of the year"), max_digits=14, decimal_places=2)
    before = models.DecimalField(_("settled before"), max_digits=14, decimal_places=2)
    #: What is still to be settled; below zero the subcontractor pays back.
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    #: The first moment at which it was proposed; from then on the subcontractor sees it.
    proposed_at = models.DateTimeField(_("proposed"), null=True)
    agreed_at = models.DateTimeField(_("agreed on"), null=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Why the agreement was recorded for the subcontractor, with the file that was signed.
    paper_reason = models.CharField(max_length=300, blank=True)
    signed_file = models.BinaryField(null=True)
    entitlement = models.OneToOneField(
        Entitlement, on_delete=models.PROTECT, null=True, related_name="settlement"
    )

    objects = SettlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement of a year")
        verbose_name_plural = _("settlements of a year")
        ordering = ["-year", "subcontractor", "funding_line", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "funding_line"], name="settlement_line_once"),
            models.CheckConstraint(
                name="settlement_adds_up", condition=Q(amount=F("outcome") - F("before"))
            ),
            models.CheckConstraint(
                name="settlement_locked_entitles",
                condition=Q(state="locked", entitlement__isnull=False)
                | (~Q(state="locked") & Q(entitlement=None)),
            ),
            models.CheckConstraint(
                name="settlement_agreed_by_somebody",
                condition=Q(state__in=["draft", "proposed"], agreed_at=None, agreed_by=None)
                | Q(
                    state__in=["agreed", "locked"],
                    proposed_at__isnull=False,
                    agreed_at__isnull=False,
                    agreed_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="settlement_paper_whole",
                condition=Q(paper_reason="", signed_file=None)
                | (~Q(paper_reason="") & Q(signed_file__isnull=False, agreed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["funding_line", "year"]),
            models.Index(
                fields=["provider_organisation"],
                condition=Q(state="proposed"),
                name="settlement_to_agree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.funding_line.name} {self.year}-{self.number}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("settlement_detail", args=[self.pk])

    @property
    def is_correction(self) -> bool:
        """Whether the year was settled before."""
        return self.number > 1

    @property
    def way(self) -> Method:
        """How it is settled."""
        return Method(self.method)

    @property
    def why(self) -> Explanation:
        """The calculation of the whole year, for people."""
        return Explanation.from_dict(self.explanation)


class SettlementEntryQuerySet(OwnedQuerySet["SettlementEntry"]):
    """Reads of what happened; how a draft was computed is for the main contractor's people."""

    readers = MONEY

    def visible_to(self, scope: Scope) -> Self:
        """Rows this scope may see."""
        rows = super().visible_to(scope)
        if scope.role in SUBCONTRACTOR:
            return rows.exclude(kind=SettlementEntry.Kind.COMPUTED)
        return rows


class SettlementEntry(ProviderOwned):
    """What happened to a settlement, by whom and with which words. Append-only."""

    class Kind(models.TextChoices):
        """What was done."""

        COMPUTED = "computed", _("computed")
        PROPOSED = "proposed", _("proposed to the subcontractor")
        TAKEN_BACK = "taken_back", _("proposal taken back")
        AGREED = "agreed", _("agreed by the subcontractor")
        PAPER = "paper", _("agreement on paper recorded")
        OBJECTED = "objected", _("objected to by the subcontractor")
        LOCKED = "locked", _("locked by a second controller")

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: What the year came to at that moment, in euros.
    outcome = models.DecimalField(max_digits=14, decimal_places=2)
    text = models.CharField(_("text"), max_length=1000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects = SettlementEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a settlement")
        verbose_name_plural = _("entries of a settlement")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class PoolProductionQuerySet(OwnedQuerySet["PoolProduction"]):
    """Reads of production in pools."""

    readers = MONEY

    def standing(self) -> PoolProductionQuerySet:
        """Not replaced by a later figure."""
        return self.filter(replaced_by=None)


class PoolProduction(ProviderOwned):
    """What a member of a pool really produced in a year. Under a pool nothing is declared.

    Append-only: another figure replaces it.
    """

    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="pool_productions"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    #: Euros of the whole year, or of the part in which the line was in force.
    amount = models.DecimalField(_("real production"), max_digits=14, decimal_places=2)
    source = models.CharField(_("source"), max_length=200)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = PoolProductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("production in a pool")
        verbose_name_plural = _("production in pools")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["funding_line", "year"],
                condition=Q(replaces=None),
                name="pool_production_begins_once",
            ),
            models.CheckConstraint(name="pool_production_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.funding_line} {self.year}"
