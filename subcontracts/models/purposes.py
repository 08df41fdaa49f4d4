"""What messages under a contract are for: to settle by, or to steer by only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models.contracts import MunicipalContract, Subcontract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class Steers(models.Func):
    """Whether messages under a subcontract are for steering only on a day.

    `Steers("placement__subcontract", "begin_date")`. The one place that decides it is the function
    in the database: the subcontract's own agreement says so, or that of the contract above it.
    """

    function = "subcontracts_steers"
    arity = 2
    output_field = models.BooleanField()


class MessagePurposeQuerySet(OwnedQuerySet["MessagePurpose"]):
    """Reads of purposes."""

    def visible_to(self, scope: Scope) -> MessagePurposeQuerySet:
        """A provider reads its own, and those of the contracts above it."""
        if scope.role in SUBCONTRACTOR:
            above = Subcontract.objects.visible_to(scope).values("municipal_contract")
            own = Q(provider_organisation=scope.organisation_id)
            return self.filter(own | Q(municipal_contract__in=above))
        return super().visible_to(scope)


class MessagePurpose(MainContractorOwned):
    """From a day on, until the next row, messages under the contract have this purpose.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    class Purpose(models.TextChoices):
        """What follows from messages, and from what is reported in their place."""

        SETTLEMENT = "settlement", _("settlement")
        STEERING = "steering", _("steering only")

    #: One of the two. Under a municipal contract it holds for all its subcontracts.
    municipal_contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, null=True, related_name="purposes"
    )
    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, null=True, related_name="purposes"
    )
    #: Of the subcontract; empty for a municipal contract.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    start_date = models.DateField(_("start date"))
    recorded_at = models.DateTimeField()

    objects = MessagePurposeQuerySet.as_manager()

    class Meta:
        verbose_name = _("purpose of messages")
        verbose_name_plural = _("purposes of messages")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="message_purpose_of_one_contract",
                condition=Q(municipal_contract__isnull=False, subcontract=None)
                | Q(municipal_contract=None, subcontract__isnull=False),
            )
        ]
