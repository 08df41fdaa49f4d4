"""With what the software of a main contractor's own access hands in referrals."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models.organisations import MainContractor
from hoofdaannemer.accounts.models.people import User
from hoofdaannemer.core.scope import Role, Scope


class AccessKeyQuerySet(models.QuerySet["AccessKey"]):
    """Reads of keys."""

    def visible_to(self, scope: Scope) -> AccessKeyQuerySet:
        """Settings: the administrator's."""
        if scope.is_system:
            return self
        if scope.role == Role.ADMINISTRATOR:
            return self.filter(main_contractor=scope.main_contractor_id)
        return self.none()


class AccessKey(models.Model):
    """Lets software ask for care in the name of one main contractor. Only its hash is kept."""

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("label"), max_length=60)
    key_hash = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = AccessKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("key of the own access")
        verbose_name_plural = _("keys of the own access")
