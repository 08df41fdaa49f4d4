"""Questions about what a contract says, and the readings that are published of the answers."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.accounts.models import Organisation, User
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.models.clauses import SubcontractClause
from subcontracts.models.contracts import MunicipalContract, Subcontract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Subcontractor

#: Who of the main contractor reads contracts, and so asks about them.
READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})


class ClauseQuestionQuerySet(OwnedQuerySet["ClauseQuestion"]):
    """Reads: a provider what it asked itself."""

    readers = READERS


class ClauseQuestion(MainContractorOwned):
    """Somebody asks what a clause means, or something about a contract in general."""

    class Status(models.TextChoices):
        """What became of it."""

        OPEN = "open", pgettext_lazy("question", "open")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    #: Who asked; empty: somebody of the main contractor.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, null=True, related_name="questions"
    )
    #: Empty: a question in general.
    clause = models.ForeignKey(
        SubcontractClause, on_delete=models.PROTECT, null=True, related_name="questions"
    )
    subject = models.CharField(_("subject"), max_length=120)
    question = models.TextField(_("question"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.OPEN
    )
    #: Last day of the term for an answer.
    due_on = models.DateField(_("answer before"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked on"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered on"), null=True)

    objects = ClauseQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a contract")
        verbose_name_plural = _("questions about contracts")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="clause_question_answered",
                condition=(Q(status="answered", answered_at__isnull=False) & ~Q(answer=""))
                | (~Q(status="answered") & Q(answered_at=None, answer="")),
            ),
            models.CheckConstraint(
                name="clause_question_of_contract",
                condition=Q(clause=None) | Q(subcontract__isnull=False),
            ),
            # A provider may work for several main contractors: its contract says which it asks.
            models.CheckConstraint(
                name="clause_question_to_whom",
                condition=Q(provider_organisation=None) | Q(subcontract__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class ClauseReadingQuerySet(OwnedQuerySet["ClauseReading"]):
    """Reads of readings."""

    readers = READERS
    provider_column = ""

    def standing(self) -> ClauseReadingQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, scope: Scope) -> Self:
        """A subcontractor sees those of clauses that it has too, and those in general."""
        if scope.role not in SUBCONTRACTOR:
            return super().visible_to(scope)
        relations = Subcontractor.objects.visible_to(scope).values("main_contractor")
        same_duty = Q(
            passes_on=OuterRef("passes_on"),
            subcontract__municipal_contract=OuterRef("municipal_contract"),
        ) & ~Q(passes_on="")
        own = (
            SubcontractClause.objects.visible_to(scope)
            .filter(main_contractor=OuterRef("main_contractor"))
            .filter(Q(text=OuterRef("clause_text")) | same_duty)
        )
        general = Q(clause_text="", main_contractor__in=relations)
        return self.filter(general | (~Q(clause_text="") & Exists(own)), withdrawn_at=None)


class ClauseReading(MainContractorOwned):
    """How the main contractor reads a clause, told to all who have it; it names no asker."""

    question = models.OneToOneField(
        ClauseQuestion, on_delete=models.PROTECT, related_name="reading"
    )
    #: The clause as it was when it was published; all empty: a reading in general.
    municipal_contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, null=True, related_name="+"
    )
    passes_on = models.CharField(max_length=240, blank=True)
    clause_code = models.CharField(_("clause"), max_length=20, blank=True)
    clause_title = models.CharField(_("title of the clause"), max_length=120, blank=True)
    clause_text = models.TextField(_("text of the clause"), blank=True)
    subject = models.CharField(_("subject"), max_length=120)
    asked = models.TextField(_("question"))
    text = models.TextField(_("reading"))
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published on"))
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True)

    objects = ClauseReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("published reading of a clause")
        verbose_name_plural = _("published readings of clauses")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="clause_reading_of_clause",
                condition=Q(clause_text="", clause_code="", municipal_contract=None, passes_on="")
                | (~Q(clause_text="") & ~Q(clause_code="") & Q(municipal_contract__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def about(self) -> str:
        """The clause that is read; empty for a reading in general."""
        return f"{self.clause_code} {self.clause_title}".strip()
