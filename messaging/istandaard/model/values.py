"""The complex values of the basic schema (CDT types), in the order of their elements.

Absent text is empty, an absent number, date or value is None. Amounts are whole eurocents;
`euros` gives them as Decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Final

from hoofdaannemer.core import money

from .elements import Element, Tag

DEBIT: Final = "D"
CREDIT: Final = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surname(Element):
    xml_type: ClassVar[str] = "CDT_Achternaam"
    name: Annotated[str, Tag("Achternaam", "LDT_Naam")]
    prefix: Annotated[str, Tag("Voorvoegsel", "LDT_Voorvoegsel")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class House(Element):
    xml_type: ClassVar[str] = "CDT_Huis"
    number: Annotated[int, Tag("Huisnummer", "LDT_Huisnummer")]
    letter: Annotated[str, Tag("Huisletter", "LDT_Huisletter")] = ""
    addition: Annotated[str, Tag("HuisnummerToevoeging", "LDT_HuisnummerToevoeging")] = ""
    indication: Annotated[str, Tag("AanduidingWoonadres", "LDT_AanduidingWoonadres")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Element):
    xml_type: ClassVar[str] = "CDT_Adres"
    house: Annotated[House | None, Tag("Huis")] = None
    postcode: Annotated[str, Tag("Postcode", "LDT_Postcode")] = ""
    street: Annotated[str, Tag("Straatnaam", "LDT_Straatnaam")] = ""
    town: Annotated[str, Tag("Plaatsnaam", "LDT_Plaatsnaam")] = ""
    country: Annotated[str, Tag("LandCode", "LDT_LandCode")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Element):
    """Eurocents, always positive, with debit or credit."""

    xml_type: ClassVar[str] = "CDT_BedragMetDC"
    cents: Annotated[int, Tag("Bedrag", "LDT_Bedrag")]
    debit_credit: Annotated[str, Tag("DebetCredit", "LDT_DebetCredit")] = DEBIT

    @property
    def signed(self) -> int:
        """Eurocents; a credit is negative."""
        return -self.cents if self.debit_credit == CREDIT else self.cents

    @property
    def euros(self) -> Decimal:
        return money.from_cents(self.signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalAmount(Element):
    """Eurocents of a total, always positive, with debit or credit."""

    xml_type: ClassVar[str] = "CDT_TotaalBedragMetDC"
    cents: Annotated[int, Tag("TotaalBedrag", "LDT_TotaalBedrag")]
    debit_credit: Annotated[str, Tag("DebetCredit", "LDT_DebetCredit")] = DEBIT

    @classmethod
    def of(cls, signed: int) -> TotalAmount:
        """The total of a signed number of eurocents; zero is debit (CS325)."""
        return cls(cents=abs(signed), debit_credit=CREDIT if signed < 0 else DEBIT)

    @property
    def signed(self) -> int:
        """Eurocents; a credit is negative."""
        return -self.cents if self.debit_credit == CREDIT else self.cents

    @property
    def euros(self) -> Decimal:
        return money.from_cents(self.signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageId(Element):
    """The sender's own number of a message, and the day it was written."""

    xml_type: ClassVar[str] = "CDT_BerichtIdentificatie"
    number: Annotated[str, Tag("Identificatie", "LDT_IdentificatieBericht")]
    message_date: Annotated[date, Tag("Dagtekening", "LDT_Datum")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Communication(Element):
    xml_type: ClassVar[str] = "CDT_Communicatie"
    form: Annotated[str, Tag("Vorm", "LDT_Communicatievorm")]
    language: Annotated[str, Tag("Taal", "LDT_Taal")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthDate(Element):
    """`usage` says which parts are unknown; empty where the whole date is known."""

    xml_type: ClassVar[str] = "CDT_Geboortedatum"
    day: Annotated[date, Tag("Datum", "LDT_Datum")]
    usage: Annotated[str, Tag("DatumGebruik", "LDT_DatumGebruik")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriod(Element):
    """Both dates included. Not a `Period`: a received one may end before it begins."""

    xml_type: ClassVar[str] = "CDT_GeslotenPeriode"
    start: Annotated[date, Tag("Begindatum", "LDT_Datum")]
    end: Annotated[date, Tag("Einddatum", "LDT_Datum")]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPeriod(Element):
    xml_type: ClassVar[str] = "CDT_OpenPeriode"
    start: Annotated[date | None, Tag("Begindatum", "LDT_Datum")] = None
    end: Annotated[date | None, Tag("Einddatum", "LDT_Datum")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent(Element):
    """Whole units per frequency; eurocents where the unit is 83."""

    xml_type: ClassVar[str] = "CDT_Omvang"
    volume: Annotated[int, Tag("Volume", "LDT_Volume")]
    unit: Annotated[str, Tag("Eenheid", "LDT_Eenheid")]
    frequency: Annotated[str, Tag("Frequentie", "LDT_Frequentie")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Element):
    xml_type: ClassVar[str] = "CDT_Product"
    category: Annotated[str, Tag("Categorie", "LDT_ProductCategorie")]
    code: Annotated[str, Tag("Code", "LDT_ProductCode")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReference(Element):
    """A line's own number and, for a credit, the number of the debit it takes back."""

    xml_type: ClassVar[str] = "CDT_Referentie"
    number: Annotated[str, Tag("ReferentieNummer", "LDT_ReferentieNummer")]
    previous: Annotated[str, Tag("VorigReferentieNummer", "LDT_ReferentieNummer")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone(Element):
    xml_type: ClassVar[str] = "CDT_Telefoon"
    number: Annotated[str, Tag("Telefoonnummer", "LDT_Telefoonnummer")]
    country: Annotated[str, Tag("Landnummer", "LDT_Landnummer")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephones(Element):
    xml_type: ClassVar[str] = "CDT_Telefoonnummers"
    first: Annotated[Telephone, Tag("Telefoon01")]
    second: Annotated[Telephone | None, Tag("Telefoon02")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortName(Element):
    xml_type: ClassVar[str] = "CDT_VerkorteNaam"
    surname: Annotated[Surname, Tag("Geslachtsnaam")]
    first_names: Annotated[str, Tag("Voornamen", "LDT_Naam")] = ""
    initials: Annotated[str, Tag("Voorletters", "LDT_Voorletters")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullName(Element):
    xml_type: ClassVar[str] = "CDT_VolledigeNaam"
    surname: Annotated[Surname, Tag("Geslachtsnaam")]
    partner_name: Annotated[Surname | None, Tag("Partnernaam")] = None
    first_names: Annotated[str, Tag("Voornamen", "LDT_Naam")] = ""
    initials: Annotated[str, Tag("Voorletters", "LDT_Voorletters")] = ""
    name_usage: Annotated[str, Tag("NaamGebruik", "LDT_NaamGebruik")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer(Element):
    xml_type: ClassVar[str] = "CDT_Verwijzer"
    type: Annotated[str, Tag("Type", "LDT_TypeVerwijzer")]
    name: Annotated[str, Tag("Naam", "LDT_NaamVerwijzer")] = ""
    practitioner_code: Annotated[str, Tag("ZorgverlenerCode", "LDT_AgbCode")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class XsdVersion(Element):
    """Versions of the schemas used, n.n.n; 1.0.0 is what the published examples say."""

    xml_type: ClassVar[str] = "CDT_XsdVersie"
    base: Annotated[str, Tag("BasisschemaXsdVersie", "LDT_Versie")] = "1.0.0"
    message: Annotated[str, Tag("BerichtXsdVersie", "LDT_Versie")] = "1.0.0"
