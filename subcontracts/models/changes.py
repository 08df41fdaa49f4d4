"""Requests for change (317): what is asked of current allocations, line by line."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from subcontracts.models.allocations import CARE_READERS, Allocation, Extent
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Product
from subcontracts.models.placements import Placement
from subcontracts.models.requests import Asked, CareRequest


class RequestedChangeQuerySet(OwnedQuerySet["RequestedChange"]):
    """Reads of changes that were asked for; a subcontractor sees its own."""

    readers = CARE_READERS


class RequestedChange(Asked):
    """The one change of a request, which the municipality answers as a whole (OP346)."""

    request = models.OneToOneField(CareRequest, on_delete=models.PROTECT, related_name="change")
    #: Code list WJ758.
    reason = models.CharField(_("reason of the request"), max_length=1)

    objects = RequestedChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("requested change")
        verbose_name_plural = _("requested changes")
        ordering = ["pk"]
        constraints = [
            # TR347, upward and for each subcontractor that sends its own.
            models.UniqueConstraint(
                fields=["main_contractor", "family", "reference"],
                name="requested_change_reference_once",
            ),
            models.UniqueConstraint(
                fields=["main_contractor", "provider_organisation", "family", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="requested_change_provider_reference_once",
            ),
            models.CheckConstraint(
                name="requested_change_reason_of_refusal",
                condition=Q(rejection_reason="") | Q(answer="refused"),
            ),
        ]


class ChangedProductQuerySet(OwnedQuerySet["ChangedProduct"]):
    """Reads of lines; a subcontractor sees those it asked, about its own placements."""

    readers = CARE_READERS

    def in_force(self) -> ChangedProductQuerySet:
        """Without those of an earlier try, which the municipality returned."""
        return self.filter(superseded_at=None)


class ChangedProduct(MainContractorOwned, Extent):
    """One line of a change: an allocation that stays or changes, or a product to add.

    A line as asked names what the asker knows: the own access an allocation, a subcontractor its
    placement. The lines as sent are the main contractor's, and name every current allocation.
    """

    class Stage(models.TextChoices):
        """Whose words a line holds."""

        ASKED = "asked", _("as asked")
        SENT = "sent", _("as sent")

    class What(models.TextChoices):
        """What is to become of it."""

        UNCHANGED = "unchanged", _("stays as it is")
        CHANGED = "changed", _("changes")
        NEW = "new", _("is new")

    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, related_name="lines")
    #: Who may read it beside the main contractor: the asker, of the lines as asked.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    stage = models.CharField(max_length=5, choices=Stage.choices)
    what = models.CharField(max_length=9, choices=What.choices)
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="+")
    #: Of what is new; the others have the product of their allocation.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    #: From when it is wanted so.
    start_date = models.DateField(_("start date"), null=True)
    end_date = models.DateField(_("end date"), null=True)
    #: The request was sent anew, with other lines.
    superseded_at = models.DateTimeField(null=True)

    objects = ChangedProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("changed product")
        verbose_name_plural = _("changed products")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="changed_product_of_allocation_or_new",
                condition=Q(what="new", product__isnull=False, allocation=None, placement=None)
                | (~Q(what="new") & Q(product=None, allocation__isnull=False)),
            ),
            models.CheckConstraint(
                name="changed_product_has_wanted_start",
                condition=Q(what="unchanged", start_date=None, end_date=None, volume=None)
                | (~Q(what="unchanged") & Q(start_date__isnull=False)),
            ),
            models.CheckConstraint(
                name="changed_product_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.UniqueConstraint(
                fields=["request", "allocation"],
                condition=Q(stage="sent", superseded_at=None, allocation__isnull=False),
                name="changed_product_once_as_sent",
            ),
        ]
