"""Append-only rows: looks at clients (NEN 7513), changes, refused attempts.

The application's database role may insert and read them, not change or delete. They hold ids,
codes and amounts; never a name, BSN or message text.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hoofdaannemer.core.scope import Role, Scope


class RecordQuerySet(models.QuerySet["Record"]):
    """Reads shared by the three kinds of records."""

    def visible_to(self, scope: Scope) -> RecordQuerySet:
        """Own actions; the administrator all of the main contractor; a provider its own."""
        if scope.is_system:
            return self
        if scope.role == Role.ADMINISTRATOR:
            return self.filter(main_contractor=scope.main_contractor_id)
        if scope.role == Role.SUBCONTRACTOR_ADMIN:
            return self.filter(acting_organisation=scope.organisation_id)
        return self.filter(user=scope.user_id)


class Record(models.Model):
    """What the three kinds share: who, on whose behalf, when."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=32, choices=Role.choices)
    main_contractor = models.BigIntegerField(default=0)
    acting_organisation = models.BigIntegerField(default=0)
    #: The mandate of an office under which the person acted for the organisation; 0 for none.
    mandate = models.BigIntegerField(default=0, db_default=0)
    at = models.DateTimeField()

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]


class AccessRecord(Record):
    """One look at one client's data; `purpose` is the page's, set by the view."""

    client = models.BigIntegerField()
    purpose = models.CharField(max_length=64)
    #: Filled for break-glass only: the words of the person who broke the glass.
    reason = models.TextField(blank=True)

    class Meta(Record.Meta):
        indexes = [
            # The file of one client, newest first, and the actions of one main contractor.
            models.Index(fields=["client", "-at"]),
            models.Index(fields=["main_contractor", "-at"]),
        ]


class ChangeRecord(Record):
    """One change: a verb such as `placement.made`, the row, and what was before and after."""

    verb = models.CharField(max_length=64)
    table = models.CharField(max_length=64)
    row = models.BigIntegerField()
    details = models.JSONField(default=dict)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["table", "row"]), models.Index(fields=["verb", "-at"])]


class RefusedAttempt(Record):
    """Something a person tried and was refused; written outside the rolled-back transaction."""

    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["-at"])]
