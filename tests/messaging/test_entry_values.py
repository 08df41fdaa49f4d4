"""Forms made from the model: what they hold, and the way from a message to texts and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.exchange.entry import typed, values
from messaging.exchange.entry.checking import check
from messaging.exchange.entry.description import Field, Group, Input, fields_of, form_of
from messaging.exchange.entry.shown import anchor_of, shown
from messaging.exchange.entry.words import WORDS
from messaging.istandaard import MessageType, message_type
from messaging.istandaard.builders import Envelope
from messaging.istandaard.model.elements import Family, Node
from messaging.istandaard.model.header import Header
from messaging.istandaard.model.tree import tree
from tests.istandaard.generated import messages

NUMBERS = ("301", "305", "307", "315", "317", "323")
KINDS = [message_type(family, number) for family in Family for number in NUMBERS]
DAY = date(2026, 3, 2)
START = "Client/StartProducten/StartProduct[1]"
START_TYPE = message_type(Family.JW, "305")
#: A 305 without a fault.
GOOD = {
    "Client/Bsn": "999900006",
    "Client/Geboortedatum/Datum": "1-5-2012",
    "Client/Geslacht": "2",
    "Client/Naam/Geslachtsnaam/Achternaam": "Kanarie",
    "Client/Naam/Voorletters": "A",
    f"{START}/ToewijzingNummer": "7",
    f"{START}/Product/Categorie": "45",
    f"{START}/Product/Code": "45A04",
    f"{START}/ToewijzingIngangsdatum": "12-01-2026",
    f"{START}/Begindatum": "2026-02-01",
    f"{START}/StatusAanlevering": "1",
}


def header(family: Family = Family.JW) -> Header:
    envelope = Envelope(family=family, sender="94000001", receiver="0307", number="T1", day=DAY)
    return envelope.header


def elements(kind: MessageType) -> Iterator[str]:
    """Every element of a message type below the header."""

    def below(node: Node) -> Iterator[str]:
        for child in node.children:
            yield child.name
            yield from below(child)

    for part in tree(kind).children:
        if part.name != "Header":
            yield part.name
            yield from below(part)


def groups(group: Group) -> Iterator[Group]:
    for member in group.members:
        if isinstance(member, Group):
            yield member
            yield from groups(member)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(picked=st.data())
def test_a_message_survives_being_opened_as_a_form(kind: MessageType, picked: Any) -> None:
    message = picked.draw(messages(kind))
    texts = values.whole(kind, typed.values_of(message))
    read = typed.read(kind, texts, message.header)
    assert read.faults == {}
    assert read.message == message


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_element_has_a_place_and_a_label_of_its_own(kind: MessageType) -> None:
    form = form_of(kind)
    lists = {group.name.split("/")[0] for group in groups(form) if group.repeats}
    named = {field.name for field in fields_of(form)}
    named |= {group.node.name for group in groups(form)} | lists
    assert named == set(elements(kind))
    with translation.override("nl"):
        for part in [*fields_of(form), *groups(form)]:
            name = part.name if isinstance(part, Field) else part.node.name
            assert str(part.label), name


def test_the_table_names_nothing_that_no_message_has() -> None:
    known = {name for kind in KINDS for name in elements(kind)}
    assert {name.rpartition("/")[2] for name in WORDS} <= known
    assert {above for name in WORDS if (above := name.rpartition("/")[0])} <= known


def _with_one_of_each(kind: MessageType) -> dict[str, str]:
    """An empty form in which every list has an item."""
    texts = values.whole(kind, {})
    for one in _lists(form_of(kind), ""):
        texts = values.whole(kind, {**texts, f"{one}[1]": ""})
    return texts


def _lists(group: Group, path: str) -> Iterator[str]:
    for member in group.members:
        if isinstance(member, Group):
            here = values.joined(path, member.name)
            if member.repeats:
                yield here
            yield from _lists(member, f"{here}[1]" if member.repeats else here)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_field_is_shown_with_the_control_for_what_it_holds(kind: MessageType) -> None:
    texts = _with_one_of_each(kind)
    page = render_to_string(
        "messaging/entry_members.html", {"members": shown(kind, texts, (), DAY), "action": "/"}
    )
    for path in texts:
        assert f'name="{path}"' in page, path
        assert page.count(f'id="{anchor_of(path)}"') == 1, path
    for field in fields_of(form_of(kind)):
        assert f">{field.name}</code>" in page
    types = {field.input for field in fields_of(form_of(kind))}
    assert ("<select" in page) == (Input.CHOICE in types)
    assert ('type="date"' in page) == (Input.DATE in types)
    assert ('type="time"' in page) == (Input.TIME in types)


def test_a_choice_offers_what_may_be_used_that_day_and_what_was_chosen_before() -> None:
    form = form_of(message_type(Family.JW, "307"))
    reasons = next(field for field in fields_of(form) if field.name == "RedenBeeindiging")
    usable = [code for code, _label in reasons.choices(DAY)]
    gone = [code for code, _label in reasons.choices(date(1990, 1, 1))]
    assert usable
    assert len(gone) < len(usable)
    assert usable[0] in [code for code, _label in reasons.choices(date(1990, 1, 1), usable[0])]
    assert all(label for _code, label in reasons.choices(DAY))


def test_a_message_without_fault_has_no_remarks() -> None:
    found = check(START_TYPE, GOOD, header(), DAY)
    assert found.remarks == []
    assert found.message is not None
    assert found.message.content is not None
    assert "<jw305:Begindatum>2026-02-01</jw305:Begindatum>" in found.xml


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Client/Bsn", "12345678"),
        ("Client/Bsn", "９９９９００００６"),
        ("Client/Geboortedatum/Datum", "31-02-2012"),
        ("Client/Geboortedatum/Datum", "1-5-0012"),
        ("Client/Geslacht", "7"),
        ("Client/Naam/Geslachtsnaam/Achternaam", "x" * 201),
        ("Client/Naam/Geslachtsnaam/Achternaam", "a\nb"),
        ("Client/Naam/Geslachtsnaam/Achternaam", "a\x00b"),
        ("Client/Naam/Voorletters", "A.B."),
        (f"{START}/ToewijzingNummer", "7,5"),
        (f"{START}/ToewijzingNummer", "-1"),
        (f"{START}/ToewijzingNummer", "1000000000"),
        (f"{START}/Product/Code", "45A04X"),
        (f"{START}/Product/Categorie", "geen"),
        (f"{START}/Begindatum", "gisteren"),
        # What the schema lets through and a rule within the message does not.
        ("Client/Bsn", "123456789"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(path: str, text: str) -> None:
    found = check(START_TYPE, {**GOOD, path: text}, header(), DAY)
    assert [one.path for one in found.remarks] == [path]
    assert found.message is None
    assert not found.remarks[0].is_missing
    lines = shown(START_TYPE, {**GOOD, path: text}, found.remarks, DAY)
    page = render_to_string("messaging/entry_members.html", {"members": lines, "action": "/"})
    at = page.index(f'id="{anchor_of(path)}-said"')
    assert str(found.remarks[0].text) in page[at : at + 600]


#: What no field of each kind can hold.
NONSENSE = {
    Input.CHOICE: "geen code",
    Input.DATE: "gisteren",
    Input.EURO: "veel",
    Input.LINES: "a\x00b",
    Input.NUMBER: "veel",
    Input.TEXT: "a\x00b",
    Input.TIME: "straks",
}


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_field_tells_what_it_cannot_hold(kind: MessageType) -> None:
    empty = _with_one_of_each(kind)
    by_name = {field.name: field for field in fields_of(form_of(kind))}
    for path in empty:
        bad = NONSENSE[by_name[path.rpartition("/")[2]].input]
        found = check(kind, {**empty, path: bad}, header(), DAY)
        assert path in [one.path for one in found.wrong], path
        assert [one.path for one in found.wrong] == [path]


@pytest.mark.parametrize(
    "path",
    [
        "Client/Bsn",
        "Client/Geslacht",
        f"{START}/Begindatum",
        "Client/Naam/Geslachtsnaam/Achternaam",
    ],
)
def test_what_is_missing_is_told_at_its_field(path: str) -> None:
    found = check(START_TYPE, {**GOOD, path: "  "}, header(), DAY)
    assert [(one.path, one.is_missing) for one in found.remarks] == [(path, True)]
    # The document shows what is there already.
    assert "<jw305:StartProduct>" in found.xml


def test_half_a_group_that_may_be_left_out_is_told() -> None:
    half = {name: text for name, text in GOOD.items() if name != f"{START}/Product/Categorie"}
    found = check(START_TYPE, half, header(), DAY)
    assert [one.path for one in found.remarks] == [f"{START}/Product/Categorie"]


def test_a_message_of_the_future_is_told_though_no_field_holds_its_date() -> None:
    found = check(START_TYPE, GOOD, header(), date(2026, 3, 1))
    assert [(one.rule, one.path) for one in found.remarks] == [("TR135", "Header")]
    lines = shown(START_TYPE, GOOD, found.remarks, DAY)
    assert lines  # shown as a whole, the remark stands above it


def test_amounts_are_typed_in_euros_and_sent_in_cents() -> None:
    kind = message_type(Family.JW, "323")
    path = "Declaratie/TotaalIngediendBedrag/TotaalBedrag"
    for text, cents in (("1.234,50", 123450), ("€ 20", 2000), ("0,07", 7)):
        read = typed.read(kind, values.whole(kind, {path: text}), header())
        assert path not in read.faults
        assert read.draft.content.total_submitted.cents == cents  # type: ignore[union-attr]
    for text in ("1,234", "12.34.5", "-1"):
        assert path in typed.read(kind, values.whole(kind, {path: text}), header()).faults


def test_groups_are_added_and_removed_without_losing_what_was_typed() -> None:
    listed = "Client/StartProducten/StartProduct"
    one = values.whole(START_TYPE, GOOD)
    two = values.with_item(START_TYPE, one, listed)
    assert two.items() >= one.items()
    assert two[f"{listed}[2]/StatusAanlevering"] == "1"
    two[f"{listed}[2]/ToewijzingNummer"] = "8"
    # The second moves up when the first goes, and the last one stays.
    left = values.without_item(START_TYPE, two, f"{listed}[1]")
    assert left[f"{listed}[1]/ToewijzingNummer"] == "8"
    assert f"{listed}[2]/ToewijzingNummer" not in left
    none = values.without_item(START_TYPE, left, f"{listed}[1]")
    assert none[f"{listed}[1]/ToewijzingNummer"] == ""


def test_a_form_grows_no_further_than_the_server_takes() -> None:
    texts = values.whole(START_TYPE, GOOD)
    while (more := values.with_item(START_TYPE, texts, START.removesuffix("[1]"))) != texts:
        texts = more
    assert values.MOST_FIELDS - 10 < len(texts) <= values.MOST_FIELDS


def test_what_belongs_to_no_field_is_left_out() -> None:
    strange = {**GOOD, "Client/Niets": "x", "csrfmiddlewaretoken": "y", "Client": "z", "[1]": "1"}
    far = {f"{START.removesuffix('[1]')}[999999]/Begindatum": "1-2-2026"}
    texts = values.whole(START_TYPE, {**strange, **far})
    assert set(texts) - set(values.whole(START_TYPE, GOOD)) == {
        name.replace("[1]", "[2]") for name in texts if name.startswith(f"{START}/")
    }
