"""Classes of the declaration 323 and its answer 325. Amounts are whole eurocents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from .elements import Tag
from .header import Part
from .values import Amount, ClosedPeriod, LineReference, TotalAmount


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine(Part):
    """Care delivered to one client under one allocation in (a part of) one month.

    `delivered_volume` is in whole units, or in eurocents where the unit is 83; `tariff` in
    eurocents a unit.
    """

    xml_type: ClassVar[str] = "Prestatie"
    key: ClassVar[tuple[str, ...]] = ("reference",)
    reference: Annotated[LineReference, Tag("ProductReferentie")]
    allocation_number: Annotated[int, Tag("ToewijzingNummer", "LDT_Nummer")]
    category: Annotated[str, Tag("ProductCategorie", "LDT_ProductCategorie")]
    code: Annotated[str, Tag("ProductCode", "LDT_ProductCode")]
    product_period: Annotated[ClosedPeriod, Tag("ProductPeriode")]
    delivered_volume: Annotated[int, Tag("GeleverdVolume", "LDT_Volume")]
    unit: Annotated[str, Tag("Eenheid", "LDT_Eenheid")]
    tariff: Annotated[int | None, Tag("ProductTarief", "LDT_Bedrag")] = None
    submitted_amount: Annotated[Amount, Tag("IngediendBedrag")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationClient(Part):
    xml_type: ClassVar[str] = "Client"
    key: ClassVar[tuple[str, ...]] = ("bsn",)
    bsn: Annotated[str, Tag("Bsn", "LDT_BurgerServicenummer")]
    service_lines: Annotated[tuple[ServiceLine, ...], Tag("Prestaties/Prestatie")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Part):
    xml_type: ClassVar[str] = "Declaratie"
    key: ClassVar[tuple[str, ...]] = ("declaration_number",)
    declaration_number: Annotated[
        str, Tag("DeclaratieNummer", "LDT_IdentificatieDeclaratie", pattern="([a-zA-Z0-9])+")
    ]
    declaration_period: Annotated[ClosedPeriod, Tag("DeclaratiePeriode")]
    declaration_date: Annotated[date, Tag("DeclaratieDagtekening", "LDT_Datum")]
    total_submitted: Annotated[TotalAmount, Tag("TotaalIngediendBedrag")]
    clients: Annotated[tuple[DeclarationClient, ...], Tag("Clienten/Client")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationAnswer(Part):
    """Totals as submitted and as awarded; `clients` hold the rejected lines only."""

    xml_type: ClassVar[str] = "DeclaratieAntwoord"
    key: ClassVar[tuple[str, ...]] = ("declaration_number",)
    declaration_number: Annotated[str, Tag("DeclaratieNummer", "LDT_IdentificatieDeclaratie")]
    total_submitted: Annotated[TotalAmount, Tag("TotaalIngediendBedrag")]
    total_awarded: Annotated[TotalAmount, Tag("TotaalToegekendBedrag")]
    clients: Annotated[tuple[DeclarationClient, ...], Tag("Clienten/Client")] = ()
