"""A file with rows of several practices: each gets its own, under its mandate, while it holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from billing.models import (
    Declaration,
    DeclarationFile,
    DeclaredLine,
    OfficeFile,
    OfficeFileFinding,
    OfficeFilePart,
)
from billing.rules.filecolumns import Field, Layout
from billing.rules.officefile import OfficeLayout
from billing.selectors.office_files import Part, parts_of, waiting_files
from billing.services import declaration_files, file_checking, office_dividing, office_files
from hoofdaannemer.accounts.models import OfficeMandate, Organisation
from hoofdaannemer.accounts.services import roles
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope, acting_as, system
from subcontracts.models import Placement
from tests.billing.balans import Office, withdrawn
from tests.billing.build import placement
from tests.billing.sheetfiles import csv_file, workbook
from tests.conftest import become
from tests.factories import Party, World, party, world

ENDED = Month.of(timezone.localdate()).previous()
HEADS = ("Praktijk", "Toewijzingsnummer", "Maand", "Uren", "Naam")
COLUMNS = {
    Field.NUMBER: "Toewijzingsnummer",
    Field.MONTH: "Maand",
    Field.VOLUME: "Uren",
    Field.SURNAME: "Naam",
}


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def office(chain: World) -> Office:
    return Office(chain)


@pytest.fixture
def neighbour(chain: World) -> Party:
    goods = [chain.products["guidance"]]
    return party(chain.system, chain.main, chain.youth, "Praktijk Buur", "pxq", goods)


@pytest.fixture
def stranger(chain: World) -> Party:
    """A practice that gave no mandate."""
    goods = [chain.products["guidance"]]
    return party(chain.system, chain.main, chain.youth, "Praktijk Vreemd", "pxq", goods)


def row(of: Party, placed: Placement, uren: object = "3", *, agb: bool = False) -> list[object]:
    organisation = of.organisation
    number = organisation.agb if agb else organisation.kvk
    return [number, placed.number, str(ENDED), uren, placed.client.surname]


def divided(office: Office, raw: bytes, name: str = "alles.csv") -> OfficeFile:
    """A file of the office after it was divided and each part was checked."""
    scope = become(office.scope())
    file = office_files.upload(scope=scope, raw=raw, name=name)
    if file.status == OfficeFile.Status.MAPPING:
        layout = OfficeLayout("Praktijk", Layout(COLUMNS))
        office_files.point_out(scope=scope, file=file, layout=layout)
    file = office_dividing.work(scope=scope, file_id=file.pk)
    office_dividing.check_at_once(scope=scope, file=file)
    return file


def parts(office: Office, file: OfficeFile) -> dict[str, Part]:
    scope = become(office.scope())
    return {one.mandate.provider_organisation.name: one for one in parts_of(scope, file)}


def send(office: Office, file: OfficeFile) -> None:
    scope = become(office.scope())
    office_files.send(scope=scope, file=file)
    office_dividing.check_at_once(scope=scope, file=file)


def test_each_practice_declares_its_own_rows_under_its_own_mandate(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Named by trade register number or AGB code, in any order; each gets its own answer."""
    mine, other, too_much = (
        placement(chain),
        placement(chain, neighbour),
        placement(chain, neighbour),
    )
    held = {of: office.held(of) for of in (chain.pxq, neighbour)}
    raw = csv_file(
        [
            HEADS,
            row(neighbour, other, agb=True),
            row(chain.pxq, mine),
            row(neighbour, too_much, "1000"),
        ]
    )
    file = divided(office, raw)
    found = parts(office, file)
    assert [(one.row_count, one.declared.good_count) for one in found.values()] == [(2, 2), (1, 1)]
    assert found["Praktijk Buur"].declared.rejected_count == 1
    become(system())
    assert not Declaration.objects.exists()
    send(office, file)
    become(system())
    for of, amount in ((chain.pxq, Decimal(198)), (neighbour, Decimal(198))):
        made = Declaration.objects.get(provider_organisation=of.organisation)
        assert made.granted == amount
        record = ChangeRecord.objects.get(verb="declaration_file.handed_in", row=made.file_id)
        who = (record.user_id, record.acting_organisation, record.mandate)
        assert who == (office.person.pk, of.organisation.pk, held[of].pk)
    lines = DeclaredLine.objects.order_by("placement").values_list("placement", "is_approved")
    assert list(lines) == [(mine.pk, True), (other.pk, True), (too_much.pk, False)]
    assert OfficeFile.objects.get().content == ""
    with pytest.raises(RuleError, match="BIL-285"):
        office_files.discard(scope=become(office.scope()), file=file)
    with pytest.raises(RuleError, match="BIL-288"):
        office_files.send(scope=office.scope(), file=file)


