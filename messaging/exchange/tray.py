"""What incoming and outgoing messages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope

#: Message types a controller reads: declarations and their answers.
DECLARATIONS = ("323", "325")


class Leg(models.TextChoices):
    """Between main contractor and municipality (up), or subcontractor (down)."""

    UP = "up", _("municipality")
    DOWN = "down", _("subcontractor")


class Family(models.TextChoices):
    """The two message families, one a law."""

    WMO = "wmo", _("Wmo")
    JW = "jw", _("Jeugdwet")


_M_co = TypeVar("_M_co", bound=models.Model, covariant=True)


class TrayQuerySet(models.QuerySet[_M_co]):
    """Reads shared by both trays."""

    def visible_to(self, scope: Scope) -> Self:
        """Care roles all; a controller declarations; a subcontractor its own."""
        if scope.is_system:
            return self.all()
        if scope.role in CARE:
            return self.filter(main_contractor=scope.main_contractor_id)
        if scope.role == Role.CONTROLLER:
            return self.filter(
                main_contractor=scope.main_contractor_id, message_type__in=DECLARATIONS
            )
        if scope.role in SUBCONTRACTOR:
            return self.filter(provider_organisation=scope.organisation_id)
        return self.none()

    def attended_by(self, scope: Scope) -> Self:
        """What a person may run again: care roles, and the administrator without the content."""
        if scope.role == Role.ADMINISTRATOR:
            mine = self.filter(main_contractor=scope.main_contractor_id)
            return mine.defer("content", "client_hash")
        return self.visible_to(scope) if scope.role in CARE or scope.is_system else self.none()

    def between(self, main_contractor_id: int, party: Party) -> Self:
        """Messages between a main contractor and one other party."""
        return self.filter(
            main_contractor=main_contractor_id,
            leg=party.leg,
            municipality=party.municipality_id,
            provider_organisation=party.organisation_id,
        )


@dataclass(frozen=True, slots=True)
class Party:
    """Who is at the other end: a municipality (up) or a subcontractor or own team (down)."""

    municipality_id: int | None = None
    organisation_id: int | None = None

    def __post_init__(self) -> None:
        if (self.municipality_id is None) == (self.organisation_id is None):
            raise ValueError("a party is either a municipality or an organisation")

    @property
    def leg(self) -> Leg:
        return Leg.UP if self.municipality_id is not None else Leg.DOWN

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a row that name the party."""
        return {
            "municipality_id": self.municipality_id,
            "provider_organisation_id": self.organisation_id,
        }

    @classmethod
    def of(cls, party: Municipality | Organisation) -> Party:
        """The party that a row stands for."""
        if isinstance(party, Municipality):
            return cls(municipality_id=party.pk)
        return cls(organisation_id=party.pk)


class Tray(models.Model):
    """What incoming and outgoing messages share."""

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    leg = models.CharField(max_length=4, choices=Leg.choices)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The subcontractor or own team at the other end; empty on the municipal leg.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    family = models.CharField(_("law"), max_length=3, choices=Family.choices, blank=True)
    message_type = models.CharField(_("message"), max_length=3, blank=True)
    #: `Afzender` and `Identificatie` as in the header, without surrounding space.
    sender = models.CharField(_("sender"), max_length=8, blank=True, db_collation="C")
    identification = models.CharField(max_length=12, blank=True, db_collation="C")
    message_date = models.DateField(null=True)
    #: zlib, then AES-GCM.
    content = models.BinaryField()
    client_hash = models.BinaryField(max_length=32, null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    #: For a person: what went wrong last, without personal data.
    last_error = models.TextField(blank=True)
    #: A refused message needs nobody any more: a corrected one was accepted, or a person dealt
    #: with it in the way that the note says.
    settled_at = models.DateTimeField(null=True)
    settled_note = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def party(self) -> Party:
        """Who is at the other end."""
        return Party(self.municipality_id, self.provider_organisation_id)

    @property
    def name(self) -> str:
        """Such as JW301; empty while the message is not recognised."""
        return f"{self.family.upper()}{self.message_type}"
