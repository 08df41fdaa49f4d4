"""What waits for a worker: mail to people, and wishes for a new password."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models.people import User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import Role, Scope


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Reads of mail."""

    def visible_to(self, scope: Scope) -> OutgoingMailQuerySet:
        """What was sent on behalf of the administrator's main contractor, or the delegate's."""
        if scope.is_system:
            return self
        if scope.role == Role.ADMINISTRATOR:
            return self.filter(main_contractor=scope.main_contractor_id)
        if scope.role == Role.SUBCONTRACTOR_ADMIN:
            return self.filter(acting_organisation=scope.organisation_id)
        return self.none()


class OutgoingMail(models.Model):
    """One mail to one person, written with the change it tells of; gone once it is delivered."""

    class Kind(models.TextChoices):
        """What it is about; also the name of its template."""

        INVITATION = "invitation", _("an invitation")
        ROLE_GIVEN = "role_given", _("a new role")
        PASSWORD_RESET = "password_reset", _("a new password")
        PASSWORD_CHANGED = "password_changed", _("a changed password")
        RECOVERY_USED = "recovery_used", _("a recovery code that was used")
        SECOND_FACTOR_RESET = "second_factor_reset", _("the second step that was removed")
        BREAK_GLASS = "break_glass", _("emergency access to a client")
        WEEKLY_DIGEST = "weekly_digest", _("the work list of a week")
        ACCOUNT_CHANGE = "account_change", _("a change of the account that is paid to")
        OFFICE_MANDATE = "office_mandate", _("a mandate of an administration office")

    class State(models.TextChoices):
        """Failed: tried as often as is sensible, and waiting for a person."""

        WAITING = "waiting"
        FAILED = "failed"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32, choices=Kind.choices)
    #: Subject, newline, text. A link in it lets somebody in, so it is encrypted while it waits.
    text = EncryptedTextField()
    #: On whose behalf; both 0 for what a person did to the own account.
    main_contractor = models.BigIntegerField(default=0)
    acting_organisation = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="waiting"),
                name="outgoing_mail_to_deliver",
            )
        ]


class WeeklyDigest(models.Model):
    """That somebody's work list was gone through for the mail of a week, whether or not it led to
    one: once it is there, that week brings no other mail.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: The Monday it begins with.
    week = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "week"], name="weekly_digest_once"),
            models.CheckConstraint(
                name="weekly_digest_of_monday", condition=models.Q(week__iso_week_day=1)
            ),
        ]


class ResetWish(models.Model):
    """Somebody typed an address and wants a new password for it, whether or not it is known.

    The row is all that the request writes: what an address is good for is found out later, out of
    the asker's sight. Gone once it is answered.
    """

    #: Encrypted: it may be the address of somebody who has nothing to do with us.
    email = EncryptedTextField(max_length=254)
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
