"""The simple types of the basic schema of release 3.2 (LDT types), with their facets."""

from __future__ import annotations

from typing import Final

from .elements import Base, Family, SimpleType

# One line with at least one character that is no blank. The published pattern `.*[^\s].*` means
# the same; this form has one way to match, so that a long text cannot make it backtrack.
_LINE: Final = r"[ \t]*[^\s].*"
_NOT_BLANK: Final = r"\s*[^\s][\s\S]*"
_CENTS: Final = 99_999_999


def _line(name: str, most: int) -> SimpleType:
    return SimpleType(name, min_length=1, max_length=most, pattern=_LINE)


def _number(name: str, high: int) -> SimpleType:
    return SimpleType(name, base="integer", low=0, high=high)


def _code(name: str, length: int, code_list: str) -> SimpleType:
    return SimpleType(name, max_length=length, code_list=code_list)


def _coded(name: str, length: int, *, jw: str, wmo: str) -> SimpleType:
    return SimpleType(name, max_length=length, code_list={Family.JW: jw, Family.WMO: wmo})


def _shaped(name: str, pattern: str, most: int | None = None, base: Base = "string") -> SimpleType:
    least = 1 if base == "string" else None
    return SimpleType(name, base=base, min_length=least, max_length=most, pattern=pattern)


SIMPLE_TYPES: Final = {
    simple.name: simple
    for simple in (
        _code("LDT_AanduidingWoonadres", 2, "NUM061"),
        _code("LDT_AdresSoort", 2, "COD757"),
        _shaped("LDT_AgbCode", "[0-9]{8}", 8),
        _number("LDT_Bedrag", _CENTS),
        SimpleType("LDT_BerichtCode", min_length=1, max_length=3),
        _number("LDT_BerichtSubversie", 99),
        _number("LDT_BerichtVersie", 99),
        _number("LDT_Budget", _CENTS),
        _shaped("LDT_BurgerServicenummer", "[0-9]{9}", 9),
        _shaped("LDT_Commentaar", _NOT_BLANK),
        _code("LDT_Communicatievorm", 1, "COD747"),
        _shaped("LDT_Datum", "[^:Z]*", base="date"),
        _code("LDT_DatumGebruik", 1, "COD170"),
        _code("LDT_DebetCredit", 1, "COD043"),
        _code("LDT_Eenheid", 2, "WJ756"),
        _line("LDT_Emailadres", 80),
        _code("LDT_Frequentie", 1, "WJ757"),
        _shaped("LDT_Gemeente", "[0-9]{4}"),
        _code("LDT_Geslacht", 1, "COD046"),
        _line("LDT_Huisletter", 1),
        _number("LDT_Huisnummer", 99_999),
        _line("LDT_HuisnummerToevoeging", 4),
        _line("LDT_IdentificatieBericht", 12),
        SimpleType("LDT_IdentificatieDeclaratie", min_length=1, max_length=12),
        _code("LDT_JaNee", 1, "COD260"),
        _code("LDT_JuridischeStatus", 2, "WJ232"),
        _code("LDT_LandCode", 2, "COD032"),
        _line("LDT_Landnummer", 4),
        _line("LDT_Naam", 200),
        _code("LDT_NaamGebruik", 1, "COD700"),
        _line("LDT_NaamVerwijzer", 64),
        _number("LDT_Nummer", 999_999_999),
        _line("LDT_Organisatienaam", 35),
        _line("LDT_Persoonsid", 20),
        _line("LDT_Plaatsnaam", 80),
        _line("LDT_Postcode", 8),
        _coded("LDT_ProductCategorie", 2, jw="JZ020", wmo="WMO020"),
        _line("LDT_ProductCode", 5),
        _code("LDT_RedenAfwijzingVerzoek", 2, "WJ759"),
        _coded("LDT_RedenBeeindiging", 2, jw="JZ588", wmo="WMO588"),
        _code("LDT_RedenVerzoek", 1, "WJ758"),
        _coded("LDT_RedenWijziging", 2, jw="JZ002", wmo="WMO002"),
        _line("LDT_Referentie", 36),
        SimpleType("LDT_ReferentieNummer", min_length=1, max_length=20),
        _number("LDT_RelatieVolgorde", 99),
        _coded("LDT_RetourCode", 4, jw="WJ001_jw", wmo="WJ001_wmo"),
        _code("LDT_SoortRelatie", 2, "COD472"),
        _code("LDT_StatusAanlevering", 1, "COD467"),
        _line("LDT_Straatnaam", 24),
        _line("LDT_Taal", 25),
        _shaped("LDT_Telefoonnummer", "[0-9]*", 15),
        _shaped("LDT_Tijd", "[^Z+-]+", base="time"),
        _number("LDT_TotaalBedrag", 999_999_999_999),
        _code("LDT_TypeVerwijzer", 2, "COD327"),
        _shaped("LDT_Versie", r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"),
        _code("LDT_VerzoekAntwoord", 1, "WJ760"),
        _number("LDT_Volume", _CENTS),
        _shaped("LDT_Voorletters", "[a-zA-ZÀ-ỳ]+", 6),
        _line("LDT_Voorvoegsel", 10),
        _code("LDT_WettelijkeVertegenwoordiging", 2, "WJ003"),
    )
}
