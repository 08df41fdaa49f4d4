"""Which municipality is responsible for a client, and from when: dated facts without gaps."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality, User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.periods import InclusiveDateRange, SameId
from hoofdaannemer.core.scope import CARE
from messaging.models import Family
from subcontracts.models.clients import Client
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class ClientResidenceQuerySet(OwnedQuerySet["ClientResidence"]):
    """Reads of residences: for who looks after clients."""

    readers = CARE
    provider_column = ""

    def standing(self) -> ClientResidenceQuerySet:
        """Not replaced by a later fact about the same days, oldest first."""
        return self.filter(replaced_at=None).order_by("start_date", "pk")


class ClientResidence(MainContractorOwned):
    """A municipality is responsible for a client's care in a period, both days included.

    `Client.municipality` repeats the one in force.
    """

    class Basis(models.TextChoices):
        """Why this municipality: the first two for youth help, the last for the Wmo."""

        PRINCIPLE = "principle", _("residence principle (youth)")
        REGISTERED = "address", _("registered address (youth)")
        RESIDENCE = "resident", _("resident (Wmo)")

    class Source(models.TextChoices):
        """How we know."""

        MESSAGE = "message", _("message of a municipality")
        REQUEST = "request", _("named in a request")
        TOLD = "told", _("told by a colleague")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="residences")
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="+"
    )
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    basis = models.CharField(_("basis"), max_length=9, choices=Basis.choices)
    source = models.CharField(_("source"), max_length=7, choices=Source.choices)
    note = EncryptedTextField(_("note"), default="")
    #: Empty where a message brought it.
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    #: Another fact took its place from its first day on.
    replaced_at = models.DateTimeField(null=True)

    objects = ClientResidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("client residence")
        verbose_name_plural = _("client residences")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="client_residence_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            ExclusionConstraint(
                name="client_residence_one_at_a_time",
                expressions=[
                    (InclusiveDateRange(), RangeOperators.OVERLAPS),
                    (SameId("client"), RangeOperators.OVERLAPS),
                ],
                condition=Q(replaced_at=None),
            ),
        ]

    @property
    def family(self) -> str:
        """The law under which this municipality is responsible; of the other it says nothing."""
        return Family.WMO if self.basis == self.Basis.RESIDENCE else Family.JW

    def __str__(self) -> str:
        return f"{self.municipality} · {self.start_date:%d-%m-%Y}"
