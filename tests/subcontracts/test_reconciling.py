"""Two administrations of what was allocated under mandate, compared and explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import AllocatedBy, Allocation, Difference, Reconciliation, Subcontract
from subcontracts.rules import reconciling as rules
from subcontracts.rules.reconciling import Deviation, Record
from subcontracts.selectors import reconciliations as selectors
from subcontracts.services import clients, reconciling
from tests import factories
from tests.factories import NOW, World, moved
from tests.subcontracts.allocating import granted, under
from tests.subcontracts.test_requests import asked

_Kind = Difference.Kind


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    under(made, AllocatedBy.MANDATE)
    return made


def ours(world: World) -> list[Record]:
    rows = selectors.held(moved(world.system), world.main.pk, world.municipality, "jw")
    return [one.record for one in rows]


def as_file(records: Iterable[Record], columns: Iterable[str] = rules.COLUMNS) -> bytes:
    """Our own list as the file of a municipality."""
    names = list(columns)
    rows = [names]
    for record in records:
        cells = {"ontvanger": record.receiver, "toewijzing": str(record.number), **record.values}
        rows.append([cells[name] for name in names])
    return "\r\n".join(";".join(row) for row in rows).encode()


def compared(world: World, raw: bytes, scope: Scope | None = None) -> Reconciliation:
    return reconciling.reconcile(
        scope=scope or world.at(Role.CARE_COORDINATOR),
        main_contractor_id=world.main.pk,
        municipality=world.municipality,
        family="jw",
        raw=raw,
    )


def found(row: Reconciliation) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.column, one.ours, one.theirs) for one in row.differences.all()]


def placed_and_begun(world: World) -> Allocation:
    allocation = granted(world)
    placement = factories.place(world, allocation)
    factories.start(world, placement, at=NOW + timedelta(days=40))
    return allocation


def test_our_own_list_equals_ours(world: World) -> None:
    placed_and_begun(world)
    records = ours(world)
    assert [record.receiver for record in records] == [world.main.agb, world.pxq.organisation.agb]
    row = compared(world, as_file(records))
    assert found(row) == []
    assert (row.row_count, row.held_count, row.equal_count) == (2, 2, 2)


def test_what_differs_is_named_with_both_sides(world: World) -> None:
    placed_and_begun(world)
    own, relayed = ours(world)
    values = {**own.values, "einddatum": "31-12-2026", "volume": "9"}
    row = compared(world, as_file([replace(own, values=values), relayed]))
    assert found(row) == [
        (_Kind.OTHERWISE, "einddatum", "30-09-2026", "31-12-2026"),
        (_Kind.OTHERWISE, "volume", "4", "9"),
    ]
    first = row.differences.first()
    assert first is not None
    assert (first.allocation, first.line) == (Allocation.objects.get(), 2)
    assert row.equal_count == 1


def test_what_one_side_lacks(world: World) -> None:
    granted(world)
    [own] = ours(world)
    row = compared(world, as_file([replace(own, number=5)]))
    assert [(one.kind, one.number) for one in row.differences.all()] == [
        (_Kind.ONLY_THERE, 5),
        (_Kind.ONLY_HERE, own.number),
    ]


def test_another_client_is_said_without_digits(world: World) -> None:
    granted(world)
    [own] = ours(world)
    row = compared(world, as_file([replace(own, values={**own.values, "bsn": "999990019"})]))
    assert found(row) == [(_Kind.OTHERWISE, "bsn", "", "")]


def test_columns_that_the_file_leaves_out_are_not_compared(world: World) -> None:
    granted(world)
    [own] = ours(world)
    other = replace(own, values={**own.values, "volume": "77"})
    assert found(compared(world, as_file([other], rules.NEEDED))) == []


def test_a_row_without_sense_stops_no_other(world: World) -> None:
    granted(world)
    [own] = ours(world)
    raw = as_file([own]) + (
        b"\r\n123;5;;;;;;;;;;\r\n12345678;x;;;;;;;;;;\r\n12345678;5;;;;31-2-2026;;;;;;\r\n"
    )
    again = as_file([own]).splitlines()[1]
    row = compared(world, raw + again)
    assert [(one.kind, one.line, one.column) for one in row.differences.order_by("line")] == [
        (_Kind.UNREADABLE, 3, "ontvanger"),
        (_Kind.UNREADABLE, 4, "toewijzing"),
        (_Kind.UNREADABLE, 5, "ingangsdatum"),
        (_Kind.UNREADABLE, 6, "toewijzing"),
    ]
    assert row.equal_count == 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "CSV-03"),
        (b"ontvanger;toewijzing\r\n", "CSV-03"),
        (b"ontvanger;toewijzing;bsn;bsn\r\n", "CSV-03"),
        (b"\xff\xfe", "CSV-02"),
        (b'ontvanger;toewijzing;bsn\r\n"', "CSV-02"),
    ],
)
def test_a_file_that_cannot_be_read(world: World, raw: bytes, code: str) -> None:
    with pytest.raises(RuleError, match=code):
        compared(world, raw)
    assert not Reconciliation.objects.exists()


def test_only_under_a_mandate(system: Scope) -> None:
    world = factories.world(system)
    with pytest.raises(RuleError, match="AAN-05"):
        compared(world, as_file([]))


def test_a_difference_is_explained_once(world: World) -> None:
    granted(world)
    row = compared(world, as_file([]))
    difference = row.differences.get()
    coordinator = world.at(Role.CARE_COORDINATOR)
    with pytest.raises(RuleError, match="AAN-06"):
        reconciling.settle(scope=coordinator, difference=difference, note=" ")
    settled = reconciling.settle(scope=coordinator, difference=difference, note="Komt nog")
    assert settled.settled_note == "Komt nog"
    with pytest.raises(ConflictError):
        reconciling.settle(scope=coordinator, difference=difference, note="Nog eens")


@pytest.mark.parametrize("role", [Role.CONTROLLER, Role.QUALITY_OFFICER, Role.ADMINISTRATOR])
def test_others_compare_nothing(world: World, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        compared(world, as_file([]), world.at(role))


def test_what_ended_is_compared_no_more(world: World) -> None:
    granted(world)
    later = moved(world.system, NOW + timedelta(days=300))
    assert selectors.held(later, world.main.pk, world.municipality, "jw") == []


def test_on_the_page(world: World, browse: Any) -> None:
    """The office downloads its list, hands in the municipality's and explains what differs."""
    granted(world, replace(asked(world), end_date=date(2099, 12, 31)))
    browser = browse(world, Role.CARE_COORDINATOR)
    page = browser.get("/aansluitingen/nieuw/").content.decode()
    share = world.youth.municipalities.get(municipality=world.municipality)
    assert f'value="{share.pk}"' in page
    ours_text = b"".join(
        browser.post("/aansluitingen/nieuw/", {"share": share.pk, "download": ""})
    ).decode("utf-8-sig")
    assert ours_text.splitlines()[0].startswith("ontvanger;toewijzing;bsn;")
    mended = ours_text.replace(";4;04;2", ";6;04;2")
    assert mended != ours_text
    sent = browser.post(
        "/aansluitingen/nieuw/",
        {
            "share": share.pk,
            "file": SimpleUploadedFile("gemeente.csv", mended.encode()),
            "compare": "",
        },
    )
    row = Reconciliation.objects.get()
    assert sent["Location"] == f"/aansluitingen/{row.pk}/"
    page = browser.get(sent["Location"]).content.decode()
    assert "volume" in page
    difference = row.differences.get()
    assert (difference.ours, difference.theirs) == ("4", "6")
    browser.post(f"/aansluitingen/verschillen/{difference.pk}/", {"note": "Gebeld"})
    assert "Gebeld" in browser.get(sent["Location"]).content.decode()
    assert browser.get("/aansluitingen/").status_code == 200
    nothing = browser.post("/aansluitingen/nieuw/", {"share": share.pk, "compare": ""})
    assert nothing.status_code == 200
    assert Reconciliation.objects.count() == 1


