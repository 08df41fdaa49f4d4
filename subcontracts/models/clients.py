"""Clients, and who may see one. What tells who it is stands encrypted, found by keyed hash."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality, User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned

#: Emergency access ends by itself after this; then it is asked again, with a new reason.
EMERGENCY_LASTS: Final = timedelta(minutes=30)


class ClientQuerySet(models.QuerySet["Client"]):
    """Reads of clients. Whoever shows one calls `audit.looked_at`."""

    def visible_to(self, scope: Scope) -> ClientQuerySet:
        """Care roles and the controller: all; a provider: clients it serves, or asked care for.

        A client that it declined, or that was taken back, is no longer its to see. An
        administrator sees the one for which emergency access is open.
        """
        if scope.is_system:
            return self.all()
        if scope.role in CARE | {Role.CONTROLLER}:
            return self.filter(main_contractor=scope.main_contractor_id)
        if scope.role in SUBCONTRACTOR:
            return self.filter(pk__in=_known_to(scope.organisation_id))
        if scope.role == Role.ADMINISTRATOR:
            return self.filter(pk__in=_opened_for(scope), is_sealed=False)
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


def _opened_for(scope: Scope) -> models.QuerySet[EmergencyAccess, int | None]:
    return EmergencyAccess.objects.open_for(scope).values_list("client", flat=True)


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
    #: The municipality that is responsible now: that of the `ClientResidence` in force.
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


class EmergencyAccessQuerySet(OwnedQuerySet["EmergencyAccess"]):
    """Reads of emergency access."""

    readers = frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER})
    provider_column = ""

    def open_for(self, scope: Scope) -> EmergencyAccessQuerySet:
        """What this administrator may use now; the database's policy says the same."""
        return self.visible_to(scope).filter(
            user=scope.user_id, client__isnull=False, ended_at=None, ends_at__gt=scope.at
        )


class EmergencyAccess(MainContractorOwned):
    """An administrator sees one client, for a short time and with a reason, and others know.

    Without a client it is a search that found nobody.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="+")
    #: In the person's own words, which may name the client.
    reason = EncryptedTextField(_("reason"))
    opened_at = models.DateTimeField(_("opened"))
    ends_at = models.DateTimeField()
    #: Where the person was done before `ends_at`, or has opened it for another client since.
    ended_at = models.DateTimeField(null=True)
    #: The contract manager who looked into it.
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency access")
        constraints = [
            models.CheckConstraint(
                name="emergency_access_is_short",
                condition=Q(ends_at__lte=F("opened_at") + EMERGENCY_LASTS),
            ),
            models.UniqueConstraint(
                name="emergency_access_one_client_at_a_time",
                fields=["user"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="emergency_access_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
            ),
        ]
        indexes = [models.Index(fields=["main_contractor", "-opened_at"])]

    @property
    def until(self) -> datetime:
        """When it ended, or will end by itself."""
        return self.ended_at or self.ends_at

    def is_open(self, scope: Scope) -> bool:
        """Whether this person may see the client now."""
        return (
            self.user_id == scope.user_id
            and scope.role == Role.ADMINISTRATOR
            and self.client_id is not None
            and self.ended_at is None
            and self.ends_at > scope.at
        )