def test_rows_without_a_mandate_are_refused_with_place_and_reach_nobody(
    office: Office, chain: World, neighbour: Party, stranger: Party
) -> None:
    """Whether the number is that of another practice or of none is not told."""
    mine, unseen, alien = (
        placement(chain),
        placement(chain, neighbour),
        placement(chain, stranger),
    )
    office.held(chain.pxq)
    office.held(neighbour, Subject.STATEMENTS)
    raw = csv_file(
        [
            HEADS,
            row(stranger, alien),
            row(neighbour, unseen),
            row(chain.pxq, mine),
            ["12345678", "1", str(ENDED), "3", ""],
            ["", mine.number, str(ENDED), "3", ""],
            ["Praktijk Vreemd", alien.number, str(ENDED), "3", ""],
        ]
    )
    file = divided(office, raw)
    refused = file.findings.visible_to(become(office.scope()))
    told = {one.line: (one.column, one.rule, one.text) for one in refused}
    assert {line: one[1] for line, one in told.items()} == {
        2: "BIL-281", 3: "BIL-281", 5: "BIL-281", 6: "BIL-280", 7: "BIL-280",
    }  # fmt: skip
    assert {one[0] for one in told.values()} == {"Praktijk"}
    assert len({told[line][2] for line in (2, 3, 5)}) == 1
    send(office, file)
    become(system())
    assert set(DeclarationFile.objects.values_list("provider_organisation", flat=True)) == {
        chain.pxq.organisation.pk
    }
    assert DeclaredLine.objects.get().placement == mine
    sent = declaration_files.table_of_file(DeclarationFile.objects.get())
    assert [line.cells[1] for line in sent.lines] == [str(mine.number)]


