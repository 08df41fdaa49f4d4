"""Classes of the start and stop messages 305 to 308."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from .elements import Tag
from .header import Part
from .values import BirthDate, Product, ShortName


@dataclass(frozen=True, slots=True, kw_only=True)
class StartProduct(Part):
    """A start of delivery. `delivery_status` is 1 for new, 3 to delete the record of this key."""

    xml_type: ClassVar[str] = "StartProduct"
    key: ClassVar[tuple[str, ...]] = ("allocation_number", "product", "begin_date")
    allocation_number: Annotated[int | None, Tag("ToewijzingNummer", "LDT_Nummer")] = None
    product: Annotated[Product | None, Tag("Product")] = None
    allocation_start_date: Annotated[date | None, Tag("ToewijzingIngangsdatum", "LDT_Datum")] = None
    begin_date: Annotated[date, Tag("Begindatum", "LDT_Datum")]
    delivery_status: Annotated[str, Tag("StatusAanlevering", "LDT_StatusAanlevering")] = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopProduct(Part):
    """A stop of delivery; reason 20 is temporary, every other is final."""

    xml_type: ClassVar[str] = "StopProduct"
    key: ClassVar[tuple[str, ...]] = (
        "allocation_number",
        "product",
        "begin_date",
        "stop_reason",
        "end_date",
    )
    allocation_number: Annotated[int | None, Tag("ToewijzingNummer", "LDT_Nummer")] = None
    product: Annotated[Product | None, Tag("Product")] = None
    allocation_start_date: Annotated[date | None, Tag("ToewijzingIngangsdatum", "LDT_Datum")] = None
    begin_date: Annotated[date, Tag("Begindatum", "LDT_Datum")]
    stop_reason: Annotated[str, Tag("RedenBeeindiging", "LDT_RedenBeeindiging")]
    end_date: Annotated[date, Tag("Einddatum", "LDT_Datum")]
    delivery_status: Annotated[str, Tag("StatusAanlevering", "LDT_StatusAanlevering")] = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Part):
    """A client as a provider names one: short name, no addresses."""

    xml_type: ClassVar[str] = "Client"
    key: ClassVar[tuple[str, ...]] = ("bsn",)
    bsn: Annotated[str, Tag("Bsn", "LDT_BurgerServicenummer")]
    birth_date: Annotated[BirthDate, Tag("Geboortedatum")]
    sex: Annotated[str, Tag("Geslacht", "LDT_Geslacht")]
    name: Annotated[ShortName, Tag("Naam")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartClient(Client):
    starts: Annotated[tuple[StartProduct, ...], Tag("StartProducten/StartProduct")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopClient(Client):
    stops: Annotated[tuple[StopProduct, ...], Tag("StopProducten/StopProduct")]
