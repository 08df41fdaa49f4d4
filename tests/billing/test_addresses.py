"""Every address of billing for every role: who opens it, and what is of others is not there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import (
    Adjustment,
    BankEntry,
    ColumnMapping,
    DisputeEntry,
    Forecast,
    ForecastWarning,
    FteReport,
    Hold,
    Indication,
    InvoicingParty,
    MonthRun,
    OfficeFile,
    Payment,
    PaymentRun,
    ReceivedInvoice,
    RecoveryPlan,
    Settlement,
    Statement,
    StatementLine,
    TrajectoryResult,
    UpwardLine,
    WhatIf,
)
from billing.rules.filecolumns import Field, Layout
from billing.rules.ftefile import FteField, FteLayout
from billing.rules.officefile import OfficeLayout
from billing.rules.results import Stake
from billing.rules.sampling import Way
from billing.rules.whatif.terms import Converted, Counted, Form, Terms
from billing.services import (
    account_changes,
    audits,
    bank,
    column_mappings,
    disputes,
    entitling,
    forecasts,
    invoicing,
    months,
    office_dividing,
    office_files,
    own_teams,
    production,
    recovery_plans,
    results,
    settlements,
    upward_settlements,
    what_ifs,
)
from billing.services.invoices import Original
from hoofdaannemer.accessmatrix.billing import ACCESS
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
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
from tests.factories import office as factory_office

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
    "waive",
    "take_back",
    "lock",
    "pdf",
    "xlsx",
    "opinion",
    "sample",
)
PARTS = ("detail", "confirm", "object", "xlsx")
FILES = ("detail", "map", "send", "discard", "original", "wrong")
OFFICE_FILES = ("detail", "map", "send", "discard")
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
    unusual = [one.key for one in run.checks.all()]
    second = visitor(chain, Role.CONTROLLER)
    second.post(path("payment_run_release", run.pk), {**V03, "checks": unusual})
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
    granted, held = _granted(chain, line), _hold(chain, line)
    asked = disputes.ask(scope=chain.system, line=line, asked=disputes.Asked(text="Waarom?"))
    entry = _bank_entry(chain)
    change = account_changes.ask(
        scope=scopes.system(), subcontractor=chain.pxq.subcontractor, account=OTHER_ACCOUNT
    )
    result, plan = _result(chain), _plan(chain)
    file = checked(chain, csv_file([["Plaatsing", "Maand", "Uren"], ["x", "2026-01", "3"]]))
    mapping = ColumnMapping.objects.get()
    fte_columns = column_mappings.remember_fte(
        scope=become(chain.at(Role.SUBCONTRACTOR_USER, chain.fte)),
        heads=("Nummer", "FTE"),
        layout=FteLayout({FteField.REFERENCE: "Nummer", FteField.FTE: "FTE"}),
    )
    as_system()
    office_file = _office_file()
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
        "payment_interest": (entry.payment_id,),
        "upward_declaration_detail": (again.declaration_id,),
        "municipal_contract_wall": (chain.youth.pk,),
        "municipal_contract_euro": (chain.youth.pk,),
        "municipal_contract_euro_year": (chain.youth.pk, ENDED.year),
        "municipal_contract_euro_xlsx": (chain.youth.pk, ENDED.year),
        "municipal_contract_forecast": (chain.youth.pk,),
        "municipal_contract_forecast_make": (chain.youth.pk,),
        **{f"forecast_{name}": (look.pk,) for name in ("detail", "xlsx")},
        **{f"subcontract_forecast{name}": (chain.pxq.subcontract.pk,) for name in ("", "_xlsx")},
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
        "declaration_rejected": (declaration.pk,),
        "declaration_template": (ENDED, "csv"),
        **{f"office_file_{name}": (office_file.pk,) for name in OFFICE_FILES},
        **{f"declaration_file_{name}": (file.pk,) for name in FILES},
        **{f"column_mapping_{name}": (mapping.pk,) for name in ("change", "forget")},
        **{f"fte_columns_{name}": (fte_columns.pk,) for name in ("change", "forget")},
        "fte_report_detail": (report.pk,),
        "fte_report_edit": (report.pk,),
        "fte_report_file": (report.pk,),
        "fte_report_template": (report.pk,),
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
        **{f"hold_{name}": (held.pk,) for name in ("detail", "hand_over")},
        **{f"adjustment_{name}": (granted.pk,) for name in ("detail", "decide")},
        **_production(chain),
        **{f"result_{name}": (result.pk,) for name in RESULTS},
        "result_entry_file": (result.entries.get(kind="evidence").pk,),
        **{f"recovery_plan_{name}": (plan.pk,) for name in PLANS},
        **{f"payment_run_{name}": (run.pk,) for name in ("detail", "release", "cancel", "file")},
    }
    return {name: path(name, *arguments.get(name, ())) for name in ACCESS}


def _granted(chain: World, line: StatementLine) -> Adjustment:
    """A correction about which nobody decided yet."""
    asked = disputes.ask(scope=chain.system, line=line, asked=disputes.Asked(text="Waarom?"))
    outcome = DisputeEntry.Outcome.CORRECTED
    given = disputes.Answer(outcome=outcome, text="Klopt", becomes=line.amount + 1)
    manager = chain.at(Role.CONTRACT_MANAGER, at=timezone.now())
    disputes.answer(scope=manager, dispute=asked, given=given)
    disputes.agree(scope=chain.system, dispute=asked)
    return Adjustment.objects.get()


def _hold(chain: World, line: StatementLine) -> Hold:
    """What a night's work would leave of care for which a proof lacks."""
    one = line.entitlement
    assert one is not None
    return Hold.objects.create(
        main_contractor=chain.main,
        provider_organisation=chain.pxq.organisation,
        subcontractor=chain.pxq.subcontractor,
        entitlement=one,
        kind=Hold.Kind.QUALIFICATION,
        reference=one.reference,
        month=one.month,
        amount=one.amount,
        reason="VOG",
        way_out="Lever de VOG aan.",
        owner=Hold.Owner.SUBCONTRACTOR,
        due_date=timezone.localdate(),
        recorded_at=timezone.now(),
    )


