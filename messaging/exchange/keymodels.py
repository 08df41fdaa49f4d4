"""With what the software of a municipality opens its mailbox."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.core.scope import Role, Scope


class MunicipalKeyQuerySet(models.QuerySet["MunicipalKey"]):
    """Reads of keys."""

    def visible_to(self, scope: Scope) -> MunicipalKeyQuerySet:
        """Settings: the administrator's."""
        if scope.is_system:
            return self
        if scope.role == Role.ADMINISTRATOR:
            return self.filter(main_contractor=scope.main_contractor_id)
        return self.none()

    def valid_at(self, at: datetime) -> MunicipalKeyQuerySet:
        """Those that open something now."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), revoked_at=None)


class MunicipalKey(models.Model):
    """Opens the mailbox of one municipality with one main contractor. Only its hash is kept."""

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("label"), max_length=60)
    key_hash = models.BinaryField(max_length=32, unique=True)
    #: Hand in messages, such as 301, 319 and the answers to ours.
    may_send = models.BooleanField()
    #: Fetch and acknowledge messages, such as 305, 307 and 315.
    may_fetch = models.BooleanField()
    created_at = models.DateTimeField()
    #: Set when a new key takes its place: both work until then.
    valid_until = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = MunicipalKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipal key")
        verbose_name_plural = _("municipal keys")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="municipal_key_opens_something",
                condition=Q(may_send=True) | Q(may_fetch=True),
            ),
        ]
