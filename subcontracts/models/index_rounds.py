"""A round of indexation: every tariff and amount with what it becomes, or why it stays."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contract_ceilings import ContractCeiling
from subcontracts.models.contracts import FundingLine, Subcontract, Tariff
from subcontracts.models.indexing import READERS, IndexTerms
from subcontracts.models.owned import (
    MainContractorOwned,
    OwnedQuerySet,
    ProviderOwned,
)
from subcontracts.models.parties import Product
from subcontracts.rules.index_lines import LeftOut


class IndexRoundQuerySet(OwnedQuerySet["IndexRound"]):
    """Reads: a subcontractor hears of a round by its letter."""

    readers = READERS
    provider_column = ""


class IndexRound(MainContractorOwned):
    """The indexation of one year for all subcontracts, prepared and decided by two people."""

    class Status(models.TextChoices):
        """Life of a round; a decided one is in force from its day on."""

        DRAFT = "draft", _("draft")
        DECIDED = "decided", _("decided")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNDONE = "undone", _("undone")

    TRANSITIONS = {
        Status.DRAFT: {Status.DECIDED, Status.WITHDRAWN},
        Status.DECIDED: {Status.UNDONE},
        Status.WITHDRAWN: set(),
        Status.UNDONE: set(),
    }

    year = models.PositiveSmallIntegerField(_("year"))
    #: First day of a month: what is paid by the month has one price in it.
    effective_date = models.DateField(_("takes effect on"))
    #: Ceilings take part too, not tariffs and amounts alone.
    has_ceilings = models.BooleanField(_("ceilings too"), default=False)
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.DRAFT
    )
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = IndexRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("index round")
        verbose_name_plural = _("index rounds")
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="index_round_whole_months", condition=Q(effective_date__day=1)
            ),
            models.CheckConstraint(
                name="index_round_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="index_round_decided_at",
                condition=Q(status__in=["draft", "withdrawn"], decided_at=None)
                | Q(status__in=["decided", "undone"], decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="index_round_undone_at",
                condition=Q(status="undone", undone_at__isnull=False)
                | (~Q(status="undone") & Q(undone_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return _("Indexation %(year)s") % {"year": self.year}

    def is_in_force_on(self, day: date) -> bool:
        """Whether it took effect: from then on nothing of it is undone."""
        return self.status == self.Status.DECIDED and self.effective_date <= day


class IndexPercentQuerySet(OwnedQuerySet["IndexPercent"]):
    """Reads, as of rounds."""

    readers = READERS
    provider_column = ""


class IndexPercent(MainContractorOwned):
    """The percentage of a scheme in a round, with the figures it was calculated from."""

    round = models.ForeignKey(IndexRound, on_delete=models.PROTECT, related_name="percents")
    terms = models.ForeignKey(IndexTerms, on_delete=models.PROTECT, related_name="+")
    #: Last year is corrected; not so in the first year of a contract.
    corrects = models.BooleanField(_("last year is corrected"))
    percent = models.DecimalField(_("percentage"), max_digits=7, decimal_places=4)
    #: The figures as they stood, as `rules.indexing.as_stored` writes them.
    figures = models.JSONField()

    objects = IndexPercentQuerySet.as_manager()

    class Meta:
        ordering = ["terms__scheme__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "terms", "corrects"], name="index_percent_once"
            )
        ]


class IndexRoundLineQuerySet(OwnedQuerySet["IndexRoundLine"]):
    """Reads, as of rounds."""

    readers = READERS
    provider_column = ""

    def taking_part(self) -> IndexRoundLineQuerySet:
        """Those that get a new amount."""
        return self.filter(left_out="")


class IndexRoundLine(MainContractorOwned):
    """One tariff, amount of a funding line, or ceiling, in a round: old, new, or why it stays."""

    class Reason(models.TextChoices):
        """Why it stays as it is."""

        ENDED = LeftOut.ENDED.value, _("ended before that day")
        UNSIGNED = LeftOut.UNSIGNED.value, _("contract not signed")
        INDEXED = LeftOut.INDEXED.value, _("already indexed for this year")
        SET_BY_HAND = LeftOut.SET_BY_HAND.value, _("set by hand from that day on")
        LATER = LeftOut.LATER.value, _("begins after that day")
        FROZEN = LeftOut.FROZEN.value, _("frozen")
        NO_SCHEME = LeftOut.NO_SCHEME.value, _("contract follows no scheme")
        UNEVEN = LeftOut.UNEVEN.value, _("products have periods of their own")
        UNCHANGED = LeftOut.UNCHANGED.value, _("the percentage changes nothing")
        TAKEN_OUT = LeftOut.TAKEN_OUT.value, _("taken out of the round")

    round = models.ForeignKey(IndexRound, on_delete=models.PROTECT, related_name="lines")
    #: Of the round.
    year = models.PositiveSmallIntegerField()
    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="+")
    #: A tariff with its product, or a funding line with the first one of its row of successors.
    #: Or a ceiling. The tariff, line or ceiling itself goes where it came from another round that
    #: was undone since.
    tariff = models.ForeignKey(Tariff, on_delete=models.SET_NULL, null=True, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    origin = models.ForeignKey(FundingLine, on_delete=models.PROTECT, null=True, related_name="+")
    is_ceiling = models.BooleanField(default=False)
    ceiling = models.ForeignKey(
        ContractCeiling, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    old_amount = models.DecimalField(_("old"), max_digits=14, decimal_places=4)
    #: As it was when the round was prepared, so that it can be put back exactly.
    old_end_date = models.DateField(null=True)
    basis = models.ForeignKey(IndexPercent, on_delete=models.PROTECT, null=True, related_name="+")
    new_amount = models.DecimalField(_("new"), max_digits=14, decimal_places=4, null=True)
    left_out = models.CharField(_("left out"), max_length=9, choices=Reason.choices, blank=True)
    #: The reason of a freeze, or of taking the contract out.
    note = models.CharField(_("reason"), max_length=200, blank=True)
    #: Euros a year at the old amount and at the new one, as far as known when it was prepared:
    #: what was declared in the year before, or FTE × price.
    yearly_old = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    yearly_new = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    #: The new amount was put into the contract and not taken back.
    is_applied = models.BooleanField(default=False)
    new_tariff = models.OneToOneField(
        Tariff, on_delete=models.PROTECT, null=True, related_name="indexed_by"
    )
    new_line = models.OneToOneField(
        FundingLine, on_delete=models.PROTECT, null=True, related_name="indexed_by"
    )
    new_ceiling = models.OneToOneField(
        ContractCeiling, on_delete=models.PROTECT, null=True, related_name="indexed_by"
    )

    objects = IndexRoundLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an index round")
        verbose_name_plural = _("lines of index rounds")
        ordering = ["subcontract__number", "product__name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="index_line_of_one_amount",
                condition=Q(
                    product__isnull=False,
                    funding_line=None,
                    origin=None,
                    is_ceiling=False,
                    ceiling=None,
                )
                | Q(
                    tariff=None,
                    product=None,
                    origin__isnull=False,
                    is_ceiling=False,
                    ceiling=None,
                )
                | Q(tariff=None, product=None, funding_line=None, origin=None, is_ceiling=True),
            ),
            models.CheckConstraint(
                name="index_line_new_or_left_out",
                condition=~Q(left_out="")
                | Q(left_out="", new_amount__isnull=False, basis__isnull=False),
            ),
            models.CheckConstraint(
                name="index_line_applied",
                condition=Q(is_applied=False, new_tariff=None, new_line=None, new_ceiling=None)
                | (
                    Q(is_applied=True, left_out="")
                    & (
                        Q(tariff__isnull=False, new_tariff__isnull=False)
                        | Q(funding_line__isnull=False, new_line__isnull=False)
                        | Q(ceiling__isnull=False, new_ceiling__isnull=False)
                    )
                ),
            ),
            models.UniqueConstraint(fields=["round", "tariff"], name="index_line_tariff_once"),
            models.UniqueConstraint(fields=["round", "funding_line"], name="index_line_line_once"),
            models.UniqueConstraint(fields=["round", "ceiling"], name="index_line_ceiling_once"),
            # No amount twice in a year, whatever the round and however they meet.
            models.UniqueConstraint(
                fields=["subcontract", "product", "year"],
                condition=Q(is_applied=True, product__isnull=False),
                name="index_tariff_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["origin", "year"],
                condition=Q(is_applied=True, origin__isnull=False),
                name="index_funding_line_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["subcontract", "year"],
                condition=Q(is_applied=True, is_ceiling=True),
                name="index_ceiling_once_a_year",
            ),
        ]

    @property
    def subject(self) -> str:
        """What the amount is of: a product, a funding line, or the ceiling."""
        return str(self.product or self.origin or _("Ceiling a calendar year"))


class IndexLetterQuerySet(OwnedQuerySet["IndexLetter"]):
    """Reads: a provider its own."""

    readers = READERS

    def light(self) -> IndexLetterQuerySet:
        """Without the file."""
        return self.defer("pdf", "document")


class IndexLetter(ProviderOwned):
    """What a subcontractor is told of a decided round, as issued; kept when it is undone."""

    round = models.ForeignKey(IndexRound, on_delete=models.PROTECT, related_name="letters")
    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, related_name="index_letters"
    )
    number = models.CharField(_("number"), max_length=20)
    #: Of the round, for who does not read rounds.
    year = models.PositiveSmallIntegerField(_("year"))
    effective_date = models.DateField(_("takes effect on"))
    #: What the letter says, as frozen values, and the letter made of it.
    document = models.JSONField()
    pdf = models.BinaryField()
    pdf_digest = models.CharField(max_length=64, db_collation="C")
    issued_at = models.DateTimeField(_("issued"))
    #: The round was undone before its day: the letter no longer counts.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = IndexLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("index letter")
        verbose_name_plural = _("index letters")
        ordering = ["-effective_date", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "number"], name="index_letter_number_once"
            ),
            models.UniqueConstraint(fields=["round", "subcontract"], name="index_letter_once"),
        ]

    def __str__(self) -> str:
        return self.number
