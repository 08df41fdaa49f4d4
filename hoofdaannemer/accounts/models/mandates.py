"""Mandates of subcontractors to administration offices: dated, and never changed once given.

Not to be taken for the mandate of a municipality, under which a main contractor allocates.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.accounts.models.organisations import MainContractorLink, Organisation
from hoofdaannemer.accounts.models.people import User
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope

#: Who of the main contractor reads who acts for its subcontractors.
READERS: Final = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})


class OfficeMandateQuerySet(models.QuerySet["OfficeMandate"]):
    """Reads of mandates."""

    def visible_to(self, scope: Scope) -> OfficeMandateQuerySet:
        """The office, who gave it, and who contracts that main contractor's subcontractors."""
        if scope.is_system:
            return self
        if scope.role == Role.OFFICE_USER:
            return self.filter(office=scope.organisation_id)
        if scope.role in SUBCONTRACTOR:
            return self.filter(provider_organisation=scope.organisation_id)
        if scope.role in READERS:
            links = MainContractorLink.objects.filter(main_contractor=scope.main_contractor_id)
            return self.filter(provider_organisation__in=links.values("organisation"))
        return self.none()

    def in_force(self, at: datetime) -> OfficeMandateQuerySet:
        """Accepted, not ended, and within its days at this moment."""
        day = timezone.localdate(at)
        return self.filter(
            Q(end_date=None) | Q(end_date__gte=day),
            _has_step(MandateStep.Kind.ACCEPTED, at),
            ~_has_step(MandateStep.ENDS, at),
            start_date__lte=day,
        )

    def open(self, at: datetime) -> OfficeMandateQuerySet:
        """Not ended and not past: accepted, or waiting for the office."""
        day = timezone.localdate(at)
        return self.filter(
            Q(end_date=None) | Q(end_date__gte=day), ~_has_step(MandateStep.ENDS, at)
        )

    def with_status(self, at: datetime) -> OfficeMandateQuerySet:
        """Adds `status`, one of `OfficeMandate.Status`, as it was at this moment."""
        day = timezone.localdate(at)
        status = OfficeMandate.Status
        last = MandateStep.objects.filter(mandate=OuterRef("pk"), at__lte=at).order_by("-pk")
        rows = self.annotate(last_step=Subquery(last.values("kind")[:1]))
        return rows.annotate(
            status=models.Case(
                models.When(last_step__in=MandateStep.ENDS, then=F("last_step")),
                models.When(end_date__lt=day, then=models.Value(status.PAST)),
                models.When(last_step=None, then=models.Value(status.GIVEN)),
                models.When(start_date__gt=day, then=models.Value(status.TO_COME)),
                default=models.Value(status.IN_FORCE),
                output_field=models.CharField(),
            )
        )

    def light(self) -> OfficeMandateQuerySet:
        """Without the file."""
        return self.defer("document")


class OfficeMandate(models.Model):
    """A subcontractor lets an administration office act for it, in some subjects, from a day on.

    A row is never changed: what becomes of it is a step, and another scope is another mandate.
    """

    class Status(models.TextChoices):
        """How it stands; follows from its steps and days, see `with_status`."""

        GIVEN = "given", _("waits for the office")
        TO_COME = "to_come", _("accepted, begins later")
        IN_FORCE = "in_force", pgettext_lazy("mandate", "in force")
        PAST = "past", pgettext_lazy("mandate", "ended")
        DECLINED = "declined", _("declined by the office")
        RETURNED = "returned", _("given back by the office")
        WITHDRAWN = "withdrawn", pgettext_lazy("mandate", "withdrawn")
        REFUSED = "refused", _("refused by the main contractor")

    #: Who gives it.
    provider_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="mandates_given",
        verbose_name=_("subcontractor"),
    )
    office = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="mandates_held",
        verbose_name=_("administration office"),
    )
    subjects = ArrayField(
        models.CharField(max_length=12, choices=Subject.choices), verbose_name=_("covers")
    )
    start_date = models.DateField(_("from"))
    #: The last day; empty for until it is withdrawn.
    end_date = models.DateField(_("up to and including"), null=True)
    #: What it rests on, such as the agreement between the two and its date.
    ground = models.CharField(_("ground"), max_length=200)
    #: The signed mandate as PDF, where there is one.
    document = models.BinaryField(null=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(_("given"))

    objects = OfficeMandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate of an office")
        verbose_name_plural = _("mandates of offices")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="office_mandate_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="office_mandate_not_to_oneself",
                condition=~Q(office=F("provider_organisation")),
            ),
            models.CheckConstraint(
                name="office_mandate_known_subjects",
                condition=Q(subjects__contained_by=Subject.values, subjects__len__gt=0),
            ),
        ]
        # Of an office: read at each request of its people. Of a practice: before one is given.
        indexes = [models.Index(fields=["office", "provider_organisation"])]

    def __str__(self) -> str:
        return f"{self.provider_organisation.name} – {self.office.name}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("office_mandate_detail", args=[self.pk])

    @property
    def subject_labels(self) -> list[str]:
        """What it covers, in words and in a fixed order."""
        return [str(one.label) for one in Subject if one.value in self.subjects]


class MandateStepQuerySet(models.QuerySet["MandateStep"]):
    """Reads of steps."""

    def visible_to(self, scope: Scope) -> MandateStepQuerySet:
        """Those of mandates that the scope may see."""
        if scope.is_system:
            return self
        return self.filter(mandate__in=OfficeMandate.objects.visible_to(scope).values("pk"))


class MandateStep(models.Model):
    """What became of a mandate: accepted once, ended once. Appended, never changed."""

    class Kind(models.TextChoices):
        """What was done; all but the first end it."""

        ACCEPTED = "accepted", _("accepted by the office")
        DECLINED = "declined", _("declined by the office")
        RETURNED = "returned", _("given back by the office")
        WITHDRAWN = "withdrawn", pgettext_lazy("mandate", "withdrawn")
        REFUSED = "refused", _("refused by the main contractor")

    ENDS = (Kind.DECLINED, Kind.RETURNED, Kind.WITHDRAWN, Kind.REFUSED)

    mandate = models.ForeignKey(OfficeMandate, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("step"), max_length=9, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = MandateStepQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("step of a mandate")
        verbose_name_plural = _("steps of mandates")
        constraints = [
            models.UniqueConstraint(
                fields=["mandate"], condition=Q(kind="accepted"), name="mandate_accepted_once"
            ),
            models.UniqueConstraint(
                fields=["mandate"], condition=~Q(kind="accepted"), name="mandate_ended_once"
            ),
            models.CheckConstraint(
                name="mandate_refused_with_reason", condition=~Q(kind="refused", reason="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.Kind(self.kind).label)


def _has_step(kind: str | tuple[str, ...], at: datetime) -> Exists:
    kinds = (kind,) if isinstance(kind, str) else kind
    steps = MandateStep.objects.filter(mandate=OuterRef("pk"), kind__in=kinds, at__lte=at)
    return Exists(steps)
