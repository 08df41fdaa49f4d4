"""The pages: a practice's month, a controller's month, and who may open what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import (
    BankEntry,
    ColumnMapping,
    Declaration,
    DeclaredLine,
    Forecast,
    ForecastWarning,
    FteReport,
    Indication,
    InvoicingParty,
    MonthDraft,
    MonthRun,
    Payment,
    PaymentRun,
    ReceivedInvoice,
    RecoveryPlan,
    Settlement,
    Statement,
    TrajectoryResult,
    UpwardLine,
    WhatIf,
)
from billing.rules.results import Stake
from billing.rules.sampling import Way
from billing.rules.whatif.terms import Converted, Counted, Form, Terms
from billing.services import (
    account_changes,
    audits,
    bank,
    disputes,
    entitling,
    forecasts,
    invoicing,
    month_page,
    month_runs,
    months,
    own_teams,
    production,
    recovery_plans,
    results,
    settlements,
    upward_settlements,
    what_ifs,
)
from billing.services.invoices import Original
from billing.services.month_page import Entry
from billing.services.statements import PAY_DAYS
from hoofdaannemer.accessmatrix.billing import ACCESS
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from tests.billing import invoices as invoiced
from tests.billing.bank import account
from tests.billing.build import declare, moment, placement, priced
from tests.billing.funding import add_line
from tests.billing.sheetfiles import checked, csv_file
from tests.billing.test_results import LINKED
from tests.billing.test_settlements import AGREED
from tests.billing.upward import answer_to, part, pay_by_unit, receive, send
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, moved, professional, world

ENDED = Month.of(timezone.localdate()).previous()
BEFORE = ENDED.previous()
V03 = {"version": "03"}
ACCOUNTS = ("detail", "confirm", "decide", "withdraw", "undo")
OTHER_ACCOUNT = account_changes.NewAccount(
    iban="NL91ABNA0417164300", account_holder="Praktijk", reason="Andere bank"
)
OWN_TEAMS = ("detail", "edit", "hand_in", "correct")
OF_STATEMENT = ("pdf", "xlsx", "einvoice", "einvoice_make")
SETTLEMENTS = (
    "detail",
    "recompute",
    "propose",
    "take_back",
    "discard",
    "agree",
    "object",
    "paper",
    "lock",
    "pdf",
    "signed",
)
UPWARD_SETTLEMENTS = ("detail", "fill_in", "lock", "pdf", "xlsx")
PRODUCTION = (
    "detail",
    "rebuild",
    "propose",
    "take_back",
    "lock",
    "pdf",
    "xlsx",
    "opinion",
    "sample",
)
PARTS = ("detail", "confirm", "object", "xlsx")
FILES = ("detail", "map", "send", "discard", "original", "wrong")
INVOICES = ("detail", "judge", "file", "letter", "refuse")
DISPUTES = ("detail", "answer", "react", "agree", "withdraw")
RESULTS = ("detail", "hand_in", "judge", "agree", "object", "decide")
PLANS = ("detail", "agree", "refuse", "paper", "withdraw", "pause", "resume", "end", "signed")
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
    none = {f"none_{placed.pk}": "on", f"no_care_{placed.pk}": "", "hand_in": "1"}
    without_reason = browser.post(path("month_page", ENDED), none)
    assert list(without_reason.context["form"].errors) == [f"no_care_{placed.pk}"]
    none[f"no_care_{placed.pk}"] = "illness"
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
    assert shown.context["correct_url"] == path("month_page", ENDED)
    controller = visitor(chain, Role.CONTROLLER).get(address)
    assert not controller.context["correct_url"]
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
    second.post(path("payment_run_release", payment_run.pk), V03)
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


def _declared_upward(chain: World) -> tuple[UpwardLine, UpwardLine]:
    """Two lines that the municipality refused, each of a client of its own."""
    pay_by_unit(chain, first=ENDED)
    for _ in range(2):
        declare(chain, priced(placement(chain, **LONG), 3, ENDED), month=ENDED)
    sent = send(chain, ENDED, scope=moved(chain.system, timezone.now()))
    first, second = sent.lines.order_by("line")[:2]
    receive(
        chain,
        answer_to(sent, {first.reference: "9321", second.reference: "9321"}),
    )
    return first, second


@pytest.fixture
def addresses(chain: World) -> dict[str, str]:
    """An address of the P*Q or FTE subcontractor's own object for every name."""
    person = professional(chain.system, chain.fte)
    declaration = declare(
        chain, priced(placement(chain, **LONG), 10, ENDED), month=ENDED
    ).declaration
    agreement = invoicing.agree(
        scope=scopes.system(), subcontractor=chain.pxq.subcontractor, tax_number="123456782"
    )
    months.run_month(scope=scopes.system(), main_contractor_id=chain.main.pk, month=ENDED)
    as_system()
    report = FteReport.objects.create(
        main_contractor=chain.main,
        provider_organisation=chain.fte.organisation,
        funding_line=chain.fte.line,
        month=ENDED.first,
        saved_at=timezone.now(),
    )
    report.rows.create(
        main_contractor=chain.main,
        provider_organisation=chain.fte.organisation,
        professional=person,
        fte=Decimal("0.5"),
    )
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor)
    visitor(chain, Role.CONTROLLER).post(path("payment_run_prepare"))
    as_system()
    run = PaymentRun.objects.get()
    visitor(chain, Role.CONTROLLER).post(path("payment_run_release", run.pk), V03)
    as_system()
    month_run = MonthRun.objects.create(
        main_contractor=chain.main, month=BEFORE.first, asked_at=timezone.now()
    )
    as_system()
    again, given_up = _declared_upward(chain)
    bonus = add_line(chain, "bonus")
    what_if = _what_if(chain)
    # Of the month before: that of this month is taken the place of when it is computed again.
    look = forecasts.make(scope=scopes.system(moment(ENDED.last)), contract=chain.youth)
    team_month = own_teams.begin(
        scope=scopes.system(),
        team=chain.own_team.subcontractor,
        contract=chain.youth,
        month=ENDED,
    )
    line = statement.lines.first()
    assert line is not None
    settled = _settlement(chain)
    upward_year = upward_settlements.begin(
        scope=chain.at(Role.CONTROLLER, at=timezone.now()),
        contract=chain.youth,
        year=ENDED.year,
        agreed=AGREED,
    )
    asked = disputes.ask(scope=chain.system, line=line, asked=disputes.Asked(text="Waarom?"))
    entry = _bank_entry(chain)
    change = account_changes.ask(
        scope=scopes.system(), subcontractor=chain.pxq.subcontractor, account=OTHER_ACCOUNT
    )
    result, plan = _result(chain), _plan(chain)
    file = checked(chain, csv_file([["Plaatsing", "Maand", "Uren"], ["x", "2026-01", "3"]]))
    mapping = ColumnMapping.objects.get()
    invoice = _invoice(chain)
    waiting = invoice.lines.latest("line")
    given = Indication.objects.get()
    party_id = InvoicingParty.objects.get().pk
    arguments: dict[str, tuple[object, ...]] = {
        **{f"invoice_{name}": (invoice.pk,) for name in INVOICES},
        **{f"invoice_line_{name}": (waiting.pk,) for name in ("accept", "refuse")},
        "invoice_finding_settle": (invoice.findings.get(invoice_line=None).pk,),
        **{f"invoicing_party_{name}": (party_id,) for name in ("detail", "state")},
        **{f"indication_{name}": (given.pk,) for name in ("detail", "end")},
        **{f"account_change_{name}": (change.pk,) for name in ACCOUNTS},
        **{f"bank_report_{name}": (entry.report_id,) for name in ("detail", "file")},
        "bank_entry_settle": (entry.pk,),
        "upward_declaration_detail": (again.declaration_id,),
        "municipal_contract_wall": (chain.youth.pk,),
        "municipal_contract_euro": (chain.youth.pk,),
        "municipal_contract_euro_year": (chain.youth.pk, ENDED.year),
        "municipal_contract_euro_xlsx": (chain.youth.pk, ENDED.year),
        "municipal_contract_forecast": (chain.youth.pk,),
        "municipal_contract_forecast_make": (chain.youth.pk,),
        **{f"forecast_{name}": (look.pk,) for name in ("detail", "xlsx")},
        "forecast_warning_note": (_warning(chain, look).pk,),
        **{f"own_team_report_{name}": (team_month.pk,) for name in OWN_TEAMS},
        "upward_month": (part(chain).pk, ENDED),
        "upward_line_again": (again.pk,),
        "upward_line_give_up": (given_up.pk,),
        "month_page": (ENDED,),
        "office_next": (ENDED,),
        "month_close": (ENDED,),
        "month_run_start": (ENDED,),
        "declaration_detail": (declaration.pk,),
        "declaration_template": (ENDED, "csv"),
        **{f"declaration_file_{name}": (file.pk,) for name in FILES},
        **{f"column_mapping_{name}": (mapping.pk,) for name in ("change", "forget")},
        "fte_report_detail": (report.pk,),
        "fte_report_edit": (report.pk,),
        "fte_report_correct": (report.pk,),
        "fte_report_open": (chain.fte.line.pk, BEFORE),
        "fte_report_carry": (chain.fte.line.pk, BEFORE),
        "fte_report_confirm": (report.pk,),
        **{f"funding_line_{name}": (bonus.pk,) for name in ("amounts", "assess")},
        "month_run_detail": (month_run.pk,),
        "what_if_ask": ("fte",),
        **{f"what_if_{name}": (what_if.pk,) for name in ("detail", "delete")},
        "what_if_result_detail": (what_if.results.first().pk,),  # type: ignore[union-attr]
        "statement_detail": (statement.pk,),
        **{f"statement_{name}": (statement.pk,) for name in OF_STATEMENT},
        "self_billing_end": (agreement.pk,),
        "funding_line_vat": (bonus.pk,),
        "statement_line_ask": (line.pk,),
        **{f"settlement_{name}": (settled.pk,) for name in SETTLEMENTS},
        "funding_line_settle": (settled.funding_line_id, settled.year),
        "funding_line_production": (settled.funding_line_id, settled.year),
        **{f"upward_settlement_{name}": (upward_year.pk,) for name in UPWARD_SETTLEMENTS},
        **{f"dispute_{name}": (asked.pk,) for name in DISPUTES},
        **_production(chain),
        **{f"result_{name}": (result.pk,) for name in RESULTS},
        "result_entry_file": (result.entries.get(kind="evidence").pk,),
        **{f"recovery_plan_{name}": (plan.pk,) for name in PLANS},
        **{f"payment_run_{name}": (run.pk,) for name in ("detail", "release", "cancel", "file")},
    }
    return {name: path(name, *arguments.get(name, ())) for name in ACCESS}


