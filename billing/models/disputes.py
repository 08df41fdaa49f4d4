"""Questions and disputes about one line of a statement, with who has to answer and by when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.readers import MONEY
from billing.models.statements import StatementLine
from hoofdaannemer.accounts.models import User
from subcontracts.models import Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class DisputeQuerySet(OwnedQuerySet["Dispute"]):
    """Reads of disputes."""

    readers = MONEY

    def open(self) -> DisputeQuerySet:
        """Not agreed upon and not withdrawn."""
        return self.filter(status__in=Dispute.OPEN)

    def waiting_for(self, side: str) -> DisputeQuerySet:
        """Open ones in which it is this side's turn."""
        turn = Dispute.Status.ASKED if side == Side.MAIN else Dispute.Status.ANSWERED
        return self.filter(status=turn)


class Side(models.TextChoices):
    """Who says something."""

    SUBCONTRACTOR = "subcontractor", _("the subcontractor")
    MAIN = "main", _("the main contractor")


class Dispute(ProviderOwned):
    """What a subcontractor asks or disputes about a line, until both agree or it is withdrawn."""

    class Kind(models.TextChoices):
        """Whether it wants to understand the amount, or another one."""

        QUESTION = "question", _("question")
        DISPUTE = "dispute", _("dispute")

    class Status(models.TextChoices):
        """Whose turn it is, or how it ended."""

        ASKED = "asked", _("to be answered")
        ANSWERED = "answered", _("answered")
        AGREED = "agreed", pgettext_lazy("dispute", "agreed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN = (Status.ASKED, Status.ANSWERED)
    #: A reaction to an answer asks again.
    TRANSITIONS = {
        Status.ASKED: {Status.ANSWERED, Status.WITHDRAWN},
        Status.ANSWERED: {Status.ASKED, Status.AGREED, Status.WITHDRAWN},
        # Where a second person refuses the correction that was agreed upon.
        Status.AGREED: {Status.ASKED},
        Status.WITHDRAWN: set(),
    }

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="disputes"
    )
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="disputes")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.ASKED
    )
    #: Euros that the line should be according to the subcontractor; empty for a question.
    expected = models.DecimalField(_("should be"), max_digits=14, decimal_places=2, null=True)
    asked_at = models.DateTimeField(_("asked"))
    #: Last day for whose turn it is; the end keeps the last one.
    due_date = models.DateField(_("before"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(status__in=["asked", "answered"]),
                name="dispute_one_open",
            ),
            models.CheckConstraint(
                name="dispute_closed",
                condition=Q(status__in=["asked", "answered"], closed_at=None)
                | Q(status__in=["agreed", "withdrawn"], closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_names_an_amount",
                condition=Q(kind="question", expected=None)
                | Q(kind="dispute", expected__isnull=False),
            ),
        ]
        indexes = [
            # The work lists, by who has to act.
            models.Index(
                fields=["main_contractor", "due_date"],
                condition=Q(status="asked"),
                name="dispute_to_answer",
            ),
            models.Index(
                fields=["provider_organisation", "due_date"],
                condition=Q(status="answered"),
                name="dispute_to_react",
            ),
        ]

    def __str__(self) -> str:
        return self.line.reference

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("dispute_detail", args=[self.pk])


class DisputeEntryQuerySet(OwnedQuerySet["DisputeEntry"]):
    """Reads, as of disputes."""

    readers = MONEY


class DisputeEntry(ProviderOwned):
    """What one side said, and what the main contractor decided with it. Append-only."""

    class Outcome(models.TextChoices):
        """What an answer does with the line."""

        EXPLAINED = "explained", _("explained: the amount stays")
        STAYS = "stays", _("not granted: the amount stays")
        CORRECTED = "corrected", _("granted: the amount is corrected")
        ELSEWHERE = "elsewhere", _("granted: another entry puts it right, without a correction")
        REFUSED = "refused", _("the correction was refused by a second person")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="entries")
    side = models.CharField(max_length=13, choices=Side.choices)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    #: Euros that the line becomes, where the amount is corrected.
    becomes = models.DecimalField(_("becomes"), max_digits=14, decimal_places=2, null=True)
    text = models.CharField(_("text"), max_length=1000)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = DisputeEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a dispute")
        verbose_name_plural = _("entries of a dispute")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="dispute_entry_outcome_of_main",
                condition=Q(side="main") & ~Q(outcome="") | Q(side="subcontractor", outcome=""),
            ),
            # Answers from before corrections were posted name no amount.
            models.CheckConstraint(
                name="dispute_entry_becomes",
                condition=Q(becomes=None) | Q(outcome="corrected"),
            ),
        ]

    def __str__(self) -> str:
        return self.text
