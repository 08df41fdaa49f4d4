"""Clients. Name, BSN, birth date and address are encrypted; look-up goes by keyed hash."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned


class ClientQuerySet(models.QuerySet["Client"]):
    """Reads of clients. Whoever shows one calls `audit.looked_at`."""

    def visible_to(self, scope: Scope) -> ClientQuerySet:
        """Care roles and the controller: all; a provider: clients it serves, or asked care for.

        A client that it declined, or that was taken back, is no longer its to see.
        """
        if scope.is_system:
            return self.all()
        if scope.role in CARE | {Role.CONTROLLER}:
            return self.filter(main_contractor=scope.main_contractor_id)
        if scope.role in SUBCONTRACTOR:
            return self.filter(pk__in=_known_to(scope.organisation_id))
        return self.none()


def _known_to(organisation_id: int) -> models.QuerySet[ClientAccess, int]:
    """Clients with a placement at the organisation that stands or stood, or a request of it."""
    served = Q(
        client__placements__provider_organisation=organisation_id,
        client__placements__status__in=("offered", "accepted", "ended"),
    )
    asked = Q(client__requests__provider_organisation=organisation_id)
    return (
        ClientAccess.objects.filter(provider_organisation=organisation_id)
        .filter(served | asked)
        .values_list("client", flat=True)
    )


class Client(MainContractorOwned):
    """A person for whom care is allocated or requested."""

    #: Shown instead of the name where a name is not needed, such as `C-00042`.
    pseudonym = models.CharField(_("client number"), max_length=12)
    bsn = EncryptedTextField(_("BSN"), null=True)
    bsn_hash = models.BinaryField(max_length=32, null=True)
    surname = EncryptedTextField(_("surname"))
    prefix = EncryptedTextField(_("prefix"), default="")
    initials = EncryptedTextField(_("initials"), default="")
    #: ISO date, with the standard's 1900-01-01 where unknown.
    birth_date = EncryptedTextField(_("birth date"))
    #: Keyed hash of the birth date and the first three letters of the surname.
    name_hash = models.BinaryField(max_length=32)
    sex = models.CharField(_("sex"), max_length=1)
    #: Street, number, postcode and place as one line each.
    address = EncryptedTextField(_("address"), default="")
    #: The municipality that is responsible now, as last allocated or requested.
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    #: Messages would endanger this client: never relayed, listed or mailed.
    is_sealed = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["pseudonym", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "pseudonym"], name="client_pseudonym_once"
            ),
            models.UniqueConstraint(
                fields=["main_contractor", "bsn_hash"],
                condition=Q(bsn_hash__isnull=False),
                name="client_bsn_once",
            ),
        ]
        indexes = [models.Index(fields=["main_contractor", "name_hash"])]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def full_name(self) -> str:
        """Initials, prefix and surname, decrypted."""
        return " ".join(part for part in (self.initials, self.prefix, self.surname) if part)


class ClientAccessQuerySet(OwnedQuerySet["ClientAccess"]):
    """Reads of client access."""


class ClientAccess(ProviderOwned):
    """A provider may see a client: made by a placement with it or a request from it."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="accesses")

    objects = ClientAccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "provider_organisation"], name="client_access_once"
            )
        ]