def _warning(chain: World, look: Forecast) -> ForecastWarning:
    """A limit that is passed, as a night's work would leave it."""
    return ForecastWarning.objects.create(
        main_contractor=chain.main,
        forecast=look,
        kind=ForecastWarning.Kind.CEILING,
        subcontract=chain.pxq.subcontract,
        limit=Decimal(1),
        expected=Decimal(2),
        reached_in=ENDED.first,
        clients=Decimal(1),
        use=Decimal(0),
        price=Decimal(0),
    )


def _production(chain: World) -> dict[str, tuple[object, ...]]:
    """A statement of the month that was closed: confirmed, established, drawn from, approved of."""
    scope = chain.at(Role.CONTROLLER, at=timezone.now())
    second = replace(scope, user_id=chain.at(Role.CONTRACT_MANAGER).user_id)
    entitling.entitle(scope=scopes.system(), subcontractor=chain.pxq.subcontractor)
    made = production.begin(scope=scope, contract=chain.youth, year=ENDED.year, last_month=ENDED)
    [row] = [one for one in made if one.municipality == chain.municipality]
    production.propose(scope=scope, statement=row)
    row = production.lock(scope=second, statement=row, reason="proef")
    sample = audits.draw_sample(scope=scope, statement=row, way=Way.MONETARY, size=2, seed="proef")
    opinion = audits.record_opinion(
        scope=scope,
        statement=row,
        kind="clean",
        given_on=scope.today,
        auditor="Kantoor De Wit",
        document=b"%PDF-1.4",
    )
    part = row.parts.get(subcontractor=chain.pxq.subcontractor)
    return {
        **{f"production_statement_{name}": (row.pk,) for name in PRODUCTION},
        **{f"production_part_{name}": (part.pk,) for name in PARTS},
        **{f"audit_sample_{name}": (sample.pk,) for name in ("detail", "zip")},
        "audit_opinion_file": (opinion.pk,),
        "drawn_line_detail": (sample.lines.first().pk,),  # type: ignore[union-attr]
    }


