"""What the hubs delivered, envelope and all."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.scope import CARE, Role, Scope
from messaging.exchange.models import IncomingMessage


class Hub(models.TextChoices):
    """The two hubs of the chain."""

    GGK = "ggk", _("GGk (StUF)")
    VECOZO = "vecozo", _("VECOZO (VSP)")


class HubEnvelopeQuerySet(models.QuerySet["HubEnvelope"]):
    """Reads of envelopes."""

    def visible_to(self, scope: Scope) -> HubEnvelopeQuerySet:
        """Who looks after the traffic, without the content."""
        if scope.is_system:
            return self
        if scope.role in CARE | {Role.ADMINISTRATOR}:
            mine = self.filter(main_contractor=scope.main_contractor_id)
            return mine.defer("content")
        return self.none()

    def unopened(self) -> HubEnvelopeQuerySet:
        """Refused, and nobody dealt with it."""
        return self.filter(state=HubEnvelope.State.REFUSED, settled_at=None)


class HubEnvelope(models.Model):
    """What a hub delivered, byte for byte: stored before the receipt goes out."""

    class State(models.TextChoices):
        """Whether it could be opened; one that was refused may be taken when it comes again."""

        TAKEN = "taken", _("taken in")
        REFUSED = "refused", _("refused")

    TRANSITIONS = {State.TAKEN: set(), State.REFUSED: {State.TAKEN}}

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    hub = models.CharField(max_length=8, choices=Hub.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    #: As the sender wrote it; empty where it could not be read.
    reference = models.CharField(max_length=36, blank=True, db_collation="C")
    #: What VECOZO counts as one exchange; an answer goes out under the same.
    conversation = models.CharField(max_length=36, blank=True, db_collation="C")
    digest = models.BinaryField(max_length=32)
    content = models.BinaryField()
    received_at = models.DateTimeField()
    #: Reference of our receipt: the same one each time that it is asked for.
    receipt = models.UUIDField()
    #: The message that was in it; empty for the report of a fault.
    message = models.ForeignKey(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="envelopes"
    )
    #: Why it was refused: a code that stays the same, the place, and words without its content.
    code = models.CharField(_("code"), max_length=20, blank=True)
    path = models.CharField(_("place"), max_length=60, blank=True)
    text = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = HubEnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "hub", "reference"],
                condition=Q(state="taken"),
                name="envelope_reference_once",
            ),
            models.UniqueConstraint(
                fields=["main_contractor", "hub", "digest"],
                condition=Q(state="refused"),
                name="envelope_refused_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["main_contractor", "-received_at"],
                condition=Q(state="refused", settled_at=None),
                name="envelope_unopened",
            ),
        ]