def _office_file() -> OfficeFile:
    """One that was divided, of which no row went to anybody."""
    now = scopes.system()
    person = User.objects.create_user("kantoor@voorbeeld.test", name="Kantoor")
    scope = replace(
        now, role=Role.OFFICE_USER, user_id=person.pk, organisation_id=factory_office().pk
    )
    raw = csv_file([["Praktijk", "Plaatsing", "Maand"], ["12345678", "1", "2026-01"]])
    layout = OfficeLayout("Praktijk", Layout({Field.NUMBER: "Plaatsing", Field.MONTH: "Maand"}))
    file = office_files.upload(scope=become(scope), raw=raw, name="praktijken.csv")
    office_files.point_out(scope=scope, file=file, layout=layout)
    office_dividing.work(scope=scope, file_id=file.pk)
    as_system()
    return file


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


def test_every_address_opens_for_who_may(chain: World, addresses: dict[str, str]) -> None:
    """With the very status of the table; who may not is asked in tests/canary."""
    wrong = []
    for role in {role for _method, statuses in ACCESS.values() for role in statuses}:
        # Reports are of who made them.
        of_fte, of_team = visitor(chain, role, chain.fte), visitor(chain, role, chain.own_team)
        other = visitor(chain, role, chain.pxq)
        for name, (method, statuses) in ACCESS.items():
            if role not in statuses:
                continue
            browser = {"fte": of_fte, "own": of_team}.get(name.split("_")[0], other)
            status = getattr(browser, method)(addresses[name]).status_code
            if status != statuses[role]:
                wrong.append((role.value, name, status))
    assert wrong == []


def test_objects_of_others_are_not_there(chain: World, addresses: dict[str, str]) -> None:
    stranger = visitor(chain, Role.SUBCONTRACTOR_ADMIN, chain.trajectory)
    for name in (
        "declaration_detail",
        "declaration_rejected",
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
        "hold_detail",
        "hold_hand_over",
        "adjustment_detail",
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