def _invoice(chain: World) -> ReceivedInvoice:
    """An e-invoice of which one line is known, and that names another account."""
    at = timezone.now()
    party = invoiced.party(chain, account=False)
    given = invoiced.indication(chain, party, start_date=BEFORE.first, end_date=None, at=at)
    day = {"start": ENDED.first, "end": ENDED.last}
    lines = [invoiced.line(given, **day), invoiced.line("B-ONBEKEND", **day)]
    made = invoiced.enter(
        chain,
        party,
        lines,
        scope=chain.at(Role.CONTROLLER, at=at),
        invoice_date=at.date(),
        received_date=at.date(),
        original=Original(source=ReceivedInvoice.Source.UBL, name="a.xml", content=b"<a/>"),
    )
    as_system()
    return made


def _bank_entry(chain: World) -> BankEntry:
    """A line of the bank about the only payment, with another amount."""
    payment = Payment.objects.get()
    scope = chain.at(Role.CONTROLLER)
    data = account([(payment.end_to_end_id, "DBIT", payment.amount + 1, "")])
    become(scope)
    report = bank.take_in(scope=scope, main_contractor_id=chain.main.pk, name="bank.xml", data=data)
    as_system()
    return report.entries.get()


def _result(chain: World) -> TrajectoryResult:
    """One that was shown, with a file."""
    line = add_line(chain, "one_off")
    line.parameters = LINKED
    stake = Stake(1, ENDED.last, Decimal("1500.00"), Decimal("6000.00"))
    made = results.ask(
        scope=scopes.system(), placement=placement(chain, **LONG), line=line, stake=stake
    )
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=timezone.now()))
    shown = results.Shown(text="Gehaald", file=b"%PDF-1.7", file_name="meting.pdf")
    results.hand_in(scope=scope, result=made, shown=shown)
    as_system()
    return made


