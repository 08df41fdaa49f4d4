"""What a subcontract says in words of its own, beside its fields, lines and tariffs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned


class SubcontractClauseQuerySet(OfferedQuerySet["SubcontractClause"]):
    """Reads of clauses."""


class SubcontractClause(ProviderOwned):
    """A clause that is no field; it may pass a duty of the municipal contract on."""

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="clauses")
    #: By which the parties know it, such as `4.2`.
    code = models.CharField(_("clause"), max_length=20)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    #: The duty above that it passes on, by its key in `rules.flowdown`; empty for none.
    passes_on = models.CharField(_("passes on"), max_length=240, blank=True)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = SubcontractClauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause of a subcontract")
        verbose_name_plural = _("clauses of subcontracts")
        ordering = ["subcontract", "code", "start_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontract", "code", "start_date"], name="subcontract_clause_once"
            ),
            models.UniqueConstraint(
                fields=["subcontract", "code"],
                condition=Q(end_date=None),
                name="subcontract_clause_open_once",
            ),
            models.CheckConstraint(
                name="subcontract_clause_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