def test_a_row_about_care_of_another_practice_is_refused_in_its_part(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Cells are told by the numbers that the rows have in the office's file."""
    mine, other = placement(chain), placement(chain, neighbour)
    office.held(chain.pxq)
    office.held(neighbour)
    wrong = row(chain.pxq, other)
    raw = workbook([["Uitdraai"], HEADS, row(neighbour, other), wrong, row(chain.pxq, mine, 3)])
    file = divided(office, raw, "alles.xlsx")
    found = parts(office, file)
    assert {name: one.is_ready for name, one in found.items()} == {
        "Praktijk Buur": True,
        chain.pxq.organisation.name: False,
    }
    part = found[chain.pxq.organisation.name]
    become(part.acting)
    findings = part.declared.findings.values_list("line", "column", "rule")
    assert list(findings) == [(4, "Toewijzingsnummer", "BIL-151")]
    send(office, file)
    become(system())
    assert DeclaredLine.objects.get().placement == other
    # The rest goes on in its practice, under the same mandate.
    acting = become(part.acting)
    declaration_files.send(scope=acting, file=part.declared, leave_out=True)
    file_checking.work(scope=acting, file_id=part.declared.pk)
    become(system())
    assert DeclaredLine.objects.count() == 2


def test_what_a_practice_handed_in_is_not_divided_anew(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Also where that was done from the pages of the practice."""
    mine, other = placement(chain), placement(chain, neighbour)
    office.held(chain.pxq)
    office.held(neighbour)
    file = divided(office, csv_file([HEADS, row(chain.pxq, mine), row(neighbour, other)]))
    part = parts(office, file)["Praktijk Buur"]
    acting = become(part.acting)
    declaration_files.send(scope=acting, file=part.declared)
    file_checking.work(scope=acting, file_id=part.declared.pk)
    scope = become(office.scope())
    layout = OfficeLayout("Praktijk", Layout(COLUMNS))
    with pytest.raises(RuleError, match="BIL-285"):
        office_files.point_out(scope=scope, file=file, layout=layout)
    with pytest.raises(RuleError, match="BIL-285"):
        office_files.discard(scope=scope, file=file)
    send(office, file)
    become(system())
    assert DeclaredLine.objects.count() == 2


def test_nobody_reads_the_rows_of_another_practice(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Nor the office's file: not the practices, not the main contractor, not another office."""
    mine, other = placement(chain), placement(chain, neighbour)
    first, second = office.held(chain.pxq), office.held(neighbour)
    divided(office, csv_file([HEADS, row(chain.pxq, mine), row(neighbour, other)]))
    for mandate, of in ((first, chain.pxq), (second, neighbour)):
        for scope in (office.acting(mandate), chain.at(Role.SUBCONTRACTOR_ADMIN, of)):
            become(scope)
            [seen] = DeclarationFile.objects.all()
            assert seen.provider_organisation_id == of.organisation.pk
            assert not OfficeFile.objects.exists()
            assert not OfficeFilePart.objects.exists()
            assert not OfficeFile.objects.visible_to(scope).exists()
    elsewhere = Scope(role=Role.OFFICE_USER, user_id=office.person.pk, organisation_id=10**9)
    for scope in (elsewhere, chain.at(Role.CONTROLLER), chain.at(Role.ADMINISTRATOR)):
        become(scope)
        assert not DeclarationFile.objects.exists()
        assert not OfficeFile.objects.exists()
        assert not OfficeFileFinding.objects.exists()
    become(office.scope())
    assert OfficeFile.objects.exists()
    assert not DeclarationFile.objects.exists(), "acting for nobody it reads no practice"


def test_a_mandate_withdrawn_in_the_middle_closes_that_part_alone(
    office: Office, chain: World, neighbour: Party
) -> None:
    """The office reads no more of it; the practice hands it in itself, in its own name."""
    mine, other = placement(chain), placement(chain, neighbour)
    mandate = office.held(chain.pxq)
    office.held(neighbour)
    file = divided(office, csv_file([HEADS, row(chain.pxq, mine), row(neighbour, other)]))
    withdrawn(office, mandate, chain.pxq)
    found = parts(office, file)
    closed = found[chain.pxq.organisation.name]
    assert (closed.is_open, closed.file) == (False, None)
    send(office, file)
    become(system())
    assert DeclaredLine.objects.get().placement == other
    giver = become(office.giver(chain.pxq))
    left = DeclarationFile.objects.visible_to(giver).get()
    declaration_files.send(scope=giver, file=left)
    file_checking.work(scope=giver, file_id=left.pk)
    become(system())
    record = ChangeRecord.objects.get(verb="declaration_file.handed_in", row=left.pk)
    assert (record.user_id, record.mandate) == (giver.user_id, 0)


def test_the_same_file_after_a_new_mandate_takes_the_refused_rows_and_nothing_twice(
    office: Office, chain: World, stranger: Party
) -> None:
    mine, refused = placement(chain), placement(chain, stranger)
    office.held(chain.pxq)
    raw = csv_file([HEADS, row(chain.pxq, mine), row(stranger, refused)])
    send(office, divided(office, raw))
    office.held(stranger)
    again = divided(office, raw, "nogmaals.csv")
    assert {name: one.row_count for name, one in parts(office, again).items()} == {
        "Praktijk Vreemd": 1
    }
    told = again.findings.visible_to(become(office.scope())).values_list("line", "rule")
    assert list(told) == [(2, "BIL-291")]
    send(office, again)
    become(system())
    lines = DeclaredLine.objects.order_by("placement").values_list("placement", "is_approved")
    assert list(lines) == [(mine.pk, True), (refused.pk, True)]
    assert Declaration.objects.count() == 2
    third = divided(office, raw, "weer.csv")
    assert parts(office, third) == {}
    told = third.findings.visible_to(become(office.scope())).values_list("line", "rule")
    assert list(told) == [(2, "BIL-291"), (3, "BIL-291")]
    with pytest.raises(RuleError, match="BIL-288"):
        office_files.send(scope=become(office.scope()), file=third)


def test_what_lies_with_a_practice_since_its_mandate_ended_is_not_taken_again(
    office: Office, chain: World
) -> None:
    """Under the new mandate the office goes on with the part that is there."""
    mine = placement(chain)
    mandate = office.held(chain.pxq)
    raw = csv_file([HEADS, row(chain.pxq, mine)])
    divided(office, raw)
    withdrawn(office, mandate, chain.pxq)
    anew = office.held(chain.pxq)
    again = divided(office, raw, "nogmaals.csv")
    assert parts(office, again) == {}
    acting = office.acting(anew)
    [left] = DeclarationFile.objects.visible_to(acting)
    declaration_files.send(scope=acting, file=left)
    file_checking.work(scope=acting, file_id=left.pk)
    become(system())
    assert DeclaredLine.objects.get().placement == mine


def test_what_was_thrown_away_may_be_taken_again(office: Office, chain: World) -> None:
    mine = placement(chain)
    office.held(chain.pxq)
    raw = csv_file([HEADS, row(chain.pxq, mine)])
    office_files.discard(scope=become(office.scope()), file=divided(office, raw))
    assert len(parts(office, divided(office, raw, "nogmaals.csv"))) == 1


def test_files_that_wait_are_counted_for_the_office(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Until they are pointed out and handed in; what only the practice can go on with is not."""
    mine, other = placement(chain), placement(chain, neighbour)
    mandate = office.held(chain.pxq)
    office.held(neighbour)

    def waits() -> int:
        return waiting_files(become(office.scope()))

    assert waits() == 0
    raw = csv_file([HEADS, row(chain.pxq, mine), row(neighbour, other)])
    file = office_files.upload(scope=become(office.scope()), raw=raw, name="alles.csv")
    assert waits() == 1
    browser = office.browser()
    page = browser.get("/kantoor/")
    assert page.context["files"] == 1
    assert reverse("office_file_list") in page.content.decode()
    scope = become(office.scope())
    office_files.point_out(scope=scope, file=file, layout=OfficeLayout("Praktijk", Layout(COLUMNS)))
    office_dividing.work(scope=scope, file_id=file.pk)
    office_dividing.check_at_once(scope=scope, file=file)
    assert waits() == 1
    part = parts(office, file)["Praktijk Buur"]
    acting = become(part.acting)
    declaration_files.send(scope=acting, file=part.declared)
    file_checking.work(scope=acting, file_id=part.declared.pk)
    assert waits() == 1, "the other part is still there"
    withdrawn(office, mandate, chain.pxq)
    assert waits() == 0
    assert browser.get("/kantoor/").context["files"] == 0


def test_a_worker_does_not_hand_in_under_a_mandate_that_ended_meanwhile(
    office: Office, chain: World, neighbour: Party
) -> None:
    mine, other = placement(chain), placement(chain, neighbour)
    mandate = office.held(chain.pxq)
    office.held(neighbour)
    file = divided(office, csv_file([HEADS, row(chain.pxq, mine), row(neighbour, other)]))
    scope = become(office.scope())
    office_files.send(scope=scope, file=file)
    withdrawn(office, mandate, chain.pxq)
    for pk in file_checking.waiting(system()):
        file_checking.take_up(scope=system(), file_id=pk)
    become(system())
    assert DeclaredLine.objects.get().placement == other
    left = DeclarationFile.objects.get(provider_organisation=chain.pxq.organisation)
    assert left.status == "checked"
    assert "BIL-287" in left.problem


def test_a_worker_divides_and_checks_as_who_uploaded_it(office: Office, chain: World) -> None:
    placement_ = placement(chain)
    office.held(chain.pxq)
    scope = become(office.scope())
    file = office_files.upload(
        scope=scope, raw=csv_file([HEADS, row(chain.pxq, placement_)]), name="a.csv"
    )
    office_files.point_out(scope=scope, file=file, layout=OfficeLayout("Praktijk", Layout(COLUMNS)))
    [waiting] = office_dividing.waiting(system())
    office_dividing.take_up(scope=system(), file_id=waiting)
    [part] = file_checking.waiting(system())
    assert file_checking.take_up(scope=system(), file_id=part).status == "checked"
    become(system())
    made = ChangeRecord.objects.get(verb="declaration_file.uploaded")
    assert (made.user_id, made.mandate) == (office.person.pk, OfficeMandate.objects.get().pk)
    # Who left the office divides nothing any more.
    again = office_files.upload(
        scope=become(office.scope()), raw=csv_file([HEADS, row(chain.pxq, placement_)]), name="b"
    )
    become(system())
    roles.end_role(scope=system(), membership=office.membership)
    assert office_dividing.take_up(scope=system(), file_id=again.pk).status == "mapping"


def test_columns_are_remembered_and_a_file_divided_anew(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Until something was handed in; what a practice got before is replaced or taken back."""
    mine, other = placement(chain), placement(chain, neighbour)
    office.held(chain.pxq)
    office.held(neighbour)
    heads = ("Praktijk", "Andere", *HEADS[1:])
    both = (chain.pxq.organisation.kvk, neighbour.organisation.kvk)
    rows = [[*both, *row(chain.pxq, mine)[1:]], [both[1], both[1], *row(neighbour, other)[1:]]]
    file = divided(office, csv_file([heads, *rows]))
    assert {name: one.row_count for name, one in parts(office, file).items()} == {
        chain.pxq.organisation.name: 1,
        "Praktijk Buur": 1,
    }
    scope = become(office.scope())
    for practice, code in (("Maand", "BIL-283"), ("Weg", "BIL-283")):
        with pytest.raises(RuleError, match=code):
            office_files.point_out(
                scope=scope, file=file, layout=OfficeLayout(practice, Layout(COLUMNS))
            )
    office_files.point_out(scope=scope, file=file, layout=OfficeLayout("Andere", Layout(COLUMNS)))
    office_dividing.work(scope=scope, file_id=file.pk)
    assert {name: one.row_count for name, one in parts(office, file).items()} == {
        "Praktijk Buur": 2
    }
    become(system())
    assert DeclarationFile.objects.get().provider_organisation == neighbour.organisation
    scope = become(office.scope())
    upper = [head.upper() for head in heads]
    again = office_files.upload(scope=scope, raw=csv_file([upper, *rows]), name="volgende.csv")
    assert again.layout["practice"] == "ANDERE"
    office_files.discard(scope=scope, file=file)
    become(system())
    assert not DeclarationFile.objects.exists()


def test_a_number_that_two_practices_have_names_neither(
    office: Office, chain: World, neighbour: Party
) -> None:
    Organisation.objects.filter(pk=neighbour.organisation.pk).update(agb=chain.pxq.organisation.kvk)
    office.held(chain.pxq)
    office.held(neighbour)
    file = divided(office, csv_file([HEADS, row(chain.pxq, placement(chain))]))
    assert [one.rule for one in file.findings.visible_to(become(office.scope()))] == ["BIL-282"]


def test_only_an_office_uploads_such_a_file(chain: World) -> None:
    for role in (Role.SUBCONTRACTOR_ADMIN, Role.CONTROLLER):
        with pytest.raises(NotAllowedError):
            office_files.upload(
                scope=become(chain.at(role)), raw=csv_file([HEADS, ["1"] * 5]), name="a.csv"
            )


def test_from_one_file_to_two_declarations_by_pages(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Upload, point out, look per practice, mend one in its practice, hand in."""
    mine, other = placement(chain, start=date(2026, 1, 1), end=None), placement(chain, neighbour)
    held = office.held(chain.pxq)
    office.held(neighbour)
    raw = csv_file(
        [
            HEADS,
            row(chain.pxq, mine),
            row(chain.pxq, mine, "geen"),
            row(neighbour, other),
            ["12345678", "1", str(ENDED), "3", ""],
        ]
    )
    browser = office.browser()
    assert browser.get("/kantoor/").status_code == 200
    upload = SimpleUploadedFile("maand.csv", raw)
    asked = browser.post(reverse("office_file_upload"), {"file": upload}, follow=True)
    form = asked.context["form"]
    assert form["practice"].initial == "Praktijk"
    chosen = {name: field.initial or "" for name, field in form.fields.items()}
    address = asked.request["PATH_INFO"]
    double = browser.post(address, chosen | {"surname": "Praktijk"})
    assert "surname" in double.context["form"].errors
    page = browser.post(address, chosen, follow=True)
    told = {part["name"]: (part["rows"], part["label"]) for part in page.context["parts"]}
    assert told["Praktijk Buur"][0] == 1
    assert told[chain.pxq.organisation.name][0] == 2
    assert [one.record.line for one in page.context["table"].paginated_rows] == [5]
    text = page.content.decode()
    assert mine.client.surname not in text
    assert str(mine.number) not in text, "no page holds the clients of two practices"
    file_url = page.request["PATH_INFO"]
    asked = browser.get(f"{file_url}indienen/")
    assert len([one for one in asked.context["consequences"] if "Praktijk" in one]) == 1
    sent = browser.post(f"{file_url}indienen/", follow=True)
    assert sent.status_code == 200
    become(system())
    assert DeclaredLine.objects.get().placement == other
    # The other part is opened in its practice.
    part = DeclarationFile.objects.get(provider_organisation=chain.pxq.organisation)
    opened = browser.post(
        reverse("office_mandate_act", args=[held.pk]), {"next": part.get_absolute_url()},
        follow=True,
    )  # fmt: skip
    assert opened.context["row"] == part
    assert [one.record.line for one in opened.context["table"].paginated_rows] == [3]
    assert not opened.context["may_map"]
    mended = browser.get(reverse("declaration_file_wrong", args=[part.pk]))
    assert mended.status_code == 200
    done = browser.post(
        reverse("declaration_file_send", args=[part.pk]), {"leave_out": "on"}, follow=True
    )
    assert done.context["row"].status == "sent"
    become(system())
    assert DeclaredLine.objects.count() == 2
    with acting_as(office.scope()):
        assert OfficeFile.objects.get().handed_in_at
