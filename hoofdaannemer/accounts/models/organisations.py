"""Organisations, main contractors and municipalities."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.scope import STAFF, Scope


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reads of organisations."""

    def visible_to(self, scope: Scope) -> OrganisationQuerySet:
        """Staff see who works for their main contractor, others their own organisation."""
        if scope.is_system:
            return self
        if scope.role in STAFF:
            return self.filter(
                Q(main_contractor_links__main_contractor=scope.main_contractor_id)
                | Q(main_contractor__pk=scope.main_contractor_id)
            ).distinct()
        return self.filter(pk=scope.organisation_id)


class Organisation(models.Model):
    """A legal person, or an own team of a main contractor; shared by all main contractors."""

    class Kind(models.TextChoices):
        """What sort of party it is."""

        INSTITUTION = "institution", _("institution")
        PRACTICE = "practice", _("independent practice")
        OWN_TEAM = "own_team", _("own team")
        MAIN_CONTRACTOR = "main_contractor", _("main contractor")
        #: Acts for practices under their mandates; delivers no care itself.
        OFFICE = "office", _("administration office")

    name = models.CharField(_("name"), max_length=120)
    #: Trade register: 8 digits, or 12 (establishment number) for an own team.
    kvk = models.CharField(
        _("trade register number"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^(\d{8}|\d{12})$", _("Enter 8 or 12 digits."))],
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Under this code it sends and receives messages; an own team has none.
    agb = models.CharField(
        _("AGB code"),
        max_length=8,
        blank=True,
        db_collation="C",
        validators=[RegexValidator(r"^\d{8}$", _("Enter 8 digits."))],
    )
    street = models.CharField(_("street and number"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agb"], condition=~Q(agb=""), name="organisation_agb_once"
            )
        ]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class MainContractor(models.Model):
    """A main contractor on this installation; several may live side by side."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="main_contractor"
    )
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("main contractor")
        verbose_name_plural = _("main contractors")

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def agb(self) -> str:
        """AGB code under which it receives from and sends to municipalities."""
        return self.organisation.agb


class MainContractorLink(models.Model):
    """An organisation works, or worked, for a main contractor: lets staff see its name."""

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="main_contractor_links"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "organisation"], name="main_contractor_link_once"
            )
        ]


class Municipality(models.Model):
    """A municipality by its CBS code. Public reference data."""

    code = models.CharField(_("municipality code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")

    def __str__(self) -> str:
        return self.name
