"""What changed of a municipal contract since it was put in: by day, by year, or as it is called."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class MunicipalChangeQuerySet(OwnedQuerySet["MunicipalChange"]):
    """Reads: staff only."""

    provider_column = ""


class MunicipalChange(MainContractorOwned):
    """An amendment of what a contract is called, how long it runs or how terms are divided.

    Never changed: what was wrong takes another one. `before` and `after` hold the fields that
    differ, dates as 2026-12-31.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="changes"
    )
    agreed_on = models.DateField(_("agreed on"))
    before = models.JSONField()
    after = models.JSONField()
    #: Where it stands, such as an addendum or a letter of the municipality.
    source = models.CharField(_("source"), max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = MunicipalChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a municipal contract")
        verbose_name_plural = _("changes of a municipal contract")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(name="municipal_change_has_source", condition=~Q(source=""))
        ]


class RelayConsentQuerySet(OwnedQuerySet["RelayConsent"]):
    """Reads: staff only."""

    provider_column = ""


class RelayConsent(MainContractorOwned):
    """From a day on, until the next row, allocations are relayed under the municipality's code.

    Or no longer are. Rows are appended: of two for one day the one that was recorded last holds.
    Before the first, the consent with which the contract was put in holds.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="relay_consents"
    )
    start_date = models.DateField(_("start date"))
    #: False where the consent was withdrawn.
    is_given = models.BooleanField(_("consent"))
    reference = models.CharField(_("source"), max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = RelayConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to relay")
        verbose_name_plural = _("consents to relay")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(name="relay_consent_has_source", condition=~Q(reference=""))
        ]


class BudgetFormChangeQuerySet(OwnedQuerySet["BudgetFormChange"]):
    """Reads: staff only."""

    provider_column = ""


class BudgetFormChange(MainContractorOwned):
    """From a year on, until the next row, the budget of a year is formed in another way.

    Rows are appended: of two for one year the one that was recorded last holds.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="budget_form_changes"
    )
    first_year = models.PositiveSmallIntegerField(_("from the year"))
    form = models.CharField(
        _("budget form"), max_length=30, choices=MunicipalContract.BudgetForm.choices
    )
    source = models.CharField(_("source"), max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = BudgetFormChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of the budget form")
        verbose_name_plural = _("changes of the budget form")
        ordering = ["first_year", "pk"]
        constraints = [
            models.CheckConstraint(name="budget_form_change_has_source", condition=~Q(source=""))
        ]