def _plan(chain: World) -> RecoveryPlan:
    """One that was agreed upon on paper."""
    terms = recovery_plans.PlanTerms(
        kind=RecoveryPlan.Kind.CLAIM,
        total=Decimal(100),
        monthly=Decimal(10),
        first_month=ENDED.next(),
        ground="Boete",
    )
    scope = chain.at(Role.CONTROLLER, at=timezone.now())
    plan = recovery_plans.propose(scope=scope, subcontractor=chain.pxq.subcontractor, terms=terms)
    second = replace(scope, user_id=chain.at(Role.CONTRACT_MANAGER).user_id)
    return recovery_plans.record_agreement(
        scope=second, plan=plan, reason="brief", signed_file=b"%PDF-1.7"
    )


def _what_if(chain: World) -> WhatIf:
    """One that was computed."""
    scope = scopes.system()
    terms = Terms(form=Form.LUMP_SUM, counted=Counted.EQUAL, converted=Converted.ALL)
    asked = what_ifs.ask(
        scope=scope,
        main_contractor_id=chain.main.pk,
        question=what_ifs.Question(name="Proef", first=ENDED, last=ENDED, terms=terms),
    )
    return what_ifs.take_up(scope=scope, what_if_id=asked.pk)


def _settlement(chain: World) -> Settlement:
    """One of places in the month that was closed: agreed upon on paper, and locked."""
    places = add_line(
        chain,
        "capacity",
        period=Period(ENDED.first, ENDED.last),
        products=[chain.products["treatment"]],
        settled="year",
    )
    scope = chain.at(Role.CONTROLLER, at=timezone.now())
    made = settlements.begin(scope=scope, funding_line=places, year=ENDED.year)
    settlements.propose(scope=scope, settlement_round=made)
    row = made.settlements.get()
    settlements.record_agreement(
        scope=scope, settlement=row, reason="geen account", signed_file=b"%PDF-1.4"
    )
    second = replace(scope, user_id=chain.at(Role.CONTRACT_MANAGER).user_id)
    settlements.lock(scope=second, settlement_round=made)
    return row


