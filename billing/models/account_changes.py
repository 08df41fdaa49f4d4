"""Changes of the account into which a subcontractor is paid, by two sides and with time between."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.numbers import mask_iban
from hoofdaannemer.core.scope import Role
from subcontracts.models import Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned

#: Calendar days after a change of account in which nothing is paid to it, and it can be undone.
COOLING_DAYS: Final = 7


class AccountChangeQuerySet(OwnedQuerySet["AccountChange"]):
    """Reads of changes: the controller, and the subcontractor itself."""

    readers = frozenset({Role.CONTROLLER})

    def open(self) -> AccountChangeQuerySet:
        """Not decided and not withdrawn."""
        return self.filter(status__in=AccountChange.OPEN)


class AccountChange(ProviderOwned):
    """Another account for one subcontractor: confirmed by its administrator, then decided here.

    The database lets an account change in no other way (`billing_guard_account`).
    """

    class Status(models.TextChoices):
        """Whose turn it is, or how it ended."""

        TO_CONFIRM = "to_confirm", _("to be confirmed")
        TO_DECIDE = "to_decide", _("to be decided")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNDONE = "undone", pgettext_lazy("account", "undone")

    OPEN = (Status.TO_CONFIRM, Status.TO_DECIDE)
    TRANSITIONS = {
        Status.TO_CONFIRM: {Status.TO_DECIDE, Status.WITHDRAWN},
        Status.TO_DECIDE: {Status.APPROVED, Status.REFUSED, Status.WITHDRAWN},
        Status.APPROVED: {Status.UNDONE},
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
        Status.UNDONE: set(),
    }

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="account_changes"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    iban = models.CharField(_("new account"), max_length=34)
    account_holder = models.CharField(_("account holder"), max_length=70)
    previous_iban = models.CharField(_("account until now"), max_length=34, blank=True)
    previous_holder = models.CharField(max_length=70, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    #: How the controller made sure, or why it was refused.
    checked = models.CharField(_("how it was checked"), max_length=300, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_because = models.CharField(_("why it was undone"), max_length=300, blank=True)

    objects = AccountChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of account")
        verbose_name_plural = _("changes of account")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontractor"],
                condition=Q(status__in=["to_confirm", "to_decide"]),
                name="account_change_one_open",
            ),
            models.CheckConstraint(
                name="account_change_two_people",
                condition=~Q(status__in=["approved", "undone"])
                | (
                    Q(confirmed_by__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=F("confirmed_by"))
                    & ~Q(decided_by=F("asked_by"))
                    & ~Q(checked="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["subcontractor", "-id"])]

    def __str__(self) -> str:
        return mask_iban(self.iban)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("account_change_detail", args=[self.pk])

    @property
    def cooling_until(self) -> date | None:
        """The last day on which nothing is paid to it; None where it was not approved."""
        if self.decided_at is None or self.status != self.Status.APPROVED:
            return None
        return timezone.localdate(self.decided_at) + timedelta(days=COOLING_DAYS - 1)
