"""Classes of the requests 315 and 317, the answer 319, and their returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from .delivery import Client
from .elements import Family, Tag
from .header import Part
from .values import Extent, Product, Referrer


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedProduct(Part):
    """One product asked for, decided on its own; `budget` in whole eurocents."""

    xml_type: ClassVar[str] = "AangevraagdProduct"
    key: ClassVar[tuple[str, ...]] = ("provider_reference",)
    provider_reference: Annotated[str, Tag("ReferentieAanbieder", "LDT_Referentie")]
    decision_number: Annotated[int | None, Tag("BeschikkingNummer", "LDT_Nummer")] = None
    product: Annotated[Product | None, Tag("Product")] = None
    decision_start_date: Annotated[date | None, Tag("BeschikkingIngangsdatum", "LDT_Datum")] = None
    allocation_start_date: Annotated[date, Tag("ToewijzingIngangsdatum", "LDT_Datum")]
    allocation_end_date: Annotated[date | None, Tag("ToewijzingEinddatum", "LDT_Datum")] = None
    extent: Annotated[Extent | None, Tag("Omvang")] = None
    budget: Annotated[int | None, Tag("Budget", "LDT_Budget")] = None
    referrer: Annotated[Referrer, Tag("Verwijzer")]
    framework_contract: Annotated[str, Tag("Raamcontract", "LDT_JaNee")] = ""
    comment: Annotated[str, Tag("Commentaar", "LDT_Commentaar")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestClient(Client):
    guardian_known: Annotated[str, Tag("GezagsdragerBekend", "LDT_JaNee", family=Family.JW)] = ""
    comment: Annotated[str, Tag("Commentaar", "LDT_Commentaar")] = ""
    requested_products: Annotated[
        tuple[RequestedProduct, ...], Tag("AangevraagdeProducten/AangevraagdProduct")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnchangedProduct(Part):
    xml_type: ClassVar[str] = "OngewijzigdProduct"
    key: ClassVar[tuple[str, ...]] = ("allocation_number",)
    allocation_number: Annotated[int, Tag("ToewijzingNummer", "LDT_Nummer")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductToChange(Part):
    """A current allocation as it should become; `budget` in whole eurocents."""

    xml_type: ClassVar[str] = "TeWijzigenProduct"
    key: ClassVar[tuple[str, ...]] = ("allocation_number",)
    allocation_number: Annotated[int, Tag("ToewijzingNummer", "LDT_Nummer")]
    wanted_start_date: Annotated[date, Tag("GewensteIngangsdatum", "LDT_Datum")]
    end_date: Annotated[date | None, Tag("Einddatum", "LDT_Datum")] = None
    extent: Annotated[Extent | None, Tag("Omvang")] = None
    budget: Annotated[int | None, Tag("Budget", "LDT_Budget")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct(Part):
    """A product to be added; `budget` in whole eurocents."""

    xml_type: ClassVar[str] = "NieuwProduct"
    key: ClassVar[tuple[str, ...]] = ("product", "wanted_start_date")
    product: Annotated[Product | None, Tag("Product")] = None
    wanted_start_date: Annotated[date, Tag("GewensteIngangsdatum", "LDT_Datum")]
    end_date: Annotated[date | None, Tag("Einddatum", "LDT_Datum")] = None
    extent: Annotated[Extent | None, Tag("Omvang")] = None
    budget: Annotated[int | None, Tag("Budget", "LDT_Budget")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Part):
    """A request for change: the whole situation that is wanted."""

    xml_type: ClassVar[str] = "Verzoek"
    key: ClassVar[tuple[str, ...]] = ("provider_reference",)
    provider_reference: Annotated[str, Tag("ReferentieAanbieder", "LDT_Referentie")]
    request_reason: Annotated[str, Tag("RedenVerzoek", "LDT_RedenVerzoek")]
    unchanged_products: Annotated[
        tuple[UnchangedProduct, ...], Tag("OngewijzigdeProducten/OngewijzigdProduct")
    ] = ()
    products_to_change: Annotated[
        tuple[ProductToChange, ...], Tag("TeWijzigenProducten/TeWijzigenProduct")
    ] = ()
    new_products: Annotated[tuple[NewProduct, ...], Tag("NieuweProducten/NieuwProduct")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeClient(Part):
    xml_type: ClassVar[str] = "Client"
    key: ClassVar[tuple[str, ...]] = ("bsn",)
    bsn: Annotated[str, Tag("Bsn", "LDT_BurgerServicenummer")]
    request: Annotated[Request, Tag("Verzoek")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidencePrinciple(Part):
    """The municipality that is responsible instead."""

    xml_type: ClassVar[str] = "Woonplaatsbeginsel"
    key: ClassVar[tuple[str, ...]] = ("municipality",)
    municipality: Annotated[str, Tag("Gemeente", "LDT_Gemeente")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswer(Part):
    """1 rejected, with a reason; 2 under investigation."""

    xml_type: ClassVar[str] = "Antwoord"
    key: ClassVar[tuple[str, ...]] = ("provider_reference", "request_answer")
    provider_reference: Annotated[str, Tag("ReferentieAanbieder", "LDT_Referentie")]
    request_answer: Annotated[str, Tag("VerzoekAntwoord", "LDT_VerzoekAntwoord")]
    rejection_reason: Annotated[str, Tag("RedenAfwijzingVerzoek", "LDT_RedenAfwijzingVerzoek")] = ""
    residence_principle: Annotated[
        ResidencePrinciple | None, Tag("Woonplaatsbeginsel", family=Family.JW)
    ] = None
