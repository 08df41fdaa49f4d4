"""The pages of a month: a practice that hands it in, a controller that closes and pays it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import (
    Declaration,
    DeclaredLine,
    FteReport,
    MonthDraft,
    MonthRun,
    Payment,
    PaymentRun,
    Statement,
)
from billing.services import (
    month_page,
    month_runs,
    months,
)
from billing.services.month_page import Entry
from billing.services.statements import PAY_DAYS
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from tests.billing.build import declare, moment, placement, priced
from tests.billing.visitors import as_system, visitor
from tests.factories import World, professional, world

ENDED = Month.of(timezone.localdate()).previous()
BEFORE = ENDED.previous()
V03 = {"version": "03"}
LONG = {"start": BEFORE.previous().first, "end": None}


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def path(name: str, *args: object) -> str:
    return reverse(name, args=args)


def test_practice_month_from_prefilled_to_verdict(chain: World) -> None:
    good, too_much = placement(chain, **LONG), placement(chain, **LONG)
    declare(chain, priced(good, 9, BEFORE), month=BEFORE)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    page = browser.get(path("month_current"), follow=True)
    assert page.status_code == 200
    fields = {card.placement.pk: card.volume for card in page.context["form"].cards}
    assert fields == {good.pk: 9, too_much.pk: None}

    typed = {f"volume_{good.pk}": "10", f"volume_{too_much.pk}": "13"}
    checked = browser.post(path("month_page", ENDED), {**typed, "check": "1"})
    assert checked.context["outcome"].granted == Decimal("660.00")
    [said] = checked.context["outcome"].sentences[too_much.pk]
    assert "(TR321)" in said
    assert "12" in said
    as_system()
    assert Declaration.objects.count() == 1
    assert MonthDraft.objects.get(placement=good).volume == 10

    handed_in = browser.post(path("month_page", ENDED), {**typed, "hand_in": "1"}, follow=True)
    assert b"TR321" in handed_in.content
    as_system()
    assert DeclaredLine.objects.approved().filter(start_date=ENDED.first).get().volume == 10
    # Corrected: the good line is left alone, the other is declared anew.
    typed[f"volume_{too_much.pk}"] = "12"
    browser.post(path("month_page", ENDED), {**typed, "hand_in": "1"})
    as_system()
    assert DeclaredLine.objects.filter(start_date=ENDED.first).count() == 3
    # Nothing typed takes nothing back, and says what is missing.
    emptied = browser.post(path("month_page", ENDED), {f"volume_{good.pk}": "", "check": "1"})
    assert emptied.context["outcome"].submitted == Decimal("0.00")
    # Changed: the approved line is credited and declared anew.
    typed[f"volume_{good.pk}"] = "11"
    browser.post(path("month_page", ENDED), {**typed, "hand_in": "1"})
    as_system()
    standing = DeclaredLine.objects.approved().filter(
        start_date=ENDED.first, is_credit=False, is_credited=False
    )
    assert sorted(standing.values_list("volume", flat=True)) == [11, 12]
    assert AccessRecord.objects.filter(purpose="month page").exists()


def test_no_care_with_reason_and_nothing_typed(chain: World) -> None:
    placed = placement(chain, **LONG)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    empty = browser.post(path("month_page", ENDED), {f"volume_{placed.pk}": "", "hand_in": "1"})
    assert b"BIL-52" in empty.content
    none = {f"none_{placed.pk}": "on", f"volume_{placed.pk}": "", f"no_care_{placed.pk}": ""}
    none["hand_in"] = "1"
    without_reason = browser.post(path("month_page", ENDED), none)
    assert list(without_reason.context["form"].errors) == [f"no_care_{placed.pk}"]
    none[f"no_care_{placed.pk}"] = "illness"
    # An answer as good as a number: the month asks for nothing more.
    assert browser.post(path("month_page", ENDED), none).status_code == 302
    assert browser.get(path("month_page", ENDED)).context["is_settled"]
    assert b"BIL-51" in browser.post(path("month_page", ENDED), none).content
    as_system()
    assert not Declaration.objects.exists()


def test_the_switch_decides_whether_there_was_care(chain: World) -> None:
    placed = placement(chain, **LONG)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    typed = {f"volume_{placed.pk}": "7", f"no_care_{placed.pk}": "illness", "save": "1"}
    for switch, kept in (({}, (7, "")), ({f"none_{placed.pk}": "on"}, (None, "illness"))):
        browser.post(path("month_page", ENDED), {**typed, **switch})
        as_system()
        draft = MonthDraft.objects.get()
        assert (draft.volume, draft.no_care) == kept
        [row] = browser.get(path("month_page", ENDED)).context["rows"]
        assert row.filled.is_without_care is bool(switch)
        as_system()


def test_what_is_typed_is_kept_while_one_goes_on(chain: World) -> None:
    first, second = placement(chain, **LONG), placement(chain, **LONG)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    seen = AccessRecord.objects.count()
    typed = {f"volume_{first.pk}": "7", f"volume_{second.pk}": "vijf", "autosave": "1"}
    answer = browser.post(path("month_page", ENDED), typed)
    assert (answer.status_code, answer.content) == (204, b"")
    as_system()
    assert [draft.placement_id for draft in MonthDraft.objects.all()] == [first.pk]
    assert AccessRecord.objects.count() == seen
    stranger = visitor(chain, Role.SUBCONTRACTOR_USER, chain.trajectory)
    stranger.post(path("month_page", ENDED), {f"volume_{first.pk}": "1", "autosave": "1"})
    as_system()
    assert MonthDraft.objects.get().volume == 7


def test_totals_stand_on_the_page_before_a_word_of_script(chain: World) -> None:
    good, too_much = placement(chain, **LONG), placement(chain, **LONG)
    placement(chain, **LONG)
    typed = {f"volume_{good.pk}": "10", f"volume_{too_much.pk}": "13", "check": "1"}
    page = visitor(chain, Role.SUBCONTRACTOR_USER).post(path("month_page", ENDED), typed)
    totals = page.context["totals"]
    assert (totals.minutes, totals.amount) == (23 * 60, Decimal("1518.00"))
    assert (totals.to_fill, totals.too_much) == (1, 1)
    # What the script needs to say the same while one types.
    field = page.context["form"][f"volume_{good.pk}"].field.widget.attrs
    assert (field["data-minutes"], field["data-rate"], field["data-per"]) == ("60", "660000", "1")
    assert field["data-cap"] == "12"
    assert "{volume}" in field["data-too-much"]
    assert "(TR321)" in field["data-too-much"]


def test_after_handing_in_the_page_says_what_becomes_of_it(chain: World) -> None:
    good, too_much = placement(chain, **LONG), placement(chain, **LONG)
    typed = {f"volume_{good.pk}": "10", f"volume_{too_much.pk}": "13", "hand_in": "1"}
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    page = browser.post(path("month_page", ENDED), typed, follow=True)
    rows = {row.card.placement.pk: row for row in page.context["rows"]}
    assert rows[good.pk].is_settled
    assert "660,00" in rows[good.pk].approved_text
    assert [row.card.placement.pk for row in page.context["rejected"]] == [too_much.pk]
    assert f'href="#{rows[too_much.pk].anchor}"'.encode() in page.content
    assert str(PAY_DAYS) in " ".join(page.context["pay_texts"])
    as_system()
    declaration = Declaration.objects.get()
    address = path("declaration_detail", declaration.pk)
    shown = browser.get(address)
    to_mend = f"{path('month_page', ENDED)}#{rows[too_much.pk].anchor}"
    assert [row["correct_url"] for row in shown.context["lines"]] == [to_mend, ""]
    controller = visitor(chain, Role.CONTROLLER).get(address)
    assert not any(row["correct_url"] for row in controller.context["lines"])
    as_system()
    months.run_month(scope=scopes.system(), main_contractor_id=chain.main.pk, month=ENDED)
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor)
    texts = " ".join(browser.get(path("month_page", ENDED)).context["pay_texts"])
    assert statement.number in texts
    assert date_long(statement.pay_date) in texts


def test_running_month_cannot_be_handed_in(chain: World) -> None:
    placed = placement(chain, **LONG)
    entries = {placed.pk: Entry(volume=3)}
    for day, refused in ((ENDED.last - timedelta(days=1), True), (ENDED.last, False)):
        scope = chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(day))
        if refused:
            with pytest.raises(RuleError) as refusal:
                month_page.hand_in(scope=scope, month=ENDED, entries=entries)
            assert refusal.value.code == "BIL-50"
        else:
            assert not month_page.hand_in(scope=scope, month=ENDED, entries=entries).sentences


def test_another_organisation_has_its_own_month(chain: World) -> None:
    mine = placement(chain, **LONG)
    other = visitor(chain, Role.SUBCONTRACTOR_USER, chain.trajectory)
    assert other.get(path("month_page", ENDED)).context["form"].cards == []
    other.post(path("month_page", ENDED), {f"volume_{mine.pk}": "5", "save": "1"})
    as_system()
    assert not MonthDraft.objects.exists()


def test_own_team_hands_in_volumes_without_money(chain: World) -> None:
    placed = placement(chain, chain.own_team, **LONG)
    browser = visitor(chain, Role.SUBCONTRACTOR_ADMIN, chain.own_team)
    browser.post(path("month_page", ENDED), {f"volume_{placed.pk}": "7", "hand_in": "1"})
    as_system()
    line = DeclaredLine.objects.get()
    assert (line.volume, line.amount, line.is_approved) == (7, Decimal("0.00"), True)


def test_fte_report_by_pages(chain: World) -> None:
    person = professional(chain.system, chain.fte)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER, chain.fte)
    assert browser.get(path("fte_report_list")).context["missing"]
    opened = browser.post(path("fte_report_open", chain.fte.line.pk, ENDED), follow=True)
    report = opened.context["report"]
    wrong = browser.post(path("fte_report_edit", report.pk), {f"fte_{person.pk}": "2"})
    assert wrong.context["form"].errors
    filled = {f"fte_{person.pk}": "0,8", f"hours_{person.pk}": "20", "hand_in": "1"}
    asked = browser.post(path("fte_report_edit", report.pk), filled, follow=True)
    assert [row.professional for row in asked.context["found"].came] == [person]
    names = list(asked.context["form"].fields)
    assert names == [f"explain_hours_{person.pk}", "explain_no_care_0"]
    said = dict.fromkeys(names, "Net begonnen.")
    done = browser.post(path("fte_report_confirm", report.pk), said, follow=True)
    assert b"Net begonnen." in done.content
    as_system()
    assert FteReport.objects.handed_in().get().rows.get().fte == Decimal("0.800")
    # Staff read the reference, not the name.
    staff = visitor(chain, Role.CONTROLLER).get(path("fte_report_detail", report.pk))
    assert person.reference.encode() in staff.content
    assert person.name.encode() not in staff.content
    assert b"Net begonnen." in staff.content
    controller = visitor(chain, Role.CONTROLLER)
    for signal, count in (("any", 1), ("hours", 1), ("lapsed", 0)):
        found = controller.get(path("fte_report_list"), {"signal": signal})
        assert found.context["count"] == count
    # The next month begins as this one, which is one click and a page that says so.
    carried = browser.post(path("fte_report_carry", chain.fte.line.pk, ENDED.next()), follow=True)
    assert carried.context["found"].is_same


def test_controller_closes_the_month_and_two_people_pay(chain: World) -> None:
    declare(chain, priced(placement(chain, **LONG), 10, ENDED), month=ENDED)
    first, second = visitor(chain, Role.CONTROLLER), visitor(chain, Role.CONTROLLER)
    overview = first.get(path("month_overview"), follow=True)
    assert len(overview.context["rows"]) == 3
    asked = first.post(path("month_run_start", ENDED), follow=True)
    assert asked.context["is_busy"]
    assert asked["Refresh"]
    as_system()
    run = MonthRun.objects.get()
    month_runs.take_up(scope=scopes.system(), run_id=run.pk)
    as_system()
    done = first.get(run.get_absolute_url())
    assert done.context["run"].state == "done"
    assert "Refresh" not in done
    assert second.get(path("statement_list")).status_code == 200

    as_system()
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor)
    pdf = first.get(path("statement_pdf", statement.pk))
    assert pdf.content.startswith(b"%PDF")
    assert b"66" in first.get(statement.get_absolute_url()).content
    first.post(path("payment_run_prepare"))
    as_system()
    payment_run = PaymentRun.objects.get()
    assert first.post(path("payment_run_release", payment_run.pk), V03).status_code == 403
    assert first.get(path("payment_run_file", payment_run.pk)).status_code == 404
    as_system()
    unusual = [one.key for one in payment_run.checks.all()]
    second.post(path("payment_run_release", payment_run.pk), {**V03, "checks": unusual})
    as_system()
    assert Payment.objects.get().amount == Decimal("660.00")
    assert b"pain.001" in second.get(path("payment_run_file", payment_run.pk)).content
    assert second.get(path("payment_run_prepare")).context["nothing"]
    found = {"subcontractor": statement.subcontractor_id}
    assert second.get(path("payment_list"), found).context["count"] == 1
    other = {"subcontractor": chain.fte.subcontractor.pk}
    assert second.get(path("payment_list"), other).context["count"] == 0
    own = visitor(chain, Role.SUBCONTRACTOR_USER)
    assert statement.number.encode() in own.get(path("payment_list")).content
    page = own.get(statement.get_absolute_url())
    as_system()
    assert page.context["total"] == sum(line.amount for line in statement.lines.all())


def test_hold_list_says_what_to_do(chain: World) -> None:
    months.run_month(scope=scopes.system(), main_contractor_id=chain.main.pk, month=ENDED)
    page = visitor(chain, Role.SUBCONTRACTOR_USER, chain.fte).get(path("hold_list"))
    assert b"98.000,00" in page.content
    other = visitor(chain, Role.SUBCONTRACTOR_USER).get(path("hold_list"))
    assert b"98.000,00" not in other.content
