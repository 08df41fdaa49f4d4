"""Signals that a ceiling is nearly used up, and what the parties did about it."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import Role
from subcontracts.models.contracts import Subcontract
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned

#: Of the main contractor: amounts are for who handles contracts or money.
READERS: Final = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})


class CeilingSignalQuerySet(OwnedQuerySet["CeilingSignal"]):
    """Reads of signals."""

    readers = READERS

    def open(self) -> CeilingSignalQuerySet:
        """Those about which nothing was decided yet."""
        return self.filter(decision="")


class CeilingSignal(ProviderOwned):
    """Notice that a part of a year's ceiling is gone; a talk and a decision follow (art. 1.5).

    One for each ceiling of a year: after the ceiling was raised the next signal may come.
    """

    class Decision(models.TextChoices):
        """What the main contractor decided after the talk."""

        RAISED = "raised", _("the ceiling is raised")
        CLIENT_STOP = "client_stop", _("no new clients")
        ELSEWHERE = "elsewhere", _("new care goes to others")
        STAYS = "stays", _("the ceiling stays as it is")

    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, related_name="ceiling_signals"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    #: Euros, as they were on the day of the notice; `used` is declared and committed care.
    ceiling = models.DecimalField(_("ceiling"), max_digits=14, decimal_places=2)
    used = models.DecimalField(_("used"), max_digits=14, decimal_places=2)
    noticed_on = models.DateField(_("notice"))
    #: The notice as it was given.
    letter = models.BinaryField()
    #: When the subcontractor said that it has read the notice.
    confirmed_at = models.DateTimeField(_("receipt confirmed"), null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    talk_due = models.DateField(_("talk before"))
    talked_on = models.DateField(_("talk"), null=True)
    talk_note = models.CharField(_("what was said"), max_length=1000, blank=True)
    decision_due = models.DateField(_("decide before"))
    decision = models.CharField(
        _("decision"), max_length=11, choices=Decision.choices, blank=True, default=""
    )
    decision_note = models.CharField(_("explanation"), max_length=1000, blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CeilingSignalQuerySet.as_manager()

    class Meta:
        verbose_name = _("signal of a ceiling")
        verbose_name_plural = _("signals of ceilings")
        ordering = ["-noticed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontract", "year", "ceiling"], name="ceiling_signal_once"
            ),
            models.CheckConstraint(
                name="ceiling_signal_talk_first",
                condition=Q(decision="") | Q(talked_on__isnull=False, decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="ceiling_signal_in_order",
                condition=(Q(talked_on=None) | Q(talked_on__gte=F("noticed_on")))
                & (Q(decided_on=None) | Q(decided_on__gte=F("talked_on"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subcontract.number} · {self.year}"

    @property
    def due(self) -> date | None:
        """Until when the next step is taken; None where all was done."""
        if self.decision:
            return None
        return self.talk_due if self.talked_on is None else self.decision_due
