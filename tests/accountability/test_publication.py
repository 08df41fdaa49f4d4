"""From draft to release: protection, four eyes, and that nothing changes afterwards."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from hoofdaannemer.accountability import documents, selectors, services, stored, worklist
from hoofdaannemer.accountability.disclosure import ReleasedTable, attack
from hoofdaannemer.accountability.models import (
    Release,
    ReleaseFile,
    ReleaseTable,
    Report,
    ReportTable,
)
from hoofdaannemer.accountability.tasks import sweep_reports
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import parse_period
from hoofdaannemer.core.scope import Role
from subcontracts.models import DeliveryStart
from tests.accountability.build import (
    FIRST,
    LATER,
    drafted,
    in_care,
    moment,
    published,
    region,
    somebody,
)
from tests.conftest import become
from tests.factories import World

ROLES = [Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER]


def place_of(cell: documents.PublishedCell) -> str:
    """Municipality and product, such as `0307/*`."""
    return "/".join(cell["keys"].get(name, "") for name in ("municipality", "product"))


def shown_cells(report: Report) -> dict[tuple[str, str, str, str], documents.PublishedCell]:
    """Published cells of all releases by municipality that reads, table, place and measure."""
    return {
        (r.municipality.code, t.code, place_of(c), c["measure"]): c
        for r in Release.objects.filter(report=report).select_related("municipality")
        for t in r.tables.all()
        for c in t.cells
    }


def test_small_numbers_are_hidden_and_cannot_be_computed_back(chain: World) -> None:
    region(chain)
    report = published(chain)
    cells = shown_cells(report)
    assert cells["0307", "zorg", "0307/*", "clients"]["value"] == "30"
    small = cells["0307", "zorg", "0307/54001", "clients"]
    assert (small["value"], small["suppressed"]) == (None, True)
    # The total minus its neighbour would give it away, so that is hidden too.
    assert cells["0307", "zorg", "0307/45A04", "clients"]["suppressed"]
    tables = [stored.table_from_dict(t.content) for t in report.tables.all()]
    findings = attack(tables)
    assert findings
    assert not [finding for finding in findings if finding.is_exposed]
    assert report.attack["exposed"] == 0
    assert report.attack["sensitive"] > 0


def test_nothing_exact_leaves_with_a_release(chain: World) -> None:
    region(chain)
    report = published(chain)
    for table in ReleaseTable.objects.filter(release__report=report):
        for cell in table.cells:
            assert set(cell) == {"keys", "measure", "value", "suppressed"}
            if cell["measure"] == "clients" and cell["value"] is not None:
                assert Decimal(cell["value"]) % 5 == 0


def test_a_municipality_gets_its_own_and_the_whole_only(chain: World) -> None:
    region(chain)
    cells = shown_cells(published(chain))
    of_first = {place.split("/")[0] for own, table, place, _m in cells if own == "0307"}
    assert of_first == {"0307", "*", ""}


def test_four_eyes(chain: World) -> None:
    region(chain)
    maker = somebody(chain, Role.CONTRACT_MANAGER)
    report = drafted(chain, maker)
    with pytest.raises(RuleError) as refusal:
        services.review(scope=maker, report=report)
    assert refusal.value.code == "ACC-03"
    with pytest.raises(ConflictError):
        services.publish(scope=maker, report=report)
    services.review(scope=somebody(chain, Role.CONTRACT_MANAGER), report=report)
    services.publish(scope=maker, report=report)
    report.refresh_from_db()
    assert report.status == Report.Status.PUBLISHED
    assert report.reviewed_by_id != report.built_by_id


def test_the_database_knows_four_eyes_too(chain: World) -> None:
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    with pytest.raises(IntegrityError, match="report_four_eyes"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(reviewed_by=report.built_by_id)


@pytest.mark.parametrize("role", [r for r in Role if r not in {*ROLES, Role.SYSTEM}])
def test_other_roles_neither_see_nor_judge(chain: World, role: Role) -> None:
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    scope = chain.at(role)
    become(scope)
    assert not Report.objects.visible_to(scope).exists()
    with pytest.raises((NotAllowedError, Report.DoesNotExist)):
        services.review(scope=scope, report=report)


@pytest.mark.parametrize("role", [Role.CONTROLLER, Role.QUALITY_OFFICER])
def test_only_a_contract_manager_makes_and_publishes(chain: World, role: Role) -> None:
    scope = somebody(chain, role)
    with pytest.raises(NotAllowedError):
        services.ask_report(scope=scope, contract=chain.youth, period=FIRST)
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    services.review(scope=scope, report=report)
    with pytest.raises(NotAllowedError):
        services.publish(scope=scope, report=report)


@pytest.mark.parametrize("model", [Release, ReleaseTable, ReleaseFile, ReportTable])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_what_is_published_cannot_be_changed(chain: World, model: type, verb: str) -> None:
    published(chain)
    rows = model.objects.all()  # type: ignore[attr-defined]
    assert rows.exists()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        if verb == "update":
            rows.update(main_contractor=chain.main)
        else:
            rows._raw_delete("default")


def test_files_are_those_of_the_release(chain: World) -> None:
    region(chain)
    report = published(chain)
    for file in ReleaseFile.objects.filter(release__report=report):
        assert hashlib.sha256(bytes(file.content)).hexdigest() == file.sha256
    kinds = ReleaseFile.objects.filter(release__report=report).values_list("kind", flat=True)
    assert sorted(kinds) == ["pdf", "pdf", "xlsx", "xlsx"]


def test_the_same_moment_gives_the_same_figures_after_later_facts(chain: World) -> None:
    region(chain)
    maker = somebody(chain, Role.CONTRACT_MANAGER)
    first = drafted(chain, maker)
    services.send_back(scope=maker, report=first, note="nog een keer")
    in_care(chain, 30, begin=date(2026, 2, 2), recorded=LATER + timedelta(days=1))
    later = maker.moved_to(LATER + timedelta(days=2))
    again = drafted(chain, later, as_known_on=first.as_known_on)
    assert (again.version, again.input_hash) == (2, first.input_hash)
    services.send_back(scope=maker, report=again, note="nu met alles")
    newest = drafted(chain, later)
    assert newest.input_hash != first.input_hash


def test_a_correction_is_a_new_version_that_says_what_changed(chain: World) -> None:
    region(chain)
    first = published(chain)
    in_care(chain, 40, begin=date(2025, 11, 3), recorded=LATER + timedelta(days=1))
    maker = somebody(chain, Role.CONTRACT_MANAGER, LATER + timedelta(days=2))
    second = drafted(chain, maker)
    assert (second.version, second.replaces_id) == (2, first.pk)
    reviewer = somebody(chain, Role.CONTROLLER, LATER + timedelta(days=2))
    coming = selectors.coming_changes(reviewer, second, "0307")
    assert ("30", "70") in {(row["before"], row["after"]) for row in coming}
    services.review(scope=reviewer, report=second)
    services.publish(scope=maker, report=second)
    release = Release.objects.get(report=second, municipality=chain.municipality)
    assert release.replaces and release.replaces.report_id == first.pk
    changed = {
        (c["table"], c["measure"], c["keys"]["product"]): c
        for c in release.changes
        if c["keys"].get("municipality") == "0307"
    }
    assert changed["zorg", "clients", "*"]["old"] == "30"
    assert changed["zorg", "clients", "*"]["new"] == "70"
    assert selectors.changed_rows(release) == coming
    # What a reader who keeps both versions knows.
    before = [ReleasedTable("1", stored.table_from_dict(t.content)) for t in first.tables.all()]
    now = [stored.table_from_dict(t.content) for t in second.tables.all()]
    assert not [finding for finding in attack(now, before) if finding.is_exposed]


def test_a_correction_that_gives_people_away_is_not_made(chain: World) -> None:
    in_care(chain, 12)
    in_care(chain, 30, municipality=chain.other_municipality)
    published(chain)
    # Whoever read "10" and learns that a few were too many knows that less than ten are left.
    own = DeliveryStart.objects.filter(placement__allocation__municipality=chain.municipality)
    for start in own.order_by("pk")[:3]:
        start.withdrawn_at = LATER + timedelta(days=1)
        start.save()
    maker = somebody(chain, Role.CONTRACT_MANAGER, LATER + timedelta(days=2))
    report = services.build_report(scope=maker, contract=chain.youth, period=FIRST)
    assert report.status == Report.Status.FAILED
    assert "ACC-01" in report.problem
    assert not report.tables.exists()


def test_one_version_at_a_time(chain: World) -> None:
    maker = somebody(chain, Role.CONTRACT_MANAGER)
    services.ask_report(scope=maker, contract=chain.youth, period=FIRST)
    with pytest.raises(ConflictError):
        services.ask_report(scope=maker, contract=chain.youth, period=FIRST)


def test_whole_quarters_of_own_contracts(chain: World) -> None:
    maker = somebody(chain, Role.CONTRACT_MANAGER)
    with pytest.raises(RuleError) as refusal:
        services.ask_report(scope=maker, contract=chain.youth, period=parse_period("2026-03"))
    assert refusal.value.code == "ACC-02"
    chain.youth.main_contractor_id += 1
    with pytest.raises(NotAllowedError):
        services.ask_report(scope=maker, contract=chain.youth, period=FIRST)


def test_the_sweep_builds_what_waits_and_what_a_crash_left(chain: World) -> None:
    maker = somebody(chain, Role.CONTRACT_MANAGER)
    waiting = services.ask_report(scope=maker, contract=chain.youth, period=FIRST)
    left = services.ask_report(scope=maker, contract=chain.wmo, period=FIRST)
    assert services.claim(scope=chain.system, report_id=left.pk)
    sweep_reports()
    for report in (waiting, left):
        report.refresh_from_db()
        assert report.status == Report.Status.DRAFT
    assert left.attempts == 2
    sweep_reports()
    assert report.tables.count() == 4


def test_after_three_attempts_a_person_looks(chain: World) -> None:
    report = services.ask_report(
        scope=somebody(chain, Role.CONTRACT_MANAGER), contract=chain.youth, period=FIRST
    )
    for _attempt in range(3):
        assert services.claim(scope=chain.system, report_id=report.pk)
    assert not services.claim(scope=chain.system, report_id=report.pk)
    report.refresh_from_db()
    assert report.status == Report.Status.FAILED
    assert report.problem


def test_the_explanation_is_part_of_what_is_reviewed(chain: World) -> None:
    maker = somebody(chain, Role.CONTRACT_MANAGER)
    report = drafted(chain, maker)
    services.explain(scope=maker, report=report, narrative="Het liep goed.")
    services.review(scope=somebody(chain, Role.CONTROLLER), report=report)
    with pytest.raises(ConflictError):
        services.explain(scope=maker, report=report, narrative="Anders.")
    services.publish(scope=maker, report=report)
    assert set(Release.objects.values_list("narrative", flat=True)) == {"Het liep goed."}


def test_only_the_maker_explains(chain: World) -> None:
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    with pytest.raises(RuleError) as refusal:
        services.explain(
            scope=somebody(chain, Role.CONTRACT_MANAGER), report=report, narrative="Van mij."
        )
    assert refusal.value.code == "ACC-06"


def test_the_check_mark_rests_on_what_is_shown_alone(chain: World) -> None:
    region(chain)
    report = published(chain)
    for release in Release.objects.filter(report=report):
        shown = {table.code: table.cells for table in release.tables.all()}
        assert documents.fingerprint(report, shown) == release.fingerprint


def test_sending_back_takes_a_reason(chain: World) -> None:
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    reviewer = somebody(chain, Role.QUALITY_OFFICER)
    with pytest.raises(RuleError) as refusal:
        services.send_back(scope=reviewer, report=report, note=" ")
    assert refusal.value.code == "ACC-05"


def test_work_lists(chain: World) -> None:
    maker, reviewer = somebody(chain, Role.CONTRACT_MANAGER), somebody(chain, Role.CONTROLLER)
    report = drafted(chain, maker)
    assert list(worklist.items(maker)) == []
    assert [item.url for item in worklist.items(reviewer)] == [f"/rapportages/{report.pk}/"]
    services.review(scope=reviewer, report=report)
    assert len(list(worklist.items(maker))) == 1
    assert list(worklist.items(reviewer)) == []
    assert list(worklist.items(somebody(chain, Role.ADMINISTRATOR))) == []


def test_every_status_leads_only_where_the_table_says() -> None:
    assert set(Report.TRANSITIONS) == set(Report.Status)
    assert all(follow <= set(Report.Status) for follow in Report.TRANSITIONS.values())
    assert {s for s, follow in Report.TRANSITIONS.items() if follow} == set(Report.OPEN)


def test_stored_tables_come_back_the_same(chain: World) -> None:
    region(chain)
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    for table in report.tables.all():
        assert stored.table_as_dict(stored.table_from_dict(table.content)) == table.content
    assert moment(date(2026, 1, 1)) < report.as_known_on
