"""Whom one calls or writes about which subject, on either side."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation, User
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Subcontractor


class SubjectContactQuerySet(OwnedQuerySet["SubjectContact"]):
    """Reads of contacts."""

    def visible_to(self, scope: Scope) -> Self:
        """A subcontractor sees its own, and those of the main contractors it works for."""
        if scope.role in SUBCONTRACTOR:
            relations = Subcontractor.objects.visible_to(scope).values("main_contractor")
            own = Q(provider_organisation=scope.organisation_id)
            theirs = Q(provider_organisation=None, main_contractor__in=relations)
            return self.filter(own | theirs)
        return super().visible_to(scope)


class SubjectContact(MainContractorOwned):
    """A person or desk for one subject, in the work of a subcontractor for a main contractor."""

    class Subject(models.TextChoices):
        """What one calls about."""

        DECLARATIONS = "declarations", _("declarations and payments")
        QUALIFICATIONS = "qualifications", _("qualifications and proofs")
        CARE = "care", _("allocations and care")
        MESSAGES = "messages", _("messages and software")
        CONTRACT = "contract", _("contract and tariffs")
        INCIDENTS = "incidents", _("incidents and calamities")
        COMPLAINTS = "complaints", _("complaints")
        PRIVACY = "privacy", _("privacy and data leaks")

    #: Whose contact; empty: of the main contractor itself.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject = models.CharField(_("subject"), max_length=14, choices=Subject.choices)
    name = models.CharField(_("name"), max_length=120)
    job = models.CharField(_("job"), max_length=120, blank=True)
    mail = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("up to and including"), null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = SubjectContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact for a subject")
        verbose_name_plural = _("contacts for subjects")
        ordering = ["subject", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="subject_contact_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="subject_contact_can_be_reached", condition=~Q(mail="") | ~Q(phone="")
            ),
        ]

    def __str__(self) -> str:
        return self.name
