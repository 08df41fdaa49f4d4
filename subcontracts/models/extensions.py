"""Options to extend a subcontract: rights with their days, decided on once."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned
from subcontracts.models.upward_dates import ContractOption
from subcontracts.models.versions import SubcontractVersion


class SubcontractOptionQuerySet(OfferedQuerySet["SubcontractOption"]):
    """Reads, as of the contract."""

    def open(self) -> SubcontractOptionQuerySet:
        """Not decided on yet."""
        return self.filter(outcome="")


class SubcontractOption(ProviderOwned):
    """A right to let a subcontract go on for some months; taken, it is an amendment."""

    Outcome = ContractOption.Outcome

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="options")
    #: The order in which options follow each other, from 1.
    position = models.PositiveSmallIntegerField(_("option"))
    months = models.PositiveSmallIntegerField(_("months"))
    #: The last day on which the subcontractor can be told.
    announce_by = models.DateField(_("announce at the latest on"))
    #: The day on which we mean to decide, for our own work list; not part of the contract.
    decide_by = models.DateField(_("decide at the latest on"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=ContractOption.Outcome.choices, blank=True
    )
    decided_on = models.DateField(_("decided on"), null=True)
    #: The last day of the contract before and after it was taken; empty where it was not.
    end_before = models.DateField(null=True)
    end_after = models.DateField(null=True)
    #: The amendment that it became.
    version = models.OneToOneField(
        SubcontractVersion, on_delete=models.PROTECT, null=True, related_name="option"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = SubcontractOptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("option of a subcontract")
        verbose_name_plural = _("options of a subcontract")
        ordering = ["subcontract", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontract", "position"], name="subcontract_option_once"
            ),
            models.CheckConstraint(name="subcontract_option_extends", condition=Q(months__gte=1)),
            models.CheckConstraint(
                name="subcontract_option_in_order",
                condition=Q(decide_by=None) | Q(decide_by__lte=F("announce_by")),
            ),
            models.CheckConstraint(
                name="subcontract_option_decided_whole",
                condition=Q(outcome="", decided_on=None, end_before=None, end_after=None)
                | Q(
                    outcome="not_taken",
                    decided_on__isnull=False,
                    end_before=None,
                    end_after=None,
                )
                | Q(
                    outcome="taken",
                    decided_on__isnull=False,
                    end_before__isnull=False,
                    end_after__gt=F("end_before"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return gettext("option %(number)s") % {"number": self.position}
