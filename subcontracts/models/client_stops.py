"""Client stops: from when until when a subcontractor takes no new clients."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned
from subcontracts.models.parties import Product


class ClientStopQuerySet(OfferedQuerySet["ClientStop"]):
    """Reads of client stops."""

    def granted(self) -> ClientStopQuerySet:
        """Those that hold back new clients on their days."""
        return self.filter(status=ClientStop.Status.GRANTED)

    def waiting(self) -> ClientStopQuerySet:
        """Asked, and not decided yet."""
        return self.filter(status=ClientStop.Status.ASKED)


class ClientStop(ProviderOwned):
    """A stop on new clients under one subcontract, of one product or of all.

    A subcontractor asks for it and the main contractor consents, or the main contractor sets it.
    Who is in care already stays so, and what follows on that care may be placed.
    """

    class Status(models.TextChoices):
        """What became of it."""

        ASKED = "asked", _("asked")
        GRANTED = "granted", pgettext_lazy("client stop", "granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, related_name="client_stops"
    )
    #: Empty: every product of the contract.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=9, choices=Status.choices)
    start_date = models.DateField(_("start date"))
    #: Last day without new clients; empty until somebody ends it.
    end_date = models.DateField(_("end date"), null=True)
    reason = models.CharField(_("reason"), max_length=200)
    #: Whether the subcontractor asked for it; otherwise the main contractor set it.
    is_asked = models.BooleanField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    #: What the main contractor answered.
    answer = models.CharField(_("answer"), max_length=200, blank=True)

    objects = ClientStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("client stop")
        verbose_name_plural = _("client stops")
        ordering = ["-start_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="client_stop_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="client_stop_decided",
                condition=Q(status__in=["asked", "withdrawn"]) | Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["subcontract", "product"],
                condition=Q(status="asked"),
                nulls_distinct=False,
                name="client_stop_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return "{} · {}".format(self.subcontract.number, self.product or _("all products"))
