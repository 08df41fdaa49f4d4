"""In-tray and out-tray: every message as received or sent, with its state.

The row is the queue of record. Content is compressed and encrypted; clients are known here by
the keyed hash of their BSN only.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.tray import Family, Leg, Party, Tray, TrayQuerySet

__all__ = [
    "Channel",
    "DeliveryAttempt",
    "Family",
    "IncomingMessage",
    "Leg",
    "MessageFinding",
    "OutgoingMessage",
    "Party",
    "Tray",
]


class IncomingQuerySet(TrayQuerySet["IncomingMessage"]):
    """Reads of received messages."""

    def refused(self) -> IncomingQuerySet:
        """Returned with errors, and not dealt with by the sender."""
        return self.filter(state=IncomingMessage.State.REJECTED, settled_at=None)


class IncomingMessage(Tray):
    """One received document. Stored before anything else is done with it."""

    class State(models.TextChoices):
        """From received to an end state; see TRANSITIONS."""

        RECEIVED = "received", _("received")
        HANDLED = "handled", _("handled")
        REJECTED = "rejected", _("rejected")
        UNREADABLE = "unreadable", _("not readable")
        PARKED = "parked", _("parked")
        FAILED = "failed", _("needs attention")

    TRANSITIONS = {
        State.RECEIVED: {
            State.HANDLED,
            State.REJECTED,
            State.UNREADABLE,
            State.PARKED,
            State.FAILED,
        },
        # Judged again when a person wishes so, it may park until the same moment.
        State.PARKED: {State.RECEIVED, State.HANDLED, State.REJECTED, State.FAILED},
        State.FAILED: {State.RECEIVED},
        State.HANDLED: set(),
        # Only where nothing was answered: what the sender was told stays so.
        State.REJECTED: {State.RECEIVED},
        State.UNREADABLE: {State.RECEIVED},
    }

    class Source(models.TextChoices):
        """How it came in."""

        FOLDER = "folder", _("watched folder")
        UPLOAD = "upload", _("upload")
        COMMAND = "command", _("command")
        MAILBOX = "mailbox", _("mailbox")
        PORTAL = "portal", _("portal")
        GGK = "ggk", _("GGk (StUF)")
        VECOZO = "vecozo", _("VECOZO (VSP)")
        # A 301 that the main contractor issued to itself in the municipality's name.
        MANDATE = "mandate", _("issued here under mandate")

    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    source = models.CharField(max_length=8, choices=Source.choices)
    #: SHA-256 of the bytes as received.
    digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    #: Until when a parked stop waits for its start.
    parked_until = models.DateTimeField(null=True)
    #: An earlier message with the same identity and other bytes (answered 9056).
    conflicts_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="conflicts"
    )
    #: The outgoing message that this one answers (return messages).
    answers = models.ForeignKey(
        "OutgoingMessage", on_delete=models.PROTECT, null=True, related_name="answered_by"
    )

    objects = IncomingQuerySet.as_manager()

    class Meta:
        verbose_name = _("received message")
        verbose_name_plural = _("received messages")
        ordering = ["-received_at", "-pk"]
        constraints = [
            # TR056: a sender never uses an identification twice within a message type.
            models.UniqueConstraint(
                fields=["main_contractor", "family", "message_type", "sender", "identification"],
                condition=Q(conflicts_with=None) & ~Q(identification=""),
                name="incoming_identity_once",
            ),
        ]
        indexes = [
            # The sweep: what is not done, in order of arrival.
            models.Index(
                fields=["received_at"],
                condition=Q(state__in=["received", "parked"]),
                name="incoming_to_handle",
            ),
            models.Index(fields=["main_contractor", "-received_at", "-id"]),
            models.Index(fields=["provider_organisation", "-received_at", "-id"]),
            models.Index(fields=["digest"], name="incoming_digest"),
            models.Index(fields=["client_hash"], name="incoming_client"),
            # The work list of who sent it.
            models.Index(
                fields=["provider_organisation"],
                condition=Q(state="rejected", settled_at=None),
                name="incoming_refused",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Address of its page."""
        return reverse("message_detail", args=[self.pk])


