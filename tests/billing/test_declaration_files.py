"""Declarations as CSV or Excel: read as they come, judged as a 323, mended by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from billing import declaration_file_books as books
from billing.models import ColumnMapping, Declaration, DeclarationFile, DeclaredLine
from billing.models.declaration_files import MOST_ATTEMPTS
from billing.rules.filecolumns import Field, Layout
from billing.services import column_mappings, declaration_files, file_checking, file_terms
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.background import LEFT_BEHIND
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.build import declare, placement, priced
from tests.billing.sheetfiles import checked, csv_file, sender, workbook
from tests.billing.visitors import as_system, visitor
from tests.factories import World, world

ENDED = Month.of(timezone.localdate()).previous()
HEADS = ("Toewijzingsnummer", "Van", "Tot", "Uren", "Bedrag", "Referentie")


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def found(row: DeclarationFile) -> list[tuple[int, str, str, str]]:
    return list(row.findings.values_list("kind", "line", "column", "rule"))


def test_a_file_is_judged_and_handed_in_as_a_declaration(chain: World) -> None:
    good, too_much = placement(chain), placement(chain)
    raw = csv_file(
        [
            ["Uitdraai januari"],
            [],
            HEADS,
            [good.number, "01-01-2026", "31-01-2026", "3", "€ 198,00", "A1"],
            [],
            [too_much.number, "01-01-2026", "31-01-2026", "1.000,00", "66.000,00", "A2"],
        ],
        encoding="cp1252",
    )
    row = checked(chain, raw)
    assert (row.status, row.good_count, row.rejected_count) == ("checked", 2, 1)
    assert (row.submitted, row.granted) == (Decimal("66198.00"), Decimal("198.00"))
    assert ("rejected", 6, "", "TR321") in found(row)
    assert not Declaration.objects.exists()
    scope = sender(chain)
    declaration_files.send(scope=scope, file=row)
    sent = file_checking.take_up(scope=scopes.system(), file_id=row.pk)
    declaration = Declaration.objects.get()
    assert (sent.status, declaration.file, declaration.source) == ("sent", row, "file")
    assert (declaration.granted, declaration.month) == (Decimal("198.00"), date(2026, 1, 1))
    assert [line.reference for line in declaration.lines.filter(is_approved=True)] == ["A1"]
    assert declaration_files.raw_of(DeclarationFile.objects.get()) == raw
    with pytest.raises(RuleError, match="BIL-154"):
        declaration_files.discard(scope=scope, file=sent)
    # The next month's file goes straight to its dry run, and says what was declared before.
    again = checked(chain, raw)
    assert ("rejected", 4, "", "TR314") in found(again)
    declaration_files.discard(scope=scope, file=again)
    assert DeclarationFile.objects.get() == row


def hand_in(world: World, row: DeclarationFile, *, leave_out: bool = False) -> DeclarationFile:
    scope = sender(world)
    declaration_files.send(scope=scope, file=row, leave_out=leave_out)
    return file_checking.work(scope=scope, file_id=row.pk)


def test_a_line_is_corrected_by_a_credit_and_a_new_line(chain: World) -> None:
    first, second, third = placement(chain), placement(chain), placement(chain)
    declare(
        chain,
        *(priced(one, 2, reference=ref) for one, ref in ((first, "A1"), (second, "B1"))),
        priced(third, 2, reference="C1"),
    )
    heads = ("Plaatsing", "Maand", "Uren", "Kenmerk", "Credit", "Creditvan")
    raw = csv_file(
        [
            heads,
            # One says only which line is taken back, the other repeats it with its reference.
            [first.number, "2026-01", "", "A2", "", "A1"],
            [first.number, "jan-26", "4", "A3", "", ""],
            [second.number, "01-2026", "-2", "B1", "C", ""],
            # Without a credit a second line for the month is told how to go about it.
            [third.number, "2026-01", "5", "C1", "", ""],
            # And a line may not take the place of the one that it credits.
            [third.number, "2026-02", "5", "A1", "", ""],
        ]
    )
    row = checked(chain, raw.rpartition(b"\r\n%d" % third.number)[0])
    texts = {one.rule: one.text for one in row.findings.all()}
    assert texts.keys() == {"TR314", "TR389"}
    assert all("credit" in text for text in texts.values())
    wrong = checked(chain, raw)
    assert ("unreadable", 2, "Creditvan", "TR316") in found(wrong)
    assert hand_in(chain, row).rejected_count == 1
    standing = DeclaredLine.objects.approved().filter(is_credit=False, is_credited=False)
    assert {(line.reference, line.volume) for line in standing} == {("A3", 4), ("C1", 2)}
    taken_back = DeclaredLine.objects.approved().filter(is_credit=True).order_by("line")
    assert [line.previous_reference for line in taken_back] == ["A1", "B1"]


def test_rows_that_cannot_be_read_are_mended_or_left_out(chain: World) -> None:
    good, other = placement(chain), placement(chain, chain.fte, chain.products["support"])
    born = good.client.birth_date
    heads = ("Plaatsing", "Maand", "Uren", "Geboortedatum", "Naam")
    raw = csv_file(
        [
            heads,
            [good.number, "2026-01", "3", born, "Jansen, A.B."],
            [good.number, "2026-01", "3", "2001-02-03", ""],
            [good.number, "2026-01", "3", "", "Pietersen"],
            [other.number, "2026-01", "3", "", ""],
            [good.number, "2099-01", "3", "", ""],
            [good.number, "2026-01", "1", "", ""],
        ]
    )
    row = checked(chain, raw)
    assert [(line, column, rule) for kind, line, column, rule in found(row)] == [
        (3, "Geboortedatum", "BIL-152"),
        (4, "Naam", "BIL-152"),
        (5, "Plaatsing", "BIL-151"),
        (6, "Maand", "BIL-153"),
        (7, "", "TR416"),
    ]
    scope = sender(chain)
    with pytest.raises(RuleError, match="BIL-156"):
        declaration_files.send(scope=scope, file=row)
    sheet = declaration_files.table_of(raw)
    content, _media = books.to_mend(sheet, list(row.findings.all()), "csv")
    assert content.decode().count("\r\n") == 6
    assert hand_in(chain, row, leave_out=True).good_count == 1
    assert DeclaredLine.objects.get().placement == good
    # Mended it goes straight to its dry run: what we added to it changes nothing.
    mended = content.replace(b"2099-01", b"2026-02")
    again = declaration_files.upload(scope=scope, raw=mended, name="hersteld.csv")
    assert again.status == "checking"
    again = file_checking.work(scope=scope, file_id=again.pk)
    assert (again.good_count, again.wrong_count) == (2, 3)


def test_the_number_of_the_allocation_does_as_well(chain: World) -> None:
    """Also where it was divided over two placements, one after the other."""
    first = placement(chain, end=date(2026, 1, 31))
    second = placement(chain, start=date(2026, 2, 1), client=first.client)
    second.allocation = first.allocation
    second.save(update_fields=["allocation"])
    number = first.allocation.number
    raw = csv_file(
        [("Toewijzing", "Maand", "Uren"), *[[number, f"2026-0{m}", "3"] for m in (1, 2)]]
    )
    row = checked(chain, raw)
    assert (found(row), row.good_count) == ([], 2)
    hand_in(chain, row)
    assert set(DeclaredLine.objects.values_list("placement", flat=True)) == {first.pk, second.pk}


def test_numbers_that_cannot_be_meant_are_refused_as_a_whole(chain: World) -> None:
    heads = ("Plaatsing", "Maand", "Uren", "Bedrag")
    huge = [placement(chain).number, "2026-01", "99999999", ""]
    row = checked(
        chain, csv_file([heads, huge, *[[*huge[:1], f"2026-0{m}", *huge[2:]] for m in (2, 3)]])
    )
    assert "BIL-158" in row.problem
    assert row.status == "mapping"


def test_columns_are_remembered_changed_and_forgotten(chain: World) -> None:
    scope = sender(chain)
    raw = csv_file([("nr", "mnd", "uur"), [placement(chain).number, "2026-01", "3"]])
    row = declaration_files.upload(scope=scope, raw=raw, name="eigen.csv")
    assert row.status == "mapping"
    for columns, rule in (
        ({Field.NUMBER: "nr"}, "BIL-141"),
        ({Field.NUMBER: "nr", Field.MONTH: "nr"}, "BIL-142"),
        ({Field.NUMBER: "nr", Field.MONTH: "maand"}, "BIL-142"),
    ):
        with pytest.raises(RuleError, match=rule):
            declaration_files.point_out(scope=scope, file=row, layout=Layout(columns))
    with pytest.raises(RuleError, match="BIL-157"):
        declaration_files.send(scope=scope, file=row)
    layout = Layout({Field.NUMBER: "nr", Field.MONTH: "mnd", Field.VOLUME: "uur"})
    assert checked(chain, raw, layout=layout).good_count == 1
    assert checked(chain, raw.replace(b"nr", b"NR")).good_count == 1
    # Another organisation writes its files in its own way.
    other = chain.at(Role.SUBCONTRACTOR_USER, chain.trajectory)
    assert column_mappings.recall(other, ("nr", "mnd", "uur")) is None
    column_mappings.forget(scope=scope, mapping=ColumnMapping.objects.get())
    again = declaration_files.upload(scope=scope, raw=raw, name="eigen.csv")
    assert again.status == "mapping"


def test_work_that_was_left_behind_is_taken_up_again(chain: World) -> None:
    row = checked(chain, csv_file([HEADS, [placement(chain).number, "1-1-2026", "", "3", "", "A"]]))
    declaration_files.send(scope=sender(chain), file=row)
    worker = scopes.system()
    [waiting] = file_checking.waiting(worker)
    DeclarationFile.objects.update(seen_at=worker.at)
    assert file_checking.waiting(worker) == []
    DeclarationFile.objects.update(seen_at=worker.at - 2 * LEFT_BEHIND)
    assert file_checking.take_up(scope=worker, file_id=waiting).status == "sent"
    with pytest.raises(ConflictError):
        file_checking.take_up(scope=worker, file_id=waiting)
    # What ends its worker each time is left for a person.
    DeclarationFile.objects.update(status="checking", seen_at=None, attempts=MOST_ATTEMPTS)
    assert file_checking.waiting(worker) == []


def test_a_file_is_erased_after_its_term_and_what_was_declared_stays(
    chain: World, settings: Settings
) -> None:
    """One that was handed in keeps its row; one that was left goes as a whole."""
    settings.DECLARATION_FILE_DAYS = 30
    placed = placement(chain)
    raw = csv_file([HEADS, [placed.number, "1-1-2026", "", "3", "", "A"]])
    sent = hand_in(chain, checked(chain, raw))
    left = checked(chain, csv_file([HEADS, ["x", "1-1-2026", "", "3", "", "B"]]))
    as_system()
    last = replace(scopes.system(), at=sent.sent_at + timedelta(days=30))
    assert file_terms.erase(scope=last) == 0
    past = replace(last, at=last.at + timedelta(seconds=1))
    assert file_terms.erase(scope=past) == 2
    assert file_terms.erase(scope=past) == 0
    row = DeclarationFile.objects.get()
    assert (row.pk, row.content, row.erased_at) == (sent.pk, "", past.at)
    assert not DeclarationFile.objects.filter(pk=left.pk).exists()
    assert row.declarations.get().granted == row.granted == Decimal("198.00")
    with pytest.raises(RuleError, match="BIL-286"):
        declaration_files.raw_of(row)
    erased = ChangeRecord.objects.filter(verb="declaration_file.erased")
    assert [one.row for one in erased] == [row.pk]
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    page = browser.get(row.get_absolute_url())
    assert "gewist op" in page.content.decode()
    original = reverse("declaration_file_original", args=[row.pk])
    assert original not in page.content.decode()
    assert browser.get(original, follow=True).redirect_chain[0][0] == row.get_absolute_url()


def test_from_template_to_declaration_by_pages(chain: World) -> None:
    placed = placement(chain, start=ENDED.previous().first, end=None)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    template = browser.get(reverse("declaration_template", args=[str(ENDED), "csv"]))
    filled = template.content.replace(b";;uur;", b";3;uur;")
    assert filled != template.content
    upload = SimpleUploadedFile("maand.csv", filled)
    asked = browser.post(reverse("declaration_upload"), {"file": upload}, follow=True)
    form = asked.context["form"]
    assert [form["unit"].initial, form["default_unit"].initial] == ["Eenheid", ""]
    assert form["number"].initial == "Toewijzingsnummer"
    assert asked.context["preview"]["rows"][0][1] == str(placed.number)
    chosen = {name: field.initial or "" for name, field in form.fields.items()}
    as_system()
    file = DeclarationFile.objects.get()
    double = browser.post(
        reverse("declaration_file_map", args=[file.pk]), chosen | {"end": "Volume"}
    )
    assert "end" in double.context["form"].errors or "volume" in double.context["form"].errors
    page = browser.post(reverse("declaration_file_map", args=[file.pk]), chosen, follow=True)
    assert page.context["may_send"]
    assert browser.get(reverse("declaration_file_list")).context["count"] == 1
    sent = browser.post(reverse("declaration_file_send", args=[file.pk]), follow=True)
    [declaration] = sent.context["declarations"]
    as_system()
    assert declaration.lines.get().volume == 3
    assert browser.get(reverse("declaration_file_list")).context["count"] == 0
    original = browser.get(reverse("declaration_file_original", args=[file.pk]))
    assert original.content == filled
    shown = browser.get(reverse("declaration_detail", args=[declaration.pk]))
    assert shown.context["file_url"] == file.get_absolute_url()
    # The main contractor reads the declaration, not the file.
    controller = visitor(chain, Role.CONTROLLER)
    page = controller.get(reverse("declaration_detail", args=[declaration.pk]))
    assert not page.context["file_url"]


@pytest.mark.long
def test_twenty_five_thousand_rows(chain: World) -> None:
    """Within a minute, and with as many questions to the database as for a few."""
    placed = [placement(chain, volume=None) for _one in range(50)]
    days = [f"{day:02d}" for day in range(1, 29)]

    def book(count: int) -> bytes:
        return workbook(
            [
                HEADS,
                *(
                    [
                        placed[row % 50].number, f"2026-01-{days[row % 28]}", "", 1, Decimal(66),
                        f"L{row}",
                    ]
                    for row in range(count)
                ),
            ]
        )  # fmt: skip

    with CaptureQueriesContext(connection) as few:
        checked(chain, book(50))
    with CaptureQueriesContext(connection) as many:
        row = checked(chain, book(25_000))
    assert row.good_count + row.wrong_count == 25_000
    assert len(many) < len(few) + 40  # findings go in by the thousands
