"""Subcontractors, the people who work for them, and the products that are bought."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope
from messaging.models import Family
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned


class SubcontractorQuerySet(OwnedQuerySet["Subcontractor"]):
    """Reads of subcontractors."""


class Subcontractor(ProviderOwned):
    """The relation of an organisation to one main contractor. An own team has one too."""

    #: Account into which statements are paid; empty for an own team.
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    #: Nothing is paid to an account younger than its cooling time.
    iban_since = models.DateField(null=True)
    account_holder = models.CharField(_("account holder"), max_length=70, blank=True)
    is_own_team = models.BooleanField(_("own team"), default=False)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = SubcontractorQuerySet.as_manager()

    class Meta:
        verbose_name = _("subcontractor")
        verbose_name_plural = _("subcontractors")
        ordering = ["provider_organisation__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "provider_organisation"], name="subcontractor_once"
            ),
        ]

    def __str__(self) -> str:
        return self.provider_organisation.name


class ProfessionalQuerySet(OwnedQuerySet["Professional"]):
    """Reads of professionals; they belong to an organisation, not to a main contractor."""

    def visible_to(self, scope: Scope) -> ProfessionalQuerySet:
        """Staff see those of organisations that work for them, a provider its own."""
        if scope.is_system:
            return self.all()
        if scope.role in STAFF - {Role.ADMINISTRATOR}:
            return self.filter(
                provider_organisation__main_contractor_links__main_contractor=scope.main_contractor_id
            )
        if scope.role in SUBCONTRACTOR:
            return self.filter(provider_organisation=scope.organisation_id)
        return self.none()


class Professional(models.Model):
    """A person who delivers care for a subcontractor or own team."""

    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="professionals"
    )
    #: What others than the own organisation see instead of the name.
    reference = models.CharField(_("reference"), max_length=20)
    name = EncryptedTextField(_("name"))
    role = models.CharField(_("job"), max_length=60)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = ProfessionalQuerySet.as_manager()

    class Meta:
        verbose_name = _("professional")
        verbose_name_plural = _("professionals")
        ordering = ["reference", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider_organisation", "reference"], name="professional_reference_once"
            ),
            models.CheckConstraint(
                name="professional_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ProductQuerySet(OwnedQuerySet["Product"]):
    """Reads of products."""

    def visible_to(self, scope: Scope) -> ProductQuerySet:
        """Staff those of their main contractor; a provider those it has or had a line for."""
        if scope.role in SUBCONTRACTOR:
            return self.filter(
                main_contractor__in=Subcontractor.objects.visible_to(scope).values(
                    "main_contractor"
                )
            )
        return super().visible_to(scope)


class Product(MainContractorOwned):
    """Care that can be allocated: category and code in one law, with the contract's unit."""

    #: The unit of what is counted in euros: the amount is the volume, and there is no tariff.
    EUROS: ClassVar = "83"

    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    category = models.CharField(_("category"), max_length=2)
    code = models.CharField(_("product code"), max_length=5)
    name = models.CharField(_("name"), max_length=80)
    #: Unit of code list WJ756 in which it is bought, such as 04 (hour).
    unit = models.CharField(_("unit"), max_length=2)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["family", "category", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "family", "category", "code"], name="product_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
