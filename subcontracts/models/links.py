"""Which message concerns which object: written at the moment of cause, so that nobody guesses."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models.allocations import CARE_READERS, Allocation
from subcontracts.models.deliveries import DeliveryStart, DeliveryStop
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.placements import Placement
from subcontracts.models.requests import CareRequest

#: Columns of which exactly one is filled.
MESSAGES: Final = ("incoming", "outgoing")
OBJECTS: Final = ("request", "allocation", "placement", "start", "stop")


def _exactly_one(names: tuple[str, ...]) -> Q:
    found = Q()
    for name in names:
        found |= Q(**{f"{other}__isnull": other != name for other in names})
    return found


class MessageLinkQuerySet(OwnedQuerySet["MessageLink"]):
    """Reads of links; a provider sees those of its own messages."""

    readers = CARE_READERS


class MessageLink(MainContractorOwned):
    """One message and one object that it made or changed, or that it tells of."""

    class Kind(models.TextChoices):
        """What the message has to do with the object."""

        #: A received message made the object.
        MADE = "made", _("made")
        #: A received message came about an object that was there.
        CHANGED = "changed", _("changed")
        #: A sent message tells of the object.
        TOLD = "told", _("told")

    #: That of the message, so that a provider sees what its own messages concern.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    incoming = models.ForeignKey(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outgoing = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )
    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, null=True, related_name="+")
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="+")
    start = models.ForeignKey(DeliveryStart, on_delete=models.PROTECT, null=True, related_name="+")
    stop = models.ForeignKey(DeliveryStop, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MessageLinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=[*MESSAGES, *OBJECTS], nulls_distinct=False, name="message_link_once"
            ),
            models.CheckConstraint(
                name="message_link_one_message",
                condition=Q(kind="told", incoming=None, outgoing__isnull=False)
                | Q(kind__in=["made", "changed"], incoming__isnull=False, outgoing=None),
            ),
            models.CheckConstraint(name="message_link_one_object", condition=_exactly_one(OBJECTS)),
        ]