def test_every_address_for_every_role(chain: World, addresses: dict[str, str]) -> None:
    roles = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
    wrong = []
    for role in roles:
        # Reports are of who made them.
        of_fte, of_team = visitor(chain, role, chain.fte), visitor(chain, role, chain.own_team)
        other = visitor(chain, role, chain.pxq)
        for name, (method, statuses) in ACCESS.items():
            browser = {"fte": of_fte, "own": of_team}.get(name.split("_")[0], other)
            status = getattr(browser, method)(addresses[name]).status_code
            if status != statuses.get(role, 403):
                wrong.append((role.value, name, status))
    assert wrong == []


def test_objects_of_others_are_not_there(chain: World, addresses: dict[str, str]) -> None:
    stranger = visitor(chain, Role.SUBCONTRACTOR_ADMIN, chain.trajectory)
    for name in (
        "declaration_detail",
        "fte_report_detail",
        "fte_report_edit",
        "declaration_file_detail",
        "declaration_file_map",
        "declaration_file_original",
        "declaration_file_wrong",
        "column_mapping_change",
        "statement_detail",
        "statement_pdf",
        "statement_xlsx",
        "statement_einvoice",
        "statement_line_ask",
        "dispute_detail",
        "dispute_react",
        "result_detail",
        "result_hand_in",
        "result_object",
        "result_entry_file",
        "recovery_plan_detail",
        "recovery_plan_refuse",
        "recovery_plan_signed",
        "account_change_detail",
        "account_change_undo",
        "settlement_detail",
        "settlement_object",
        "settlement_pdf",
        "production_part_detail",
        "production_part_object",
        "production_part_xlsx",
    ):
        assert stranger.get(addresses[name]).status_code == 404, name
    for name in ("fte_report_open", "fte_report_correct"):
        assert stranger.post(addresses[name]).status_code == 404, name
    for name in ("declaration_list", "statement_list", "payment_list", "fte_report_list"):
        assert len(stranger.get(addresses[name]).context["table"].rows) == 0, name


def test_strangers_are_sent_to_the_login(addresses: dict[str, str], client: object) -> None:
    for name, (method, _statuses) in ACCESS.items():
        answer = getattr(client, method)(addresses[name])
        assert answer.status_code == 302, name
        assert "/inloggen/" in answer["Location"], name


def test_lists_ask_a_fixed_number_of_questions(
    chain: World, django_assert_max_num_queries: object
) -> None:
    for _one in range(6):
        declare(chain, priced(placement(chain, **LONG), 10, ENDED), month=ENDED)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        browser.get(path("declaration_list"))
    with django_assert_max_num_queries(50):  # type: ignore[operator]
        browser.get(path("month_page", ENDED))
