"""Subcontracts as they were offered or amended: the text of each version, and the signed one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned


class SubcontractVersionQuerySet(OfferedQuerySet["SubcontractVersion"]):
    """Reads of versions."""


class SubcontractVersion(ProviderOwned):
    """What was offered on a day, or held after an amendment.

    Its text never changes; signing adds who signed and the file.
    """

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    #: The whole text, as `rules.contracttext.ContractText` writes it down.
    text = models.JSONField()
    #: Of an amendment the moment at which it was recorded.
    offered_at = models.DateTimeField(_("offered on"))
    #: Of an amendment: when and why the parties agreed on it.
    agreed_on = models.DateField(_("agreed on"), null=True)
    reason = models.CharField(_("reason of the amendment"), max_length=200, blank=True)
    signed_on = models.DateField(_("signed on"), null=True)
    signed_for_us = models.CharField(_("signed for the main contractor by"), max_length=120)
    signed_for_them = models.CharField(_("signed for the subcontractor by"), max_length=120)
    signed_file = models.BinaryField(null=True)
    #: SHA-256 of the signed file.
    signed_digest = models.BinaryField(max_length=32, null=True)

    objects = SubcontractVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a subcontract")
        verbose_name_plural = _("versions of subcontracts")
        ordering = ["subcontract", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontract", "number"], name="subcontract_version_once"
            ),
            models.CheckConstraint(
                name="subcontract_version_amended_whole",
                condition=Q(agreed_on=None, reason="")
                | (Q(agreed_on__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="subcontract_version_signed_whole",
                condition=Q(
                    signed_on=None,
                    signed_file=None,
                    signed_digest=None,
                    signed_for_us="",
                    signed_for_them="",
                )
                | (
                    Q(signed_on__isnull=False)
                    & Q(signed_file__isnull=False)
                    & Q(signed_digest__isnull=False)
                    & ~Q(signed_for_us="")
                    & ~Q(signed_for_them="")
                ),
            ),
        ]

    @property
    def is_amendment(self) -> bool:
        """Whether it changed a contract that ran already."""
        return self.agreed_on is not None