class MessageFinding(models.Model):
    """One thing wrong with a received message, with rule, return code and place."""

    message = models.ForeignKey(IncomingMessage, on_delete=models.CASCADE, related_name="findings")
    #: The rule of the standard, or what refused a document that is no message.
    rule = models.CharField(_("rule"), max_length=32)
    #: Return code; empty where the sender gets no return message.
    code = models.CharField(_("code"), max_length=4, blank=True)
    path = models.CharField(_("place"), max_length=300, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("finding")
        verbose_name_plural = _("findings")


#: Messages whose answer is still to come.
UNANSWERED = Q(return_due_date__isnull=False, accepted_at=None, refused_at=None, settled_at=None)


class OutgoingQuerySet(TrayQuerySet["OutgoingMessage"]):
    """Reads of sent messages."""

    def refused(self) -> OutgoingQuerySet:
        """Came back with errors, and not dealt with."""
        return self.filter(refused_at__isnull=False, settled_at=None)

    def unanswered(self) -> OutgoingQuerySet:
        """The other side owes an answer, the most urgent first."""
        return self.filter(UNANSWERED).order_by("return_due_date", "pk")


class OutgoingMessage(Tray):
    """One message to send, written in the transaction of the change it tells of."""

    class State(models.TextChoices):
        """From waiting to delivered, or to a person."""

        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("needs attention")

    TRANSITIONS = {
        State.WAITING: {State.DELIVERED, State.FAILED},
        State.FAILED: {State.WAITING},
        # Only where no answer came in time, or a hub reported later that it did not arrive.
        State.DELIVERED: {State.WAITING, State.FAILED},
    }

    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    #: Names the fact and its revision, so that putting it twice stores it once.
    key = models.CharField(max_length=120, db_collation="C")
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    #: The received message that this one answers.
    in_reply_to = models.ForeignKey(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="replies"
    )
    #: The received message in whose handling this one was written; empty for an answer to one,
    #: and where a person acted.
    caused_by = models.ForeignKey(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="caused"
    )
    #: The last day on which the other side answers in time (OP090); empty for what asks none.
    return_due_date = models.DateField(_("answer before"), null=True)
    #: Receipt: an error-free return message came back.
    accepted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    #: Under which a hub knows it: kept from the first try on, so that a repetition is recognised.
    reference = models.UUIDField(null=True)
    #: The code with which a hub refused it; empty where none did.
    hub_code = models.CharField(_("code of the hub"), max_length=10, blank=True, db_collation="C")

    #: Whether the try that is under way is the first under this reference; not stored.
    is_first_try = True

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sent message")
        verbose_name_plural = _("sent messages")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["main_contractor", "key"], name="outgoing_key_once"),
            models.UniqueConstraint(
                fields=["main_contractor", "family", "message_type", "sender", "identification"],
                condition=~Q(message_type__in=["302", "306", "308", "316", "318", "320", "325"]),
                name="outgoing_identity_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="waiting"), name="outgoing_to_deliver"
            ),
            models.Index(fields=["main_contractor", "-created_at", "-id"]),
            models.Index(fields=["provider_organisation", "-created_at", "-id"]),
            models.Index(fields=["client_hash"], name="outgoing_client"),
            # A hub reports a fault by the reference.
            models.Index(
                fields=["reference"],
                condition=Q(reference__isnull=False),
                name="outgoing_reference",
            ),
            models.Index(
                fields=["main_contractor"],
                condition=Q(refused_at__isnull=False, settled_at=None),
                name="outgoing_refused",
            ),
            models.Index(
                fields=["main_contractor", "return_due_date"],
                condition=UNANSWERED,
                name="outgoing_unanswered_staff",
            ),
            models.Index(
                fields=["provider_organisation", "return_due_date"],
                condition=UNANSWERED,
                name="outgoing_unanswered_party",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Address of its page."""
        return reverse("sent_message_detail", args=[self.pk])

    def is_overdue(self, day: date) -> bool:
        """Whether the answer should have come before this day."""
        is_answered = self.accepted_at is not None or self.refused_at is not None
        return not is_answered and self.return_due_date is not None and self.return_due_date < day


class DeliveryAttempt(models.Model):
    """One try to deliver an outgoing message."""

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    succeeded = models.BooleanField()
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-at"]


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Reads of channels."""

    def visible_to(self, scope: Scope) -> ChannelQuerySet:
        """Settings: of who chooses them."""
        if scope.is_system:
            return self
        if scope.role in {Role.ADMINISTRATOR, Role.CONTRACT_MANAGER}:
            return self.filter(main_contractor=scope.main_contractor_id)
        return self.none()


class Channel(models.Model):
    """How messages travel between one main contractor and one other party."""

    class Transport(models.TextChoices):
        """The ways messages travel."""

        FOLDER = "folder", _("folder")
        MAILBOX = "mailbox", _("mailbox")
        PORTAL = "portal", _("portal")
        GGK = "ggk", _("GGk (StUF)")
        VECOZO = "vecozo", _("VECOZO (VSP)")

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    leg = models.CharField(max_length=4, choices=Leg.choices)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, related_name="+"
    )
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    transport = models.CharField(max_length=8, choices=Transport.choices)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "leg", "municipality", "provider_organisation"],
                nulls_distinct=False,
                name="channel_once",
            ),
            models.CheckConstraint(
                name="channel_one_party",
                condition=Q(leg="up", municipality__isnull=False, provider_organisation=None)
                | Q(leg="down", municipality=None, provider_organisation__isnull=False),
            ),
        ]
