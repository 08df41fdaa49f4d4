"""Each rule within a message: a near miss that passes, and a message that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from messaging.istandaard import parse, serialize, validate
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.header import Part
from messaging.istandaard.model.values import (
    Amount,
    BirthDate,
    ClosedPeriod,
    Communication,
    Extent,
    LineReference,
    OpenPeriod,
    Product,
    Referrer,
    Surname,
    Telephone,
    Telephones,
    TotalAmount,
)
from messaging.istandaard.rules import RULES
from messaging.istandaard.scalars import OddDate
from tests.istandaard import samples
from tests.istandaard.samples import DAY, changed

JW, WMO = Family.JW, Family.WMO
PHONE = Telephones(first=Telephone(number="0201234567", country="0031"))


@dataclass(frozen=True)
class Case:
    """`place` is how the path of the finding ends."""

    rule: str
    number: str
    bad: dict[str, Any]
    place: str
    good: dict[str, Any] = field(default_factory=dict)
    family: Family = WMO


A = "client.allocated_products"
R = "client.requested_products"
Q = "client.request"
L = "declaration.clients.0.service_lines"
ADDRESS = "client.contacts.0.address"
CREDIT = Amount(cents=12_000, debit_credit="C")
LONG_AGO = ClosedPeriod(start=date(2020, 12, 1), end=date(2020, 12, 31))
OPEN = {"extent": None, "budget": None}


def term(start: date, end: date) -> ClosedPeriod:
    return ClosedPeriod(start=start, end=end)


CASES = [
    Case(
        "TR002",
        "301",
        {"client.birth_date.day": date(1906, 3, 9)},
        "Geboortedatum/Datum",
        {"client.birth_date.day": date(1906, 3, 10)},
    ),
    Case(
        "TR002",
        "305",
        {"client.birth_date": BirthDate(day=date(1900, 1, 1))},
        "Client/Geboortedatum/Datum",
        {"client.birth_date": BirthDate(day=date(1900, 1, 1), usage="3")},
    ),
    Case(
        "TR002",
        "301",
        {"client.relations.0.birth_date.day": date(1800, 1, 1)},
        "Relatie[1]/Geboortedatum/Datum",
    ),
    Case(
        "TR006",
        "301",
        {"client.contacts.0.address": None, "client.contacts.0.kind": "02"},
        "Contact[1]",
        {
            "client.contacts.0.address": None,
            "client.contacts.0.kind": "02",
            "client.contacts.0.telephone": PHONE,
        },
    ),
    Case("TR006", "301", {"client.relations.0.contact.address": None}, "Relatie[1]/Contact"),
    Case(
        "TR018",
        "307",
        {"client.stops.1.end_date": date(2026, 3, 1)},
        "StopProduct[2]/Einddatum",
        {"client.stops.1.end_date": date(2026, 3, 2)},
    ),
    Case(
        "TR061",
        "301",
        {"client.contacts.0.kind": "04"},
        "/Bericht/Client",
        {"client.contacts.0.kind": "03"},
    ),
    Case("TR101", "301", {f"{A}.1.number": 101}, "ToegewezenProduct[2]"),
    Case(
        "TR101",
        "305",
        {"client.starts.1.allocation_number": 101},
        "StartProduct[2]",
        {"client.starts.1.allocation_number": 101, "client.starts.1.begin_date": date(2026, 3, 3)},
    ),
    Case(
        "TR101",
        "305",
        {
            "client.starts.0.product": None,
            "client.starts.1.product": None,
            "client.starts.1.allocation_number": 101,
        },
        "StartProduct[2]",
    ),
    Case(
        "TR101",
        "307",
        {"client.stops.1.allocation_number": 101},
        "StopProduct[2]",
        {"client.stops.1.allocation_number": 101, "client.stops.1.stop_reason": "02"},
    ),
    Case("TR101", "315", {f"{R}.1.provider_reference": "REF-1"}, "AangevraagdProduct[2]"),
    Case(
        "TR101",
        "317",
        {f"{Q}.new_products.1.product": Product(category="02", code="B0001")},
        "NieuwProduct[2]",
    ),
    Case("TR101", "323", {f"{L}.1.reference.number": "L1"}, "Prestatie[2]"),
    Case("TR101", "323", {"declaration.clients.1.bsn": samples.BSN}, "Clienten/Client[2]"),
    Case(
        "TR134",
        "301",
        {"client.birth_date.day": date(2026, 3, 11)},
        "Geboortedatum/Datum",
        {"client.birth_date.day": DAY},
    ),
    Case(
        "TR134",
        "301",
        {f"{A}.0.decided_on": date(2026, 3, 11)},
        "Toewijzingsdatum",
        {f"{A}.0.decided_on": DAY},
    ),
    Case(
        "TR134",
        "305",
        {"client.starts.0.begin_date": date(2026, 3, 11)},
        "[1]/Begindatum",
        {"client.starts.0.begin_date": DAY},
    ),
    Case(
        "TR134",
        "307",
        {"client.stops.0.end_date": date(2026, 3, 11)},
        "[1]/Einddatum",
        {"client.stops.0.end_date": DAY},
    ),
    Case(
        "TR134",
        "323",
        {f"{L}.0.product_period": term(date(2026, 3, 11), date(2026, 3, 31))},
        "ProductPeriode/Begindatum",
        {f"{L}.0.product_period": term(date(2026, 3, 10), date(2026, 3, 10))},
    ),
    Case(
        "TR134",
        "323",
        {"declaration.declaration_period": term(date(2026, 4, 1), date(2026, 4, 30))},
        "DeclaratiePeriode/Begindatum",
    ),
    Case(
        "TR137",
        "323",
        {f"{L}.0.product_period": term(date(2026, 2, 2), date(2026, 2, 1))},
        "ProductPeriode/Einddatum",
        {f"{L}.0.product_period": term(date(2026, 2, 2), date(2026, 2, 2))},
    ),
    Case(
        "TR137",
        "323",
        {"declaration.declaration_period": term(date(2026, 3, 1), date(2026, 3, 31))},
        "DeclaratiePeriode/Einddatum",
    ),
    Case(
        "TR302",
        "301",
        {f"{A}.1.product": Product(category="02")},
        "ToegewezenProduct[2]",
        {
            f"{A}.1.product": Product(category="02"),
            f"{A}.1.start_date": date(2027, 1, 1),
            f"{A}.1.end_date": date(2027, 1, 31),
        },
    ),
    Case(
        "TR302",
        "301",
        {f"{A}.1.product": None},
        "ToegewezenProduct[2]",
        {
            f"{A}.1.product": None,
            f"{A}.1.change_reason": "13",
            f"{A}.1.end_date": date(2026, 3, 16),
        },
    ),
    Case(
        "TR302",
        "301",
        {f"{A}.0.product.category": "10", f"{A}.1.product.category": "10"},
        "ToegewezenProduct[2]",
        {f"{A}.0.product.category": "12", f"{A}.1.product.category": "12"},
    ),
    Case(
        "TR302",
        "301",
        {f"{A}.1.product": Product(category="45")},
        "ToegewezenProduct[2]",
        {f"{A}.1.product": Product(category="46")},
        JW,
    ),
    Case(
        "TR315",
        "323",
        {
            f"{L}.0.reference": LineReference(number="L1", previous="OLD1"),
            f"{L}.0.submitted_amount": CREDIT,
        },
        "VorigReferentieNummer",
        {
            f"{L}.0.reference": LineReference(number="L1", previous="OLD2"),
            f"{L}.0.submitted_amount": CREDIT,
        },
    ),
    Case(
        "TR316",
        "323",
        {f"{L}.2.reference.previous": "L1"},
        "Prestatie[3]/ProductReferentie/VorigReferentieNummer",
    ),
    Case("TR316", "323", {f"{L}.2.reference.previous": "L3"}, "VorigReferentieNummer"),
    Case(
        "TR335",
        "323",
        {f"{L}.0.product_period": term(date(2021, 3, 1), date(2021, 3, 9))},
        "ProductPeriode/Einddatum",
        {f"{L}.0.product_period": term(date(2021, 3, 1), date(2021, 3, 10))},
    ),
    Case(
        "TR342", "325", {"answer.total_awarded": TotalAmount(cents=4999)}, "TotaalToegekendBedrag"
    ),
    Case(
        "TR342",
        "325",
        {"answer.return_codes": ("9333",)},
        "TotaalToegekendBedrag",
        {"answer.return_codes": ("9333",), "answer.total_awarded": TotalAmount(cents=0)},
    ),
    Case(
        "TR352",
        "317",
        {f"{Q}.unchanged_products": (), f"{Q}.products_to_change": ()},
        "Verzoek",
        {f"{Q}.unchanged_products": ()},
    ),
    Case(
        "TR353",
        "317",
        {f"{Q}.new_products": (), f"{Q}.products_to_change": ()},
        "Verzoek",
        {f"{Q}.new_products": ()},
    ),
    Case(
        "TR358",
        "323",
        {"declaration.total_submitted": TotalAmount(cents=16_999)},
        "TotaalIngediendBedrag",
    ),
    Case(
        "TR358",
        "323",
        {"declaration.total_submitted": TotalAmount(cents=17_000, debit_credit="C")},
        "TotaalIngediendBedrag",
    ),
    Case("TR377", "319", {"answer.residence_principle": None}, "Woonplaatsbeginsel", {}, JW),
    Case(
        "TR409",
        "319",
        {"answer.rejection_reason": "3"},
        "Woonplaatsbeginsel",
        {"answer.rejection_reason": "3", "answer.residence_principle": None},
        JW,
    ),
    Case(
        "TR380",
        "317",
        {f"{Q}.new_products.0.wanted_start_date": DAY},
        "NieuwProduct[1]/GewensteIngangsdatum",
        {f"{Q}.new_products.0.wanted_start_date": date(2026, 3, 11)},
    ),
    Case("TR383", "315", {f"{R}.1.provider_reference": "REF-1"}, "[2]/ReferentieAanbieder"),
    Case(
        "TR386",
        "315",
        {f"{R}.1.product": Product(category="02")},
        "AangevraagdProduct[2]",
        {
            f"{R}.1.product": Product(category="02"),
            f"{R}.1.allocation_start_date": date(2026, 9, 1),
            f"{R}.1.allocation_end_date": date(2026, 9, 30),
        },
    ),
    Case(
        "TR410",
        "317",
        {f"{Q}.new_products.1.product": Product(category="02")},
        "NieuwProduct[2]",
        {
            f"{Q}.new_products.1.product": Product(category="02"),
            f"{Q}.new_products.1.wanted_start_date": date(2026, 10, 1),
            f"{Q}.new_products.1.end_date": date(2026, 10, 1),
        },
    ),
    Case(
        "TR416",
        "323",
        {f"{L}.1.allocation_number": 101},
        "Prestatie[2]",
        {f"{L}.1.allocation_number": 101, f"{L}.1.code": "A0002"},
    ),
    Case("CD005", "301", {f"{ADDRESS}.country": ""}, "Adres/LandCode"),
    Case(
        "CD005",
        "301",
        {f"{ADDRESS}.postcode": ""},
        "Adres/LandCode",
        {f"{ADDRESS}.postcode": "B-9000", f"{ADDRESS}.country": "BE"},
    ),
    Case(
        "CD007",
        "301",
        {"client.communication": Communication(form="1")},
        "Taal",
        {"client.communication": Communication(form="2")},
    ),
    Case(
        "CD007", "301", {"client.communication": Communication(form="2", language="Farsi")}, "Taal"
    ),
    Case(
        "CD009",
        "301",
        {"client.contacts.0.period": OpenPeriod()},
        "Contact[1]/Periode",
        {"client.contacts.0.period": OpenPeriod(), "client.contacts.0.kind": "04"},
    ),
    Case(
        "CD025",
        "301",
        {f"{ADDRESS}.house": None},
        "Adres/Huis",
        {f"{ADDRESS}.house": None, f"{ADDRESS}.country": "BE"},
    ),
    Case(
        "CD034",
        "301",
        {f"{ADDRESS}.postcode": ""},
        "Adres/Postcode",
        {f"{ADDRESS}.postcode": "", "client.contacts.0.kind": "02"},
    ),
    Case(
        "CD041",
        "301",
        {f"{A}.0.extent": None},
        "ToegewezenProduct[1]/Omvang",
        {f"{A}.0.extent": None, f"{A}.0.product.code": ""},
    ),
    Case("CD041", "315", {f"{R}.0.extent": None}, "AangevraagdProduct[1]/Omvang"),
    Case("CD041", "317", {f"{Q}.new_products.0.extent": None}, "NieuwProduct[1]/Omvang"),
    Case(
        "CD043",
        "315",
        {f"{R}.0.decision_number": None},
        "BeschikkingIngangsdatum",
        {f"{R}.0.decision_number": None, f"{R}.0.decision_start_date": None},
    ),
    Case("CD060", "323", {f"{L}.0.reference.previous": "OLD9"}, "VorigReferentieNummer"),
    Case("CD060", "323", {f"{L}.2.reference.previous": ""}, "VorigReferentieNummer"),
    Case(
        "CD060",
        "325",
        {"answer.clients.0.service_lines.0.reference.previous": "X"},
        "VorigReferentieNummer",
    ),
    Case("CD066", "315", {f"{R}.0.referrer.name": "Dr. De Wit"}, "Verwijzer/Naam"),
    Case(
        "CD067",
        "315",
        {f"{R}.1.referrer.name": ""},
        "Verwijzer/Naam",
        {f"{R}.1.referrer": Referrer(type="01")},
    ),
    Case(
        "CD068",
        "315",
        {f"{R}.0.referrer.type": "06"},
        "Verwijzer/ZorgverlenerCode",
        {f"{R}.0.referrer.type": "05"},
    ),
    Case("CD075", "301", {f"{A}.1.end_date": None}, "ToegewezenProduct[2]/Einddatum"),
    Case("CD075", "315", {f"{R}.1.allocation_end_date": None}, "ToewijzingEinddatum"),
    Case(
        "CD075",
        "317",
        {
            f"{Q}.products_to_change.0.budget": 1,
            f"{Q}.products_to_change.0.extent": None,
            f"{Q}.products_to_change.0.end_date": None,
        },
        "TeWijzigenProduct[1]/Einddatum",
    ),
    Case(
        "CD076",
        "301",
        {f"{A}.0.end_date": None},
        "ToegewezenProduct[1]/Einddatum",
        {f"{A}.0.end_date": None, f"{A}.0.extent.frequency": "4"},
    ),
    Case(
        "CD076",
        "317",
        {f"{Q}.products_to_change.0.end_date": None},
        "TeWijzigenProduct[1]/Einddatum",
    ),
    Case("CD077", "301", {f"{A}.0.budget": 5}, "ToegewezenProduct[1]/Omvang"),
    Case("CD078", "317", {f"{Q}.products_to_change.0.budget": 0}, "TeWijzigenProduct[1]/Budget"),
    Case(
        "CD079",
        "301",
        {f"{A}.0.product": None},
        "ToegewezenProduct[1]/Product",
        {f"{A}.1.product": None},
    ),
    Case(
        "CD080",
        "301",
        {f"{A}.0.product.code": ""},
        "ToegewezenProduct[1]/Omvang",
        {
            f"{A}.0.product.code": "",
            f"{A}.0.end_date": date(2020, 12, 31),
            f"{A}.0.start_date": date(2020, 1, 1),
        },
    ),
    Case(
        "CD085",
        "319",
        {"answer.rejection_reason": ""},
        "RedenAfwijzingVerzoek",
        {"answer.rejection_reason": "", "answer.request_answer": "2"},
    ),
    Case("CD086", "319", {"answer.request_answer": "2"}, "RedenAfwijzingVerzoek"),
    Case("CD087", "323", {f"{L}.0.tariff": None}, "ProductTarief"),
    Case("CD087", "323", {f"{L}.1.tariff": 0}, "ProductTarief"),
    Case("CD095", "315", {f"{R}.0.product.code": ""}, "AangevraagdProduct[1]/Omvang"),
    Case("CD096", "317", {f"{Q}.new_products.0.product.code": ""}, "NieuwProduct[1]/Omvang"),
    Case("CS002", "301", {"client.bsn": "999900007"}, "Client/Bsn"),
    Case("CS002", "317", {"client.bsn": "000000000"}, "Client/Bsn", {"client.bsn": "123456782"}),
    Case("CS002", "323", {"declaration.clients.1.bsn": "999999999"}, "Client[2]/Bsn"),
    Case(
        "CS003",
        "301",
        {f"{A}.0.end_date": date(2026, 3, 15)},
        "[1]/Einddatum",
        {f"{A}.0.end_date": date(2026, 3, 16)},
    ),
    Case("CS003", "315", {f"{R}.0.allocation_end_date": date(2026, 2, 28)}, "ToewijzingEinddatum"),
    Case(
        "CS003",
        "301",
        {
            "client.contacts.0.kind": "04",
            "client.contacts.0.period": OpenPeriod(start=date(2026, 1, 2), end=date(2026, 1, 1)),
        },
        "Periode/Einddatum",
        {
            "client.contacts.0.kind": "04",
            "client.contacts.0.period": OpenPeriod(start=date(2026, 1, 2), end=date(2026, 1, 2)),
        },
    ),
    Case(
        "CS050",
        "301",
        {"client.name.name_usage": "2"},
        "Client/Naam/NaamGebruik",
        {"client.name.name_usage": "2", "client.name.partner_name": Surname(name="Bos")},
    ),
    Case("CS050", "301", {"client.name.name_usage": "5"}, "Client/Naam/NaamGebruik"),
    Case(
        "CS058",
        "305",
        {"client.starts.0.delivery_status": "2"},
        "StatusAanlevering",
        {"client.starts.0.delivery_status": "3"},
    ),
    Case("CS058", "307", {"client.stops.0.delivery_status": "9"}, "StatusAanlevering"),
    Case(
        "CS089",
        "301",
        {f"{ADDRESS}.postcode": "1012 CD"},
        "Adres/Postcode",
        {f"{ADDRESS}.postcode": "9999zz"},
    ),
    Case("CS089", "301", {f"{ADDRESS}.postcode": "0012CD"}, "Adres/Postcode"),
    Case(
        "CS100",
        "323",
        {f"{L}.0.product_period": LONG_AGO},
        "Prestatie[1]/ProductPeriode",
        {f"{L}.0.product_period": term(date(2021, 1, 1), date(2021, 1, 1))},
    ),
    Case(
        "CS139",
        "315",
        {"client.birth_date": BirthDate(day=date(2010, 5, 4), usage="1")},
        "Geboortedatum/Datum",
        {"client.birth_date": BirthDate(day=date(2010, 5, 1), usage="1")},
    ),
    Case(
        "CS139",
        "315",
        {"client.birth_date": BirthDate(day=date(2010, 5, 1), usage="2")},
        "Geboortedatum/Datum",
    ),
    Case("CS318", "301", {"client.name.name_usage": "6"}, "Client/Naam/NaamGebruik"),
    Case(
        "CS325",
        "323",
        {f"{L}.0.submitted_amount": Amount(cents=0, debit_credit="C")},
        "IngediendBedrag/DebetCredit",
        {f"{L}.0.submitted_amount": Amount(cents=0)},
    ),
    Case(
        "CS325",
        "325",
        {"answer.total_awarded": TotalAmount(cents=0, debit_credit="C")},
        "TotaalToegekendBedrag/DebetCredit",
    ),
    Case(
        "CS335",
        "301",
        {f"{A}.0.change_reason": "13"},
        "RedenWijziging",
        {f"{A}.0.change_reason": "13", f"{A}.0.end_date": date(2026, 3, 16)},
    ),
    Case(
        "CS336",
        "301",
        {f"{A}.0.change_reason": "01"},
        "RedenWijziging",
        {f"{A}.0.change_reason": "02"},
    ),
    Case(
        "CS337",
        "323",
        {f"{L}.0.product_period": term(date(2026, 1, 31), date(2026, 2, 1))},
        "Prestatie[1]/ProductPeriode",
    ),
    Case(
        "CS337",
        "323",
        {f"{L}.0.product_period": term(date(2025, 2, 1), date(2026, 2, 1))},
        "Prestatie[1]/ProductPeriode",
    ),
    Case(
        "CS338",
        "301",
        {f"{A}.0.extent": Extent(volume=1, unit="16", frequency="1")},
        "Omvang",
        {f"{A}.0.extent": Extent(volume=1, unit="82", frequency="1")},
    ),
    Case(
        "CS338",
        "317",
        {f"{Q}.products_to_change.0.extent": Extent(volume=1, unit="14", frequency="1")},
        "TeWijzigenProduct[1]/Omvang",
    ),
    Case("CS339", "323", {f"{L}.1.delivered_volume": 4999}, "IngediendBedrag/Bedrag"),
    Case(
        "CS340",
        "323",
        {"declaration.declaration_period": term(date(2026, 2, 1), date(2026, 2, 27))},
        "DeclaratiePeriode",
        {"declaration.declaration_period": term(date(2024, 2, 1), date(2024, 2, 29))},
    ),
    Case("CS343", "315", {f"{R}.0.extent": Extent(volume=1, unit="83", frequency="1")}, "Omvang"),
    Case(
        "CALENDAR",
        "305",
        {"client.starts.0.begin_date": OddDate("-0001-01-01")},
        "StartProduct[1]/Begindatum",
    ),
    Case(
        "CALENDAR",
        "301",
        {"header.message_id.message_date": OddDate("99999-12-31")},
        "Header/BerichtIdentificatie/Dagtekening",
    ),
    Case(
        "CALENDAR",
        "323",
        {f"{L}.0.product_period.end": OddDate("12026-02-28")},
        "ProductPeriode/Einddatum",
    ),
    Case(
        "CALENDAR",
        "323",
        {"declaration.declaration_date": OddDate("-5000-02-28")},
        "DeclaratieDagtekening",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.number}")
def test_rule(case: Case) -> None:
    sample = samples.message(case.number, case.family)
    good, bad = changed(sample, case.good), changed(sample, case.bad)
    assert case.rule not in {found.rule for found in validate(good)}

    hits = [found for found in validate(bad) if found.rule == case.rule]

    assert hits
    assert any(found.path.endswith(case.place) for found in hits)
    assert all(found.code == "0001" and str(found.message) for found in hits)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.number}")
def test_same_findings_from_document(case: Case) -> None:
    bad = changed(samples.message(case.number, case.family), case.bad)
    result = parse(serialize(bad))
    assert result.message is not None
    assert validate(result.message) == validate(bad)


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("number", [*samples.ALL, "325"])
def test_sample_breaks_no_rule(number: str, family: Family) -> None:
    assert validate(samples.message(number, family)) == []


def test_every_registered_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(RULES)


def test_parts_of_a_class_are_no_rule_of_wmo() -> None:
    """TR377 and TR409 exist in youth help only; the Wmo has no residence class."""
    sample = samples.message("319", Family.WMO)
    bad = changed(sample, {"answer.rejection_reason": "8"})
    assert isinstance(bad.answer, Part)
    assert validate(bad) == []