_RECORDS = st.dictionaries(
    st.tuples(st.sampled_from(["12345678", "87654321"]), st.integers(1, 6)),
    st.dictionaries(st.sampled_from(["bsn", "volume", "code"]), st.sampled_from("ab"), min_size=3),
    max_size=6,
)


def _records(said: dict[tuple[str, int], dict[str, str]]) -> list[Record]:
    return [Record(receiver, number, values) for (receiver, number), values in said.items()]


@given(_RECORDS, _RECORDS)
def test_comparing_is_the_same_from_both_sides(
    one: dict[tuple[str, int], dict[str, str]], other: dict[tuple[str, int], dict[str, str]]
) -> None:
    """What differs does not depend on who compares, and equals of equals differ in nothing."""
    names = ("ontvanger", "toewijzing", "bsn", "volume", "code")

    def mirrored(item: Deviation) -> tuple[object, ...]:
        here = item.is_here if item.column else not item.is_here
        return item.key, item.column, item.theirs, item.ours, here

    there = list(rules.deviations(_records(one), _records(other), names))
    back = list(rules.deviations(_records(other), _records(one), names))
    plain = [(x.key, x.column, x.ours, x.theirs, x.is_here) for x in back]
    assert [mirrored(item) for item in there] == plain
    assert list(rules.deviations(_records(one), _records(one), names)) == []


def test_a_day_is_read_in_both_ways() -> None:
    raw = b"ontvanger,toewijzing,bsn,ingangsdatum\n12345678,007,00012,2026-3-1\n"
    file = rules.read(raw)
    assert [one.column for one in file.unreadable] == ["ingangsdatum"]
    file = rules.read(raw.replace(b"2026-3-1", b"2026-03-01"))
    [record] = file.records
    assert (record.key, record.values["ingangsdatum"]) == (("12345678", 7), "01-03-2026")
    assert record.values["bsn"] == "000000012"


def test_sealed_clients_stand_in_no_list(world: World, browse: Any) -> None:
    """Not in ours, not as a difference of the municipality's file, and not in an older one."""
    allocation = granted(world)
    [own] = ours(world)
    older = compared(world, as_file([]))
    clients.seal(scope=moved(world.system), client=allocation.client)
    assert ours(world) == []
    newer = compared(world, as_file([own]))
    assert (found(newer), newer.row_count, newer.held_count) == ([], 1, 0)
    browser = browse(world, Role.CARE_COORDINATOR)
    page = browser.get(f"/aansluitingen/{older.pk}/").content.decode()
    assert str(allocation.number) not in page
    settle = f"/aansluitingen/verschillen/{older.differences.get().pk}/"
    assert browser.get(settle).status_code == 404
