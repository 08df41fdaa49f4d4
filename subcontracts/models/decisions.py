"""Formal decisions of a municipality towards a resident, and objections to them.

Nothing needs one: care may be allocated and given without a decision that we know of. Rows are
never changed: what turns out otherwise, or what happens next, is a row that replaces another.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality, User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import CARE
from subcontracts.models.allocations import Allocation, AllocationVersion
from subcontracts.models.changes import RequestedChange
from subcontracts.models.clients import Client
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.requests import CareRequest, RequestedProduct
from subcontracts.rules import objections as rules


class FormalDecisionQuerySet(OwnedQuerySet["FormalDecision"]):
    """Reads of decisions: for who looks after clients, for a reason tells much about one."""

    readers = CARE
    provider_column = ""

    def standing(self) -> FormalDecisionQuerySet:
        """As last recorded: without what another row replaces."""
        return self.filter(replaced_by=None)


class FormalDecision(MainContractorOwned):
    """A decision (beschikking) about an allocation or about something asked: one of the two.

    Or, for what it is about, that no decision was given.
    """

    class Kind(models.TextChoices):
        """What was decided."""

        GRANTED = "granted", _("granted")
        PARTLY = "partly", _("partly granted")
        REFUSED = "refused", _("refused")
        CHANGED = "changed", _("changed")
        ENDED = "ended", _("ended")
        NOT_GIVEN = "none", _("no decision")

    class Decider(models.TextChoices):
        """Who decided."""

        MUNICIPALITY = "municipality", _("the municipality")
        MAIN_CONTRACTOR = "mandate", _("the main contractor, under mandate")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    #: The delivery of the allocation that the decision is about.
    version = models.ForeignKey(
        AllocationVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_product = models.ForeignKey(
        RequestedProduct, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    requested_change = models.ForeignKey(
        RequestedChange, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    #: As the letter says it; may be empty, for not every municipality numbers its decisions.
    number = models.CharField(_("decision number"), max_length=40, blank=True)
    decision_date = models.DateField(_("date of the decision"), null=True)
    #: Made known to the resident: the clock begins the day after. Empty while nobody knows.
    sent_date = models.DateField(_("sent on"), null=True)
    decided_by = models.CharField(
        _("decided by"), max_length=12, choices=Decider.choices, blank=True
    )
    reason = EncryptedTextField(_("reason"), default="")
    #: Last day to object, by `rules.objections`; empty as long as `sent_date` is.
    objection_until = models.DateField(_("objection until"), null=True)
    #: The decision before it about the same, which it changes; after an objection, for example.
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followers"
    )
    #: What was recorded before of this same decision.
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = FormalDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("formal decision")
        verbose_name_plural = _("formal decisions")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="formal_decision_about_one_thing",
                condition=Q(allocation__isnull=False, requested_product=None, requested_change=None)
                | Q(allocation=None, requested_product__isnull=False, requested_change=None)
                | Q(allocation=None, requested_product=None, requested_change__isnull=False),
            ),
            models.CheckConstraint(
                name="formal_decision_version_of_allocation",
                condition=Q(allocation=None, version=None)
                | Q(allocation__isnull=False, version__isnull=False),
            ),
            models.CheckConstraint(
                name="formal_decision_given_or_not",
                condition=Q(
                    kind="none", number="", decision_date=None, sent_date=None, decided_by=""
                )
                | (~Q(kind="none") & ~Q(decided_by="") & Q(decision_date__isnull=False)),
            ),
            models.CheckConstraint(
                name="formal_decision_sent_after",
                condition=Q(sent_date=None) | Q(sent_date__gte=F("decision_date")),
            ),
            models.CheckConstraint(
                name="formal_decision_clock_runs_from_sending",
                condition=Q(sent_date=None, objection_until=None)
                | Q(sent_date__isnull=False, objection_until__gt=F("sent_date")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["main_contractor", "-recorded_at", "-id"], name="formal_decision_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.get_kind_display())

    @property
    def is_given(self) -> bool:
        """Whether there is a decision, rather than the knowledge that there is none."""
        return self.kind != self.Kind.NOT_GIVEN

    @property
    def asked(self) -> RequestedProduct | RequestedChange | None:
        """What was asked, where it is about that."""
        return self.requested_product or self.requested_change

    @property
    def request(self) -> CareRequest | None:
        """The request, where it is about something asked."""
        return self.asked.request if self.asked is not None else None

    @property
    def subject(self) -> Allocation | RequestedProduct | RequestedChange:
        """The one thing it is about."""
        found = self.allocation or self.asked
        if found is None:
            raise ValueError("the database keeps a decision about nothing out")
        return found

    @property
    def municipality(self) -> Municipality:
        """In whose name it was given."""
        of = self.allocation or self.request
        if of is None:
            raise ValueError("the database keeps a decision about nothing out")
        return of.municipality


class ObjectionQuerySet(OwnedQuerySet["Objection"]):
    """Reads of objections: for who looks after clients."""

    readers = CARE
    provider_column = ""

    def standing(self) -> Self:
        """As last recorded."""
        return self.filter(replaced_by=None)

    def open(self) -> Self:
        """Not decided and not withdrawn."""
        return self.standing().filter(outcome="")


class Objection(MainContractorOwned):
    """Somebody objected to a decision; with what became of it, once that is known."""

    class Timeliness(models.TextChoices):
        """Whether it came before the term to object ended; empty where nobody knows the term."""

        IN_TIME = rules.Timeliness.IN_TIME.value, _("in time")
        LATE = rules.Timeliness.LATE.value, _("late")

    class Outcome(models.TextChoices):
        """How it ended."""

        WELL_FOUNDED = "founded", _("well-founded")
        PARTLY = "partly", _("partly well-founded")
        UNFOUNDED = "unfounded", _("unfounded")
        INADMISSIBLE = "dismissed", _("inadmissible")
        WITHDRAWN = "withdrawn", _("withdrawn")

    decision = models.ForeignKey(
        FormalDecision, on_delete=models.PROTECT, related_name="objections"
    )
    #: Equal to the decision's.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    received_date = models.DateField(_("received on"))
    #: Only of what came by post, for it counts until a week after the term (Awb, article 6:9).
    posted_date = models.DateField(_("posted on"), null=True)
    timeliness = models.CharField(max_length=7, choices=Timeliness.choices, blank=True)
    #: An advisory committee is heard: twelve weeks instead of six (Awb, article 7:13).
    is_advised = models.BooleanField(_("advisory committee is heard"), default=False)
    weeks_put_off = models.PositiveSmallIntegerField(_("weeks put off"), default=0)
    #: Last day to decide about it, by `rules.objections`; empty where nobody knows the term.
    due_date = models.DateField(_("decide before or on"), null=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    outcome_date = models.DateField(_("date of the outcome"), null=True)
    note = EncryptedTextField(_("note"), default="")
    outcome_text = EncryptedTextField(_("outcome in words"), default="")
    #: What was recorded before of this same objection.
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_posted_before",
                condition=Q(posted_date=None) | Q(posted_date__lte=F("received_date")),
            ),
            models.CheckConstraint(
                name="objection_put_off_at_most",
                condition=Q(weeks_put_off__lte=rules.MOST_WEEKS_PUT_OFF),
            ),
            models.CheckConstraint(
                name="objection_outcome_whole",
                condition=Q(outcome="", outcome_date=None)
                | (~Q(outcome="") & Q(outcome_date__gte=F("received_date"))),
            ),
            models.CheckConstraint(
                name="objection_clock_whole",
                condition=Q(timeliness="", due_date=None)
                | (~Q(timeliness="") & Q(due_date__isnull=False)),
            ),
        ]
        indexes = [
            # The work list: what is open, soonest first.
            models.Index(
                fields=["main_contractor", "due_date"],
                condition=Q(outcome=""),
                name="objection_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} · {self.received_date:%d-%m-%Y}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.outcome
