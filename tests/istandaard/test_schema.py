"""The generated schema says yes and no where the official one does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import process_time

import pytest
from lxml import etree

from messaging.istandaard import (
    MESSAGE_TYPES,
    base_schema_text,
    builders,
    message_type,
    parse,
    schema_for,
    schema_text,
    serialize,
)
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import MessageType
from messaging.istandaard.model.values import ClosedPeriod
from tests.istandaard import samples


@dataclass(frozen=True)
class Mutation:
    """In the document of a message, `old` becomes `new`; `path` is where a refusal points."""

    number: str
    old: str
    new: str
    path: str = ""


ACCEPTED = [
    Mutation("301", ">101<", "> +00101\n<"),
    Mutation("301", ">250000<", ">-0<"),
    Mutation("301", ">2026-03-16<", ">\t2026-03-16 <"),
    Mutation("301", ">2026-03-16<", ">-0044-03-15<"),
    Mutation("301", ">2026-03-16<", ">123456-03-15<"),
    Mutation("301", ">09:30:00<", ">24:00:00<"),
    Mutation("301", ">09:30:00<", ">09:30:00.123456789<"),
    Mutation("301", ">1.0.0<", ">12.0.345<"),
    Mutation("301", ">AB<", ">ÀỳZ<"),
    Mutation("315", ">Graag spoed.<", ">\n\t x\n\n<"),
    Mutation("323", ">L1<", ">  <"),
    Mutation("305", ">Jansen<", "> Jansen\t<"),
]
REFUSED = [
    Mutation("301", ">414<", ">415<", "/Bericht/Header/BerichtCode"),
    Mutation("301", ">414<", "> 414<", "/Bericht/Header/BerichtCode"),
    Mutation("301", ">101<", ">1０1<", "ToegewezenProduct[1]/ToewijzingNummer"),
    Mutation("301", ">101<", ">1000000000<", "ToegewezenProduct[1]/ToewijzingNummer"),
    Mutation("301", ">101<", ">-1<", "ToegewezenProduct[1]/ToewijzingNummer"),
    Mutation("301", ">101<", ">1.0<", "ToegewezenProduct[1]/ToewijzingNummer"),
    Mutation("301", ">2026-03-16<", ">2026-02-29<", "Ingangsdatum"),
    Mutation("301", ">2026-03-16<", ">2026-03-16Z<", "Ingangsdatum"),
    Mutation("301", ">2026-03-16<", ">2026-03-16+01:00<", "Ingangsdatum"),
    Mutation("301", ">2026-03-16<", ">20260316<", "Ingangsdatum"),
    Mutation("301", ">2026-03-16<", "><", "Ingangsdatum"),
    Mutation("301", ">09:30:00<", ">09:30:00Z<", "Toewijzingstijd"),
    Mutation("301", ">09:30:00<", ">9:30<", "Toewijzingstijd"),
    Mutation("301", ">1.0.0<", ">1.0<", "XsdVersie/BasisschemaXsdVersie"),
    Mutation("301", ">1.0.0<", ">01.0.0<", "XsdVersie/BasisschemaXsdVersie"),
    Mutation("301", ">0363<", ">363<", "/Bericht/Header/Afzender"),
    Mutation("301", ">AB<", ">A.B.<", "Voorletters"),
    Mutation("301", ">Damrak<", ">12345678901234567890abcde<", "Straatnaam"),
    Mutation("301", ">A0001<", ">A00012<", "Product/Code"),
    Mutation("301", ">02<", ">45<", "Product/Categorie"),
    Mutation("301", ">NL<", ">nl<", "LandCode"),
    Mutation("305", ">999900006<", "> 999900006<", "/Bericht/Client/Bsn"),
    Mutation("305", ">Jansen<", ">Jan\nsen<", "Achternaam"),
    Mutation("305", ">Jansen<", "> \t<", "Achternaam"),
    Mutation("305", ">AB<", "><b/>AB<", "Voorletters"),
    Mutation("305", "<wmo305:Client>", "x<wmo305:Client>", "/Bericht"),
    Mutation("305", "<wmo305:Client>", '<wmo305:Client a="b">', "/Bericht/Client"),
    Mutation("305", "iwmo:Datum>", "wmo305:Datum>", "Geboortedatum/Datum"),
    Mutation("305", "<wmo305:Geslacht>0</wmo305:Geslacht>", "", "/Bericht/Client/Naam"),
    Mutation("315", ">Graag spoed.<", "> \n <", "/Bericht/Client/Commentaar"),
    Mutation("323", ">D2026002<", ">D-2026<", "/Bericht/Declaratie/DeclaratieNummer"),
    Mutation("323", ">12000<", ">100000000<", "IngediendBedrag/Bedrag"),
]


def mutated(mutation: Mutation) -> bytes:
    text = serialize(samples.message(mutation.number)).decode()
    assert mutation.old in text
    return text.replace(mutation.old, mutation.new).encode()


def named(mutation: Mutation) -> str:
    return f"{mutation.number}{mutation.new!a}"


@pytest.mark.parametrize("mutation", ACCEPTED, ids=named)
def test_accepted(mutation: Mutation) -> None:
    result = parse(mutated(mutation))
    assert result.rejections == ()
    assert result.message is not None


@pytest.mark.parametrize("mutation", REFUSED, ids=named)
def test_refused(mutation: Mutation) -> None:
    result = parse(mutated(mutation))
    assert {rejection.code for rejection in result.rejections} == {"schema"}
    assert any(rejection.path.endswith(mutation.path) for rejection in result.rejections)


@pytest.mark.parametrize("kind", MESSAGE_TYPES.values(), ids=str)
def test_every_element_is_needed_or_not(kind: MessageType) -> None:
    """Taking out, doubling or swapping any element is judged as the model says."""
    document = serialize(samples.message(kind.number, kind.family))
    count = len(list(etree.fromstring(document).iter()))
    for place in range(1, count):
        root = etree.fromstring(document)
        element = list(root.iter())[place]
        parent = element.getparent()
        assert parent is not None
        siblings = [child.tag for child in parent]
        parent.append(etree.fromstring(etree.tostring(element)))
        is_repeatable = siblings[-1] == element.tag and parent.tag.endswith(
            ("en", "Relaties", "Contactgegevens", "RetourCodes", "Prestaties")
        )
        assert schema_for(kind).validate(root) == is_repeatable


def test_families_differ_where_they_should() -> None:
    youth = serialize(samples.message("315", Family.JW)).decode()
    assert "GezagsdragerBekend" in youth
    assert "GezagsdragerBekend" in schema_text(message_type(Family.JW, "315"))
    assert "GezagsdragerBekend" not in schema_text(message_type(Family.WMO, "315"))
    assert "Woonplaatsbeginsel" not in schema_text(message_type(Family.WMO, "320"))
    assert '"54"' in base_schema_text(Family.JW)
    assert '"54"' not in base_schema_text(Family.WMO)


def test_schema_is_compiled_once() -> None:
    kind = message_type(Family.WMO, "301")
    assert schema_for(kind) is schema_for(kind)


def long_declaration(lines: int) -> bytes:
    declared = [(samples.BSN, samples.line(Family.JW, f"L{place}")) for place in range(lines)]
    period = ClosedPeriod(start=date(2026, 2, 1), end=date(2026, 2, 28))
    envelope = samples.envelope(Family.JW, from_municipality=False)
    return serialize(builders.declaration(envelope, "D1", period, declared))


def test_long_document_is_judged_like_a_short_one() -> None:
    document = long_declaration(1000)
    assert parse(document).is_valid
    head, _, tail = document.rpartition(b">04<")

    result = parse(head + b">x4<" + tail)

    line = "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1000]"
    assert [(found.code, found.path) for found in result.rejections] == [
        ("schema", f"{line}/Eenheid")
    ]


def test_long_document_names_what_is_missing() -> None:
    document = long_declaration(1000)
    head, _, tail = document.rpartition(b"<jw323:Eenheid>04</jw323:Eenheid>")
    paths = [found.path for found in parse(head + tail).rejections]
    assert paths[0].endswith("Prestatie[1000]/ProductTarief")


def test_many_wrong_siblings_cost_little() -> None:
    """Seven megabytes in which every element is wrong: one answer, in a moment."""
    head, _, rest = long_declaration(1).partition(b"<jw323:Prestatie>")
    tail = rest.rpartition(b"</jw323:Prestatie>")[2]
    document = head + b"<jw323:Prestatie/>" * 400_000 + tail
    started = process_time()
    result = parse(document)
    assert len(result.rejections) == 50
    assert process_time() - started < 5
