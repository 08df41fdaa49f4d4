"""Copies: what was said under a municipality's code, on its way to that municipality.

Where the main contractor allocates under mandate, its subcontractors exchange messages with the
municipality's code and never with the municipality. Each such message goes there in copy: for its
case system to file, not to answer.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.core.scope import CARE, Role, Scope
from messaging.exchange.models import IncomingMessage, OutgoingMessage


class MessageCopyQuerySet(models.QuerySet["MessageCopy"]):
    """Reads of copies."""

    def visible_to(self, scope: Scope) -> MessageCopyQuerySet:
        """Care roles; the administrator too, since a copy has no content of its own."""
        if scope.is_system:
            return self.all()
        if scope.role in CARE or scope.role == Role.ADMINISTRATOR:
            return self.filter(main_contractor=scope.main_contractor_id)
        return self.none()

    def due(self, scope: Scope) -> MessageCopyQuerySet:
        """Waiting for a worker, and their time has come; a mailbox is emptied by its owner."""
        return self.filter(state=MessageCopy.State.WAITING, next_try_at__lte=scope.at)

    def failed(self) -> MessageCopyQuerySet:
        """Could not be delivered: a person must look."""
        return self.filter(state=MessageCopy.State.FAILED)

    def with_messages(self) -> MessageCopyQuerySet:
        """With what they are copies of, without its content."""
        return self.select_related(
            "municipality", "received__provider_organisation", "sent__provider_organisation"
        ).defer("received__content", "sent__content")


class MessageCopy(models.Model):
    """The copy of one message, received or sent. Its bytes are those of that message."""

    class State(models.TextChoices):
        """From waiting to delivered, or to a person."""

        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("needs attention")

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    #: One of the two; each message goes in copy once.
    received = models.OneToOneField(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="sent_copy"
    )
    sent = models.OneToOneField(
        OutgoingMessage, on_delete=models.PROTECT, null=True, related_name="sent_copy"
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("made"))
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    #: For a person: what went wrong last, without personal data.
    last_error = models.TextField(blank=True)

    objects = MessageCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of a message")
        verbose_name_plural = _("copies of messages")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="message_copy_of_one",
                condition=Q(received__isnull=False, sent=None)
                | Q(received=None, sent__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="waiting"), name="copy_to_deliver"
            ),
            models.Index(fields=["main_contractor", "-created_at", "-id"]),
        ]

    @property
    def original(self) -> IncomingMessage | OutgoingMessage:
        """What it is the copy of."""
        found = self.received or self.sent
        if found is None:
            raise ValueError("a copy of nothing")
        return found
