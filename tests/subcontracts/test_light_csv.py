"""The light CSV format: placements out, starts and stops in."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accounts.models import ApiToken, Membership
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import (
    CareFile,
    DeliveryStart,
    Placement,
    RefusedRow,
    Subcontract,
)
from subcontracts.models import (
    Client as Person,
)
from subcontracts.rules import carefile, csvfiles
from subcontracts.rules.carefile import COLUMNS, Report
from subcontracts.rules.csvfiles import Fault
from subcontracts.selectors.carefiles import PLACEMENTS
from subcontracts.services import carefiles, placements
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse

HEAD = ";".join(COLUMNS)


def _file(*rows: str) -> bytes:
    return "\r\n".join((HEAD, *rows)).encode("utf-8-sig")


def _world(system: Scope) -> tuple[World, Placement]:
    world = factories.world(system, relay=Subcontract.Relay.CSV)
    return world, factories.place(world, factories.allocate(world))


def _provider(world: World) -> Scope:
    return become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))


# Reading


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (";jw;900000001;begin;02-03-2026;;", "soort", "CSV-10"),
        (";zvw;900000001;start;02-03-2026;;", "wet", "CSV-11"),
        ("123;jw;900000001;start;02-03-2026;;", "hoofdaannemer_kvk", "CSV-12"),
        (";jw;C-1;start;02-03-2026;;", "plaatsing", "CSV-13"),
        (";jw;900000001;start;30-02-2026;;", "begindatum_zorg", "CSV-14"),
        (";jw;900000001;stop;02-03-2026;;31", "einddatum_zorg", "CSV-14"),
        (";jw;900000001;stop;02-03-2026;10-03-2026;gepland", "reden", "CSV-15"),
        (";jw;900000001;start;02-03-2026;10-03-2026;", "einddatum_zorg", "CSV-16"),
    ],
)
def test_a_wrong_cell_is_named_by_column_and_rule(row: str, column: str, rule: str) -> None:
    [line] = carefile.lines(_file(row))
    assert isinstance(line.said, Fault)
    assert (line.number, line.said.column, line.said.rule) == (2, column, rule)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"x" * (csvfiles.MOST_BYTES + 1), "CSV-01"),
        ("wet;reden é".encode("latin-1"), "CSV-02"),
        (b"wet;plaatsing;soort\r\njw;1;start", "CSV-03"),
        (b"wet;wet;plaatsing;soort;begindatum_zorg\r\n", "CSV-03"),
        (_file(), "CSV-04"),
        (_file(";jw;900000001;;;;"), "CSV-04"),
        (b"", "CSV-03"),
        (_file('"open'), "CSV-02"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(raw: bytes, rule: str) -> None:
    with pytest.raises(RuleError) as refusal:
        carefile.lines(raw)
    assert refusal.value.code == rule


def test_columns_in_any_order_with_commas_and_others_between() -> None:
    raw = b"soort,naam,plaatsing,wet,begindatum_zorg\nSTART,'=x,900000001,JW,2026-03-02\n"
    [line] = carefile.lines(raw)
    assert line.said == Report("", "jw", 900000001, date(2026, 3, 2))


# Handing in


def test_a_dry_run_says_it_and_changes_nothing(system: Scope) -> None:
    world, placement = _world(system)
    raw = _file(f";jw;{placement.number};start;02-03-2026;;", ";jw;1;start;02-03-2026;;")
    outcome = carefiles.dry_run(scope=_provider(world), raw=raw)
    assert (outcome.taken, [(line.number, one.rule) for line, one in outcome.refused]) == (
        1,
        [(3, "CSV-20")],
    )
    become(world.system)
    assert not DeliveryStart.objects.exists()
    assert not CareFile.objects.exists()


def test_good_rows_go_on_and_wrong_rows_are_kept(system: Scope) -> None:
    world, placement = _world(system)
    number = placement.number
    raw = _file(
        f";jw;{number};stop;02-03-2026;10-03-2026;99",
        f";jw;{number};start;02-03-2026;;",
        f";jw;{number};stop;05-03-2026;10-03-2026;31",
        f";jw;{number};start;02-03-2027;;",
    )
    row = carefiles.hand_in(scope=_provider(world), raw=raw, source=CareFile.Source.PORTAL)
    kept = RefusedRow.objects.filter(file=row).values_list("line", "column", "rule")
    assert list(kept) == [
        (2, "reden", "CSV-15"),
        (4, "begindatum_zorg", "TR382"),
        (5, "begindatum_zorg", "LEV-03"),
    ]
    assert row.taken_count == 1
    again = carefiles.hand_in(
        scope=_provider(world),
        raw=_file(f";jw;{number};start;02-03-2026;;"),
        source=CareFile.Source.PORTAL,
    )
    assert (again.taken_count, again.known_count, again.refused_count) == (0, 1, 0)


def test_nobody_reports_for_another(system: Scope) -> None:
    world, placement = _world(system)
    raw = _file(f";jw;{placement.number};start;02-03-2026;;")
    other = become(world.at(Role.SUBCONTRACTOR_USER, world.trajectory))
    [(_line, fault)] = carefiles.dry_run(scope=other, raw=raw).refused
    assert fault.rule == "CSV-20"
    with pytest.raises(NotAllowedError):
        carefiles.dry_run(scope=become(world.at(Role.CARE_COORDINATOR)), raw=raw)


# The page


def _rows(answer: Any) -> list[dict[str, str]]:
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = raw.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_what_is_new_or_changed_is_downloaded_once(system: Scope, browse: Browse) -> None:
    world, placement = _world(system)
    become(world.system)
    Person.objects.filter(pk=placement.client_id).update(surname="=1+1")
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    made = browser.post(reverse("placement_file_new"))
    [row] = _rows(browser.get(made["Location"]))
    assert list(row) == [column.header for column in PLACEMENTS]
    assert (row["plaatsing"], row["achternaam"]) == (str(placement.number), "'=1+1")
    become(world.system)
    assert AccessRecord.objects.filter(purpose="placement_file.downloaded").exists()
    second = browser.post(reverse("placement_file_new"))
    assert _rows(browser.get(second["Location"])) == []
    become(world.system)
    factories.place(world, factories.allocate(world, at=timezone.now()), at=timezone.now())
    third = browser.post(reverse("placement_file_new"))
    assert len(_rows(browser.get(third["Location"]))) == 1
    # A download that went wrong is taken again.
    assert len(_rows(browser.get(made["Location"]))) == 1


def test_a_sealed_client_and_who_was_taken_back_are_not_told(system: Scope, browse: Browse) -> None:
    world, placement = _world(system)
    sealed = factories.place(world, factories.allocate(world))
    become(world.system)
    Person.objects.filter(pk=sealed.client_id).update(is_sealed=True)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    first = browser.post(reverse("placement_file_new"))
    [row] = _rows(browser.get(first["Location"]))
    assert row["bsn"]
    become(world.system)
    placements.withdraw(
        scope=factories.moved(world.system, timezone.now()), placement=placement, reason="Elders"
    )
    second = browser.post(reverse("placement_file_new"))
    [row] = _rows(browser.get(second["Location"]))
    assert (row["status"], row["bsn"], row["achternaam"]) == ("withdrawn", "", "")


def test_a_file_goes_in_on_the_page_and_its_wrong_rows_come_out(
    system: Scope, browse: Browse
) -> None:
    world, placement = _world(system)
    raw = _file(f";jw;{placement.number};start;02-03-2026;;", ";jw;1;start;02-03-2026;;")
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    url = reverse("care_file_list")
    dry = browser.post(url, {"file": SimpleUploadedFile("in.csv", raw), "check": ""})
    assert dry.context["outcome"].taken == 1
    browser.post(url, {"file": SimpleUploadedFile("in.csv", raw), "hand_in": ""})
    become(world.system)
    assert placement.starts.count() == 1
    file = CareFile.objects.get()
    page = browser.get(url)
    assert reverse("care_file_refused", args=[file.pk]).encode() in page.content
    [row] = _rows(browser.get(reverse("care_file_refused", args=[file.pk])))
    assert (row["plaatsing"], row["rij"], row["kolom"], row["regel"]) == (
        *("1", "3", "plaatsing"),
        "CSV-20",
    )
    other = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    assert other.get(reverse("care_file_refused", args=[file.pk])).status_code == 404


# The mailbox


def test_software_takes_and_hands_in_the_same_files(system: Scope) -> None:
    world, placement = _world(system)
    become(world.system)
    person = world.at(Role.SUBCONTRACTOR_ADMIN, world.pxq)
    Membership.objects.create(
        user_id=person.user_id,
        role=Role.SUBCONTRACTOR_ADMIN,
        organisation=world.pxq.organisation,
        started_at=factories.NOW,
    )
    ApiToken.objects.create(
        organisation=world.pxq.organisation,
        label="software",
        token_hash=hashlib.sha256(b"secret-of-software").digest(),
        created_by_id=person.user_id,
        created_at=timezone.now(),
    )
    client, key = Client(), {"Authorization": "Bearer secret-of-software"}
    [row] = _rows(client.get(reverse("mailbox_placements"), headers=key))
    assert row["plaatsing"] == str(placement.number)
    later = {"sinds": timezone.now().isoformat()}
    assert _rows(client.get(reverse("mailbox_placements"), later, headers=key)) == []
    wrong = client.get(reverse("mailbox_placements"), {"sinds": "gisteren"}, headers=key)
    assert wrong.status_code == 400
    raw = _file(f";jw;{placement.number};start;02-03-2026;;", ";jw;1;start;02-03-2026;;")
    url = reverse("mailbox_reports")
    dry = client.post(f"{url}?proef=1", raw, content_type="text/csv", headers=key)
    assert (dry.status_code, dry.json()["taken"]) == (200, 1)
    become(world.system)
    assert not placement.starts.exists()
    done = client.post(url, raw, content_type="text/csv", headers=key)
    assert done.status_code == 201
    assert [(one["row"], one["rule"]) for one in done.json()["refused"]] == [(3, "CSV-20")]
    become(world.system)
    assert placement.starts.count() == 1
    assert client.post(url, b"x", content_type="text/csv", headers=key).status_code == 422
