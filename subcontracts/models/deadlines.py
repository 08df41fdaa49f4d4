"""Terms that run: shown before they pass, ticked off when met."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from messaging.models import Family, Leg
from subcontracts.models.allocations import CARE_READERS, Allocation
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.placements import Placement
from subcontracts.models.purposes import Steers
from subcontracts.models.requests import CareRequest, RequestedProduct
from subcontracts.rules import breaches, consequences


class DeadlineQuerySet(OwnedQuerySet["Deadline"]):
    """Reads of deadlines; a provider sees its own leg."""

    readers = CARE_READERS

    def running(self) -> DeadlineQuerySet:
        """Not met yet, soonest first."""
        return self.filter(met_at=None, dropped_at=None).order_by("due_date", "pk")

    def standing(self) -> DeadlineQuerySet:
        """Running or met: what fell away counts for nobody."""
        return self.filter(dropped_at=None)

    def met_late(self) -> DeadlineQuerySet:
        """Met, on a local day after the due date."""
        return self.filter(dropped_at=None, met_at__date__gt=F("due_date"))

    def listed_for(self, scope: Scope) -> DeadlineQuerySet:
        """Standing, without clients that may not be listed; an own team needs its own."""
        if scope.role in SUBCONTRACTOR:
            return self.standing()
        return self.standing().exclude(
            Q(allocation__client__is_sealed=True) | Q(request__client__is_sealed=True)
        )

    def of_family(self, family: str) -> DeadlineQuerySet:
        """Under this law."""
        return self.filter(
            Q(placement__family=family) | Q(allocation__family=family) | Q(request__family=family)
        )

    def with_purpose(self) -> DeadlineQuerySet:
        """Adds `steers`: whether messages under the contract are for steering only that day."""
        return self.annotate(steers=Steers("placement__subcontract", "event_date"))

    def with_other_leg(self, scope: Scope) -> DeadlineQuerySet:
        """Adds `other_due`, `other_met_at` and `other_is_ours`: the same start or stop on the
        other leg, if seen.
        """
        other = (
            Deadline.objects.visible_to(scope)
            .standing()
            .filter(
                placement=OuterRef("placement"),
                kind=OuterRef("kind"),
                event_date=OuterRef("event_date"),
                kind__in=Deadline.REPORTED,
            )
            .exclude(leg=OuterRef("leg"))
            .order_by("-pk")
        )
        return self.annotate(
            other_due=Subquery(other.values("due_date")[:1]),
            other_met_at=Subquery(other.values("met_at")[:1]),
            other_is_ours=Exists(other.filter(leg=Leg.DOWN, provider_organisation=None)),
        )


class Deadline(MainContractorOwned):
    """One term of `deadlines.csv` for one placement, allocation or request.

    That of a return message stands on the message itself.
    """

    class Kind(models.TextChoices):
        """What is due."""

        PLACE = "place", _("place the client")
        REPLY = "reply", _("reply to the placement")
        START = "305", _("report the start")
        STOP = "307", _("report the stop")
        ANSWER = "answer", _("answer to the request")
        REASK = "reask", _("ask the responsible municipality")

    #: Due on both legs.
    REPORTED = (Kind.START, Kind.STOP)

    kind = models.CharField(_("term"), max_length=8, choices=Kind.choices)
    leg = models.CharField(_("leg"), max_length=4, choices=Leg.choices)
    #: Whose turn it is on the lower leg; empty where it is the main contractor's.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    request = models.ForeignKey(
        CareRequest, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    #: Which product of the request must be answered (OP274); a change is as a whole (OP346).
    requested_product = models.ForeignKey(
        RequestedProduct, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    #: The day on which the term began, and the last day on which it is met in time.
    event_date = models.DateField()
    due_date = models.DateField(_("before"))
    met_at = models.DateTimeField(null=True)
    #: The term no longer applies, such as after a withdrawal.
    dropped_at = models.DateTimeField(null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["due_date", "pk"]
        indexes = [
            # The work lists: what runs, soonest first.
            models.Index(
                fields=["main_contractor", "due_date"],
                condition=Q(met_at=None, dropped_at=None),
                name="deadline_running_staff",
            ),
            models.Index(
                fields=["provider_organisation", "due_date"],
                condition=Q(met_at=None, dropped_at=None),
                name="deadline_running_provider",
            ),
            # The pages of terms and their figures: also what was met.
            models.Index(fields=["main_contractor", "due_date", "id"]),
            models.Index(fields=["provider_organisation", "due_date", "id"]),
        ]

    @property
    def subject(self) -> Placement | Allocation | CareRequest:
        """What it is about. Raises ValueError for a row without, which no service makes."""
        found = self.placement or self.request or self.allocation
        if found is None:
            raise ValueError(f"deadline {self.pk} is about nothing")
        return found

    @property
    def family(self) -> str:
        """The law."""
        return self.subject.family

    @property
    def family_text(self) -> str:
        """The law by its name."""
        return str(Family(self.family).label)

    @property
    def consequence(self) -> consequences.Consequence:
        """What follows when it passes; wants `with_purpose` for a start or stop."""
        steers = bool(getattr(self, "steers", False))
        return consequences.of_term(self.kind, self.family, steers=steers)

    @property
    def term(self) -> breaches.Term:
        """As days, for the rules."""
        return _term(self.due_date, self.met_at)

    def cause_on(self, today: date) -> breaches.Cause:
        """Who made it late; nobody for a term in time. Wants `with_other_leg`."""
        if not self.term.is_late(today):
            return breaches.Cause.NOBODY
        if self.kind == self.Kind.ANSWER:
            return breaches.Cause.MUNICIPALITY
        annotated: Any = self
        is_kept_here = self.leg == Leg.DOWN and self.provider_organisation_id is None
        if is_kept_here or annotated.other_is_ours:
            return breaches.Cause.MAIN_CONTRACTOR
        if annotated.other_due is None:
            below = self.leg == Leg.DOWN
            return breaches.Cause.SUBCONTRACTOR if below else breaches.Cause.MAIN_CONTRACTOR
        other = _term(annotated.other_due, annotated.other_met_at)
        down, up = (self.term, other) if self.leg == Leg.DOWN else (other, self.term)
        return breaches.of_report(down, up, today)


def _term(due: date, met_at: datetime | None) -> breaches.Term:
    return breaches.Term(due, timezone.localdate(met_at) if met_at else None)
