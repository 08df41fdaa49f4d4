"""Who allocates under a municipal contract: the municipality, or somebody else by agreement."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class AllocatedBy(models.TextChoices):
    """Where allocations come from."""

    MUNICIPALITY = "municipality", _("the municipality, by message")
    #: Arrangement A1: the main contractor indicates and allocates in the municipality's name.
    MANDATE = "mandate", _("the main contractor, under mandate")
    #: The pure task variant: care follows from the task, and no 301, 315 or 317 exists.
    TASK = "task", _("nobody: care follows from the task")


class AuthorityQuerySet(OwnedQuerySet["Authority"]):
    """Reads: staff only."""

    provider_column = ""


class Authority(MainContractorOwned):
    """From a day on, until the next row, this is who allocates under the contract.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    municipal_contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="authorities"
    )
    allocated_by = models.CharField(_("allocated by"), max_length=12, choices=AllocatedBy.choices)
    #: Where the mandate is recorded, such as the number of the mandate decision.
    reference = models.CharField(_("reference of the mandate"), max_length=80, blank=True)
    #: Range of the allocation numbers that are issued under it, both ends included.
    number_first = models.PositiveIntegerField(null=True)
    number_last = models.PositiveIntegerField(null=True)
    start_date = models.DateField(_("start date"))
    recorded_at = models.DateTimeField()

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority to allocate")
        verbose_name_plural = _("authorities to allocate")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="authority_mandate_is_recorded",
                condition=Q(
                    ~Q(reference=""),
                    allocated_by="mandate",
                    number_first__gt=0,
                    number_first__lte=F("number_last"),
                    number_last__lte=999_999_999,
                )
                | Q(
                    ~Q(allocated_by="mandate"),
                    reference="",
                    number_first=None,
                    number_last=None,
                ),
            )
        ]
