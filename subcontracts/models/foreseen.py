"""Ends of care that can be seen coming, with what was decided about each."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import CARE
from subcontracts.models.allocations import Allocation
from subcontracts.models.clients import Client
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.rules import foreseen as rules


class ForeseenEndQuerySet(OwnedQuerySet["ForeseenEnd"]):
    """Reads of foreseen ends: for who looks after clients."""

    readers = CARE
    provider_column = ""

    def open(self) -> ForeseenEndQuerySet:
        """Not decided, and still coming."""
        return self.filter(decided_at=None, lapsed_at=None)


class ForeseenEnd(MainContractorOwned):
    """A day on which the care under an allocation will end, unless something is done before."""

    class Kind(models.TextChoices):
        """Why it will end."""

        EIGHTEEN = rules.Kind.EIGHTEEN.value, _("eighteenth birthday")
        END = rules.Kind.END.value, _("end of the allocation")
        WLZ = rules.Kind.WLZ.value, _("long-term care (Wlz)")
        MOVED = rules.Kind.MOVED.value, _("another municipality is responsible")
        REVIEW = rules.Kind.REVIEW.value, _("review of care without an end")

    class Decision(models.TextChoices):
        """What happens then."""

        PROLONG = rules.Decision.PROLONG.value, _("the care goes on, prolonged")
        WMO = rules.Decision.WMO.value, _("on under the Wmo")
        HEALTH_INSURANCE = rules.Decision.HEALTH_INSURANCE.value, _("on under health insurance")
        WLZ = rules.Decision.WLZ.value, _("on under long-term care (Wlz)")
        STOP = rules.Decision.STOP.value, _("the care stops")
        TRANSFER = rules.Decision.TRANSFER.value, _("on for the municipality that is responsible")
        CHANGE = rules.Decision.CHANGE.value, _("the care changes")
        KEEP = rules.Decision.KEEP.value, _("the care goes on as it is")

    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="foreseen_ends"
    )
    #: Equal to the allocation's.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("reason"), max_length=8, choices=Kind.choices)
    #: First day of the month in which it ends. A birthday is personal and stands with the client.
    month = models.DateField(_("month"))
    #: The day itself; empty for a birthday.
    day = models.DateField(_("day"), null=True)
    opened_at = models.DateTimeField(_("opened"))
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices, blank=True)
    note = EncryptedTextField(_("note"), default="")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    #: It will not end then after all: the allocation changed, or the care ended before.
    lapsed_at = models.DateTimeField(null=True)

    objects = ForeseenEndQuerySet.as_manager()

    class Meta:
        verbose_name = _("foreseen end")
        verbose_name_plural = _("foreseen ends")
        ordering = ["month", "day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["allocation", "kind", "month"],
                condition=Q(lapsed_at=None),
                name="foreseen_end_once",
            ),
            models.CheckConstraint(
                name="foreseen_end_decided",
                condition=Q(decision="", decided_at=None)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="foreseen_end_day_in_month",
                condition=Q(kind="eighteen", day=None)
                | Q(day__isnull=False, day__gte=models.F("month")),
            ),
        ]
        indexes = [
            # The work list and the calendar: what is open, soonest first.
            models.Index(
                fields=["main_contractor", "month"],
                condition=Q(decided_at=None, lapsed_at=None),
                name="foreseen_end_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.allocation}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.decided_at is None and self.lapsed_at is None

    def day_for_readers_of_client(self) -> date | None:
        """The day, also of a birthday: of the decrypted birth date, so a look at the client."""
        if self.day is not None:
            return self.day
        return rules.adult_on(date.fromisoformat(self.client.birth_date))
