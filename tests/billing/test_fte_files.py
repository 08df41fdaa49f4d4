"""FTE reports from a file: checked per cell, taken over, mended and handed in again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from billing.models import ColumnMapping, FteReport
from billing.rules.filecolumns import Field, Layout
from billing.rules.ftefile import FteField, FteLayout, guess, read
from billing.services import column_mappings, fte, fte_files
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.sheets import Line, Sheet
from tests.billing.balans import Office
from tests.billing.build import JANUARY, moment
from tests.billing.sheetfiles import csv_file
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, professional, world

HEADS = ["Naam", "FTE", "Uren", "Team"]
LAYOUT = guess(HEADS, [])


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def draft(chain: World, **people: str) -> FteReport:
    """Of January, with these people in service and their FTE in it."""
    scope = chain.system.moved_to(moment(date(2026, 2, 4)))
    report = fte.open_report(scope=scope, funding_line=chain.fte.line, month=JANUARY)
    known = {professional(scope, chain.fte, name).pk: D(told) for name, told in people.items()}
    return fte.save(scope=scope, report=report, rows=known)


def provider(chain: World) -> Scope:
    return become(chain.at(Role.SUBCONTRACTOR_USER, chain.fte, at=moment(date(2026, 2, 4))))


def told(report: FteReport) -> dict[str, D]:
    rows = report.rows.select_related("professional")
    return {row.professional.name: row.fte for row in rows}


def faults(*cells: object, heads: list[str] | None = None) -> list[tuple[str, str]]:
    """Field and rule of everything that is wrong with a row."""
    heads = heads or HEADS
    line = Line(2, [str(cell) for cell in cells])
    _said, found = read(line, heads, guess(heads, []), Month(2026, 1))
    return [(str(one.field), one.rule) for one in found]


def test_each_wrong_cell_is_named_with_its_rule() -> None:
    assert faults("Noor", "0,85", "120", "Noord") == []
    assert faults("Noor", "1,6", "veel", "") == [("fte", "BIL-253"), ("hours", "BIL-253")]
    assert faults("", "0,5", "", "") == [("name", "BIL-251")]
    assert faults("Noor", "0,8555", "-3", "x" * 61) == [
        ("fte", "BIL-253"),
        ("hours", "BIL-253"),
        ("area", "BIL-253"),
    ]
    heads = ["Personeelsnummer", "FTE", "Maand"]
    assert faults("P1", "1", "februari 2026", heads=heads) == [("month", "BIL-255")]
    assert faults("P1", "1", "jan-26", heads=heads) == []


def test_columns_are_guessed_and_say_enough_or_not() -> None:
    # Eight hundred FTE is nobody: the point stands before the decimals.
    lines = [Line(2, ["Noor", "0.800"])]
    found = guess(["Medewerker", "Inzet (FTE)"], lines)
    assert found.columns == {FteField.NAME: "Medewerker", FteField.FTE: "Inzet (FTE)"}
    assert found.has_point
    assert not FteLayout({FteField.FTE: "FTE"}).is_enough


def test_good_rows_are_taken_over_and_the_mended_one_follows(chain: World) -> None:
    report = draft(chain, Noor="1.0", Sem="0.5", Bo="0.4")
    scope = provider(chain)
    rows = [["noor", "0,8", "110", "Noord"], ["SEM", "2", "", ""], ["Wie is dit", "1", "", ""]]
    sheet = fte_files.sheet_of(csv_file([HEADS, *rows]))
    ask = {"scope": scope, "report": report, "sheet": sheet, "layout": LAYOUT}
    found = fte_files.check(**ask)
    assert [(line.number, fault.rule) for line, fault in found.faults] == [
        (3, "BIL-253"),
        (4, "BIL-251"),
    ]
    took = {"scope": scope, "report": report, "layout": LAYOUT}
    with pytest.raises(RuleError, match="BIL-256"):
        fte_files.take(**took, outcome=found)
    assert told(report) == {"Noor": D(1), "Sem": D("0.5"), "Bo": D("0.4")}
    fte_files.take(**took, outcome=found, leave_out=True)
    # Who is not in it, or stands in a row that is wrong, stays as it was.
    assert told(report) == {"Noor": D("0.8"), "Sem": D("0.5"), "Bo": D("0.4")}
    mended = fte_files.sheet_of(csv_file([HEADS, ["Sem", "0,9", "", ""], ["Bo", "0", "", ""]]))
    fte_files.take(**took, outcome=fte_files.check(**{**ask, "sheet": mended}))
    assert told(report) == {"Noor": D("0.8"), "Sem": D("0.9")}


def test_nobody_is_guessed(chain: World) -> None:
    report = draft(chain, Noor="1.0")
    professional(chain.system, chain.fte, "Noor")
    professional(chain.system, chain.pxq, "Sem")
    scope = provider(chain)
    rows = [["Noor", "1", "", ""], ["Sem", "1", "", ""]]
    sheet = fte_files.sheet_of(csv_file([HEADS, *rows]))
    found = fte_files.check(scope=scope, report=report, sheet=sheet, layout=LAYOUT)
    # Two have the name; and somebody of another organisation is not there.
    assert [fault.rule for _line, fault in found.faults] == ["BIL-252", "BIL-251"]
    numbers = [
        [one.reference, "0,5"] for one in (*[row.professional for row in report.rows.all()],) * 2
    ]
    twice = fte_files.sheet_of(csv_file([["Personeelsnummer", "FTE"], *numbers]))
    layout = guess(twice.heads, twice.lines)
    ask = {"scope": scope, "report": report, "layout": layout}
    none_right = fte_files.check(**ask, sheet=twice)
    with pytest.raises(RuleError, match="BIL-257"):
        fte_files.take(**ask, outcome=none_right, leave_out=True)


def test_a_file_without_usual_headings_is_pointed_out_once(chain: World) -> None:
    report = draft(chain, Noor="1.0")
    as_system()
    browser = visitor(chain, Role.SUBCONTRACTOR_USER, chain.fte)
    page = reverse("fte_report_file", args=[report.pk])
    assert browser.get(page).status_code == 200

    def upload() -> SimpleUploadedFile:
        return SimpleUploadedFile("inzet.csv", csv_file([["Kolom A", "Kolom B"], ["Noor", "0,7"]]))

    first = browser.post(page, {"file": upload(), "check": ""})
    assert "BIL-250" in first.content.decode()
    carried = first.context["carried"]
    chosen = {"column_name": "Kolom A", "column_fte": "Kolom B", "decimals": "comma"}
    taken = browser.post(page, {"carried": carried, "take": "", **chosen})
    assert taken.status_code == 302, taken.content.decode()
    as_system()
    assert told(report) == {"Noor": D("0.7")}
    assert ColumnMapping.objects.of_declarations().count() == 0
    again = browser.post(page, {"file": upload(), "check": ""})
    assert len(again.context["right"]["rows"]) == 1
    # Another report carries no file of this one.
    assert "Kies het bestand" in browser.post(page, {"carried": "x" + carried}).content.decode()


def test_rows_to_mend_come_back_as_a_file(chain: World) -> None:
    report = draft(chain, Noor="1.0")
    as_system()
    browser = visitor(chain, Role.SUBCONTRACTOR_USER, chain.fte)
    page = reverse("fte_report_file", args=[report.pk])
    file = SimpleUploadedFile("inzet.csv", csv_file([HEADS, ["Noor", "0,7"], ["Sem", "9"]]))
    answer = browser.post(page, {"file": file, "wrong": ""})
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Naam", "Sem"]
    assert "BIL-253" in str(rows[1][-1])
    template = browser.get(reverse("fte_report_template", args=[report.pk]))
    assert template.status_code == 200
    assert browser.get(reverse("declaration_list")).status_code == 200
    assert browser.get(reverse("column_mapping_list")).status_code == 200


def test_remembered_columns_are_seen_changed_and_forgotten_by_their_owner(chain: World) -> None:
    """Those of declarations stand elsewhere, and nobody else's are there."""
    heads = ("Wie", "Hoeveel", "Meer")
    mine = column_mappings.remember_fte(
        scope=provider(chain),
        heads=heads,
        layout=FteLayout({FteField.NAME: "Wie", FteField.FTE: "Hoeveel"}),
    )
    other = column_mappings.remember(
        scope=provider(chain),
        heads=("Plaatsing", "Maand"),
        layout=Layout({Field.NUMBER: "Plaatsing", Field.MONTH: "Maand"}),
    )
    as_system()
    browser = visitor(chain, Role.SUBCONTRACTOR_USER, chain.fte)
    listed = browser.get(reverse("fte_columns_list"))
    assert [row.record for row in listed.context["table"].paginated_rows] == [mine]
    change = reverse("fte_columns_change", args=[mine.pk])
    form = browser.get(change).context["form"]
    chosen = {name: field.initial or "" for name, field in form.fields.items()}
    assert chosen["column_fte"] == "Hoeveel"
    twice = browser.post(change, chosen | {"column_fte": "Wie"})
    assert "BIL-250" in twice.content.decode()
    browser.post(change, chosen | {"column_fte": "Meer", "decimals": "point"})
    as_system()
    layout = fte_files.layout_of(provider(chain), Sheet(heads, []))
    assert layout == FteLayout({FteField.NAME: "Wie", FteField.FTE: "Meer"}, has_point=True)
    as_system()
    assert browser.get(reverse("fte_columns_change", args=[other.pk])).status_code == 404
    assert browser.get(reverse("column_mapping_forget", args=[mine.pk])).status_code == 404
    stranger = visitor(chain, Role.SUBCONTRACTOR_ADMIN, chain.pxq)
    assert stranger.get(change).status_code == 404
    as_system()
    browser.post(reverse("fte_columns_forget", args=[mine.pk]))
    as_system()
    assert list(ColumnMapping.objects.all()) == [other]


def test_an_office_changes_columns_where_its_mandate_covers_fte(chain: World) -> None:
    office = Office(chain)
    mandate = office.held(chain.fte, Subject.FTE)
    scope = office.acting(mandate)
    layout = FteLayout({FteField.NAME: "Wie", FteField.FTE: "Hoeveel"})
    mapping = column_mappings.remember_fte(scope=scope, heads=("Wie", "Hoeveel"), layout=layout)
    browser = office.browser()
    browser.post(reverse("office_mandate_act", args=[mandate.pk]))
    assert browser.get(reverse("fte_columns_change", args=[mapping.pk])).status_code == 200
    assert browser.get(reverse("column_mapping_list")).status_code == 403
    browser.post(reverse("fte_columns_forget", args=[mapping.pk]))
    as_system()
    assert not ColumnMapping.objects.exists()
    deleted = ChangeRecord.objects.get(verb="column_mapping.deleted")
    assert deleted.mandate == mandate.pk
