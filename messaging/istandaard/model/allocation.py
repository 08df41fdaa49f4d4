"""Classes of the allocation messages 301 and 302."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, ClassVar

from .elements import Tag
from .header import Part
from .values import (
    Address,
    BirthDate,
    Communication,
    Extent,
    FullName,
    OpenPeriod,
    Product,
    Telephones,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Part):
    xml_type: ClassVar[str] = "Contact"
    key: ClassVar[tuple[str, ...]] = ("kind",)
    kind: Annotated[str, Tag("Soort", "LDT_AdresSoort")]
    address: Annotated[Address | None, Tag("Adres")] = None
    organisation: Annotated[str, Tag("Organisatie", "LDT_Organisatienaam")] = ""
    telephone: Annotated[Telephones | None, Tag("Telefoon")] = None
    email: Annotated[str, Tag("Emailadres", "LDT_Emailadres")] = ""
    period: Annotated[OpenPeriod | None, Tag("Periode")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Part):
    xml_type: ClassVar[str] = "Relatie"
    key: ClassVar[tuple[str, ...]] = ("number",)
    number: Annotated[str, Tag("Nummer", "LDT_Persoonsid")]
    priority: Annotated[int | None, Tag("Volgorde", "LDT_RelatieVolgorde")] = None
    kind: Annotated[str, Tag("Soort", "LDT_SoortRelatie")]
    birth_date: Annotated[BirthDate | None, Tag("Geboortedatum")] = None
    sex: Annotated[str, Tag("Geslacht", "LDT_Geslacht")] = ""
    name: Annotated[FullName, Tag("Naam")]
    contact: Annotated[Contact, Tag("Contact")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatedProduct(Part):
    """What the municipality assigns. No product means generic, no code aspecific.

    `budget` is in whole eurocents. The latest (`decided_on`, `decided_at`) is current (IV013).
    """

    xml_type: ClassVar[str] = "ToegewezenProduct"
    key: ClassVar[tuple[str, ...]] = ("number",)
    number: Annotated[int, Tag("ToewijzingNummer", "LDT_Nummer")]
    provider_reference: Annotated[str, Tag("ReferentieAanbieder", "LDT_Referentie")] = ""
    product: Annotated[Product | None, Tag("Product")] = None
    decided_on: Annotated[date, Tag("Toewijzingsdatum", "LDT_Datum")]
    decided_at: Annotated[time, Tag("Toewijzingstijd", "LDT_Tijd")] = time()
    start_date: Annotated[date, Tag("Ingangsdatum", "LDT_Datum")]
    end_date: Annotated[date | None, Tag("Einddatum", "LDT_Datum")] = None
    change_reason: Annotated[str, Tag("RedenWijziging", "LDT_RedenWijziging")] = ""
    extent: Annotated[Extent | None, Tag("Omvang")] = None
    budget: Annotated[int | None, Tag("Budget", "LDT_Budget")] = None
    comment: Annotated[str, Tag("Commentaar", "LDT_Commentaar")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationClient(Part):
    xml_type: ClassVar[str] = "Client"
    key: ClassVar[tuple[str, ...]] = ("bsn",)
    bsn: Annotated[str, Tag("Bsn", "LDT_BurgerServicenummer")]
    birth_date: Annotated[BirthDate, Tag("Geboortedatum")]
    sex: Annotated[str, Tag("Geslacht", "LDT_Geslacht")]
    name: Annotated[FullName, Tag("Naam")]
    communication: Annotated[Communication | None, Tag("Communicatie")] = None
    legal_status: Annotated[str, Tag("JuridischeStatus", "LDT_JuridischeStatus")] = ""
    legal_representation: Annotated[
        str, Tag("WettelijkeVertegenwoordiging", "LDT_WettelijkeVertegenwoordiging")
    ] = ""
    comment: Annotated[str, Tag("Commentaar", "LDT_Commentaar")] = ""
    relations: Annotated[tuple[Relation, ...], Tag("Relaties/Relatie")] = ()
    contacts: Annotated[tuple[Contact, ...], Tag("Contactgegevens/Contact")]
    allocated_products: Annotated[
        tuple[AllocatedProduct, ...], Tag("ToegewezenProducten/ToegewezenProduct")
    ]
