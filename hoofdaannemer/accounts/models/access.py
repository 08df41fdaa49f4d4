"""What lets a person or another system in: invitations, sessions, tokens."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models.organisations import Organisation
from hoofdaannemer.accounts.models.people import Membership, User
from hoofdaannemer.core.scope import Role, Scope

#: Marks in a browser's description, in the order in which they must be tried: Edge and Opera
#: also call themselves Chrome, and Chrome also calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class Invitation(models.Model):
    """A mailed, one-time link with which a new user sets a password. Only its hash is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)


class OpenSessionQuerySet(models.QuerySet["OpenSession"]):
    """Reads of sessions."""

    def visible_to(self, scope: Scope) -> OpenSessionQuerySet:
        """One's own."""
        return self if scope.is_system else self.filter(user=scope.user_id)


class OpenSession(models.Model):
    """One browser a user is logged in with; the user sees and ends them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at"]
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")

    @property
    def browser(self) -> str:
        """`Firefox, Windows`: what a person recognises in the browser's own description."""
        known = [
            next((name for mark, name in marks if mark in self.agent), "")
            for marks in (BROWSERS, SYSTEMS)
        ]
        return ", ".join(name for name in known if name) or "–"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens."""

    def visible_to(self, scope: Scope) -> ApiTokenQuerySet:
        """The delegate sees those of its organisation."""
        if scope.is_system:
            return self
        if scope.role == Role.SUBCONTRACTOR_ADMIN:
            return self.filter(organisation=scope.organisation_id)
        return self.none()


class ApiToken(models.Model):
    """Opens the HTTPS mailbox for the software of one organisation. Only its hash is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(_("label"), max_length=60)
    #: Hand in messages and files, such as 305, 323 and reports of starts and stops.
    may_send = models.BooleanField(_("may send"), default=True)
    #: Read and acknowledge what waits, such as 301 and 325, and the file of placements.
    may_fetch = models.BooleanField(_("may fetch"), default=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                name="api_token_opens_something", condition=Q(may_send=True) | Q(may_fetch=True)
            ),
        ]
