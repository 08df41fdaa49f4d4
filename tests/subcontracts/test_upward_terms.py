"""What a municipal contract says as rows: versions, budgets, options, reports, and gates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import MunicipalContract, ReportingDuty, Subcontract
from subcontracts.rules.flowdown import State
from subcontracts.rules.options import Fit
from subcontracts.selectors import contract_dates
from subcontracts.selectors.contract_dates import DateKind
from subcontracts.selectors.flowdown import matrix
from subcontracts.selectors.upward_budgets import budget_of, shared
from subcontracts.selectors.upward_dates import open_reports, subcontract_fits
from subcontracts.selectors.upward_terms import consortium_on, steps, values_on
from subcontracts.services import (
    clauses,
    contract_life,
    contracts,
    drafting,
    upward_budgets,
    upward_dates,
    upward_terms,
)
from subcontracts.services.upward_budgets import AdjusterFacts
from subcontracts.services.upward_dates import DutyFacts
from subcontracts.services.upward_terms import Member
from tests import factories
from tests.conftest import become
from tests.factories import World, moved
from tests.subcontracts.setting_up import SIGNED, manager, ready, terms

JANUARY = date(2026, 1, 1)
END = date(2027, 12, 31)


@pytest.fixture
def world(system: Scope) -> World:
    """The usual world; its youth contract ends."""
    made = factories.world(system)
    MunicipalContract.objects.filter(pk=made.youth.pk).update(end_date=END)
    made.youth.refresh_from_db()
    return made


def says(world: World, day: date = date(2025, 1, 1), **values: object) -> None:
    upward_terms.set_terms(scope=world.system, contract=world.youth, start_date=day, values=values)


def refused(code: str) -> pytest.RaisesExc[RuleError]:
    return pytest.raises(RuleError, match=rf"\({code}\)")


# Terms


def test_versions_are_added_and_the_later_holds(world: World) -> None:
    says(world, acceptance_duty=True, talks=["account, twee weken"])
    says(world, JANUARY, acceptance_duty=True, bridging=True)
    assert values_on(world.youth, date(2024, 12, 31)) == {}
    assert values_on(world.youth, date(2025, 12, 31)) == {
        "acceptance_duty": True,
        "talks": ["account, twee weken"],
    }
    assert values_on(world.youth, JANUARY) == {"acceptance_duty": True, "bridging": True}
    changed = [[one.name for one in step.changes] for step in steps(world.system, world.youth)]
    assert changed == [["acceptance_duty", "talks"], ["bridging", "talks"]]


def test_of_two_for_one_day_the_last_recorded_holds(world: World) -> None:
    says(world, bridging=True)
    says(world, bridging=False)
    assert values_on(world.youth, JANUARY) == {"bridging": False}
    assert world.youth.terms_versions.count() == 2


def test_the_terms_keep_to_the_contract(world: World) -> None:
    with refused("CON-42"):
        says(world, date(2024, 12, 31), bridging=True)
    with refused("CON-42"):
        says(world, END + timedelta(days=1), bridging=True)
    with refused("CON-43"):
        says(world)


def test_only_a_contract_manager_records(world: World) -> None:
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER, Role.CARE_COORDINATOR):
        scope = become(world.at(role))
        with pytest.raises(NotAllowedError):
            upward_terms.set_terms(
                scope=scope, contract=world.youth, start_date=JANUARY, values={"bridging": True}
            )


def test_nobody_else_reads_it(world: World) -> None:
    says(world, bridging=True)
    upward_budgets.set_budget(
        scope=world.system, contract=world.youth, year=2026, amount=Decimal("1.00")
    )
    readers = {
        Role.CONTRACT_MANAGER: (1, 1),
        Role.CONTROLLER: (1, 1),
        Role.QUALITY_OFFICER: (1, 0),
        Role.CARE_COORDINATOR: (0, 0),
        Role.ADMINISTRATOR: (0, 0),
    }
    versions, budgets = world.youth.terms_versions, world.youth.budget_years
    for role, expected in readers.items():
        scope = become(world.at(role))
        found = (versions.visible_to(scope).count(), budgets.visible_to(scope).count())
        assert found == expected, role
        # The database holds the same without the first lock.
        assert (versions.count(), budgets.count()) == expected, role
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert (versions.count(), budgets.count()) == (0, 0)


# A consortium


def members(*shares: str) -> list[Member]:
    return [
        Member(name=f"Lid {number}", share=Decimal(share), is_lead=number == 0)
        for number, share in enumerate(shares)
    ]


def test_a_consortium_of_three(world: World) -> None:
    found = members("50", "25", "25")
    upward_terms.set_consortium(
        scope=world.system, contract=world.youth, start_date=JANUARY, members=found
    )
    assert consortium_on(world.system, world.youth, date(2025, 12, 31)) is None
    held = consortium_on(world.system, world.youth, JANUARY)
    assert held
    assert [(row.name, row.is_lead) for row in held.members.all()] == [
        ("Lid 0", True),
        ("Lid 1", False),
        ("Lid 2", False),
    ]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (members("50", "25"), "CON-44"),
        (members("120", "-20"), "CON-44"),
        ([], "CON-44"),
        ([replace(one, is_lead=True) for one in members("50", "50")], "CON-44"),
        ([replace(one, name="Zelfde") for one in members("50", "50")], "CON-44"),
        ([replace(one, kvk="123") for one in members("50", "50")], "CON-45"),
    ],
)
def test_a_consortium_adds_up_and_has_one_lead(
    world: World, found: list[Member], code: str
) -> None:
    with refused(code):
        upward_terms.set_consortium(
            scope=world.system, contract=world.youth, start_date=JANUARY, members=found
        )


# The budget


def adjust(world: World, amount: str, **changed: object) -> None:
    facts = AdjusterFacts(year=2026, effective_date=JANUARY, kind="index", amount=Decimal(amount))
    upward_budgets.adjust_budget(
        scope=world.system,
        contract=world.youth,
        facts=replace(facts, **changed),  # type: ignore[arg-type]
    )


def test_a_year_begins_with_the_budget_of_the_contract(world: World) -> None:
    assert budget_of(world.system, world.youth, 2026).table.total == Decimal("1200000.00")
    adjust(world, "50000.00", effective_date=date(2026, 7, 1))
    adjust(world, "-20000.50", kind="pgb_deducted")
    upward_budgets.set_budget(
        scope=world.system, contract=world.youth, year=2026, amount=Decimal("900000.00")
    )
    upward_budgets.set_budget(
        scope=world.system,
        contract=world.youth,
        year=2026,
        amount=Decimal("1000000.00"),
        base="inhabitants",
    )
    table = budget_of(world.system, world.youth, 2026).table
    assert [line.after for line in table.lines] == [Decimal("979999.50"), Decimal("1029999.50")]
    assert table.total == Decimal("1029999.50")
    assert world.youth.budget_years.count() == 2
    assert budget_of(world.system, world.youth, 2027).table.total == Decimal("1200000.00")


def test_a_budget_keeps_to_the_years_of_the_contract(world: World) -> None:
    for year in (2024, 2028):
        with refused("CON-46"):
            adjust(world, "1.00", year=year)
    with refused("CON-47"):
        upward_budgets.set_budget(
            scope=world.system, contract=world.youth, year=2026, amount=Decimal(-1)
        )
    with refused("CON-48"):
        adjust(world, "0")


def test_sixteen_municipalities_share_a_budget_to_the_cent(system: Scope) -> None:
    """A region with four parts: sixteen municipalities in one contract, three members."""
    main = factories.main_contractor()
    towns = [
        factories.municipality(f"{number:04d}", f"Gemeente {number:02d}")
        for number in range(9001, 9017)
    ]
    # 15 times 6.2499 and the rest.
    shares = dict.fromkeys(towns[:-1], Decimal("6.2499"))
    shares[towns[-1]] = 100 - sum(shares.values(), Decimal(0))
    goods = list(factories.products(moved(system), main).values())[:2]
    contract = factories.municipal_contract(moved(system), main, "jw", shares, goods)
    upward_budgets.set_budget(
        scope=moved(system), contract=contract, year=2026, amount=Decimal("1234567.89")
    )
    total = budget_of(moved(system), contract, 2026).table.total
    found = shared(moved(system), contract, total)
    assert len(found) == 16
    assert sum(amount for _name, _share, amount in found) == Decimal("1234567.89")


# Options


def option(world: World, months: int = 24, by: date = date(2026, 6, 30)) -> object:
    return upward_dates.add_option(
        scope=world.system, contract=world.youth, months=months, announce_by=by
    )


def test_a_taken_option_extends_the_contract(world: World) -> None:
    first, second = option(world), option(world, by=date(2028, 6, 30))
    assert (first.position, second.position) == (1, 2)  # type: ignore[attr-defined]
    with refused("CON-54"):
        decide(world, second, "taken")
    decide(world, first, "taken")
    world.youth.refresh_from_db()
    assert world.youth.end_date == date(2029, 12, 31)
    with pytest.raises(ConflictError):
        decide(world, first, "not_taken")
    decide(world, second, "not_taken")
    world.youth.refresh_from_db()
    assert world.youth.end_date == date(2029, 12, 31)


def decide(world: World, row: object, outcome: str, day: date | None = None) -> None:
    upward_dates.decide_option(
        scope=world.system,
        option=row,  # type: ignore[arg-type]
        outcome=outcome,
        decided_on=day or world.system.today,
    )


def test_options_have_an_order_and_a_contract_that_ends(world: World) -> None:
    row = option(world)
    with refused("CON-54"):
        option(world, by=date(2026, 6, 30))
    with refused("CON-55"):
        decide(world, row, "taken", world.system.today + timedelta(days=1))
    with refused("CON-53"):
        upward_dates.add_option(
            scope=world.system, contract=world.wmo, months=12, announce_by=JANUARY
        )


def test_subcontracts_that_end_on_another_day_are_shown(world: World) -> None:
    ready(world, "O-kort", end_date=date(2027, 6, 30))
    ready(world, "O-gelijk", end_date=END)
    fits = {row.number: how for row, how in subcontract_fits(world.system, world.youth)}
    assert fits.pop("O-kort") is Fit.SHORTER
    # Those of the usual world have no end.
    assert set(fits.values()) == {Fit.LONGER}
    assert "O-gelijk" not in fits


# Reports


def duty(world: World, **changed: object) -> ReportingDuty:
    facts = DutyFacts(
        name="Kwartaalrapportage",
        kind="numbers",
        rhythm="quarter",
        start_date=date(2025, 7, 1),
        due_days=30,
    )
    return upward_dates.add_duty(
        scope=world.system,
        contract=world.youth,
        facts=replace(facts, **changed),  # type: ignore[arg-type]
    )


def test_what_was_handed_in_is_no_longer_due(world: World) -> None:
    row = duty(world)
    until = date(2026, 5, 31)
    due = [one.due.day for one in open_reports(world.system, until=until)]
    assert due == [date(2025, 10, 30), date(2026, 1, 30), date(2026, 4, 30)]
    upward_dates.hand_in(
        scope=world.system,
        duty=row,
        period_start=date(2025, 7, 1),
        handed_in_on=date(2025, 10, 28),
    )
    left = [one.due.day for one in open_reports(world.system, until=until)]
    assert left == due[1:]
    with pytest.raises(ConflictError):
        upward_dates.hand_in(
            scope=world.system, duty=row, period_start=date(2025, 7, 1), handed_in_on=JANUARY
        )


def test_a_report_is_about_a_period_and_not_from_the_future(world: World) -> None:
    row = duty(world)
    with refused("CON-58"):
        upward_dates.hand_in(
            scope=world.system, duty=row, period_start=date(2025, 8, 1), handed_in_on=JANUARY
        )
    with refused("CON-55"):
        upward_dates.hand_in(
            scope=world.system,
            duty=row,
            period_start=date(2025, 7, 1),
            handed_in_on=world.system.today + timedelta(days=1),
        )


def test_a_report_ends_by_itself_or_with_the_contract(world: World) -> None:
    row = duty(world)
    far = date(2030, 1, 1)
    # Ten quarters up to the end of the contract.
    assert len(open_reports(world.system, until=far)) == 10
    upward_dates.end_duty(scope=world.system, duty=row, end_date=date(2025, 12, 31))
    assert len(open_reports(world.system, until=far)) == 2
    with refused("CON-57"):
        upward_dates.end_duty(scope=world.system, duty=row, end_date=JANUARY.replace(year=2025))


def test_what_is_asked_now_and_then_has_no_due_day(world: World) -> None:
    row = duty(world, rhythm="on_request")
    assert open_reports(world.system, until=date(2030, 1, 1)) == []
    upward_dates.hand_in(scope=world.system, duty=row, period_start=JANUARY, handed_in_on=JANUARY)
    assert row.handed_in.count() == 1


# Gates


def begin(world: World, **changed: object) -> Subcontract:
    subcontract = ready(world, **changed)  # type: ignore[arg-type]
    contract_life.offer(scope=world.system, subcontract=subcontract)
    contract_life.sign(scope=world.system, subcontract=subcontract, signature=SIGNED)
    return contract_life.activate(scope=world.system, subcontract=subcontract)


@pytest.mark.parametrize(
    ("duty", "consented", "code"),
    [
        ("each", False, "CON-20"),
        ("each", True, None),
        ("each_except_self_employed", False, "CON-20"),
        ("none", False, None),
        (None, False, "CON-20"),
    ],
)
def test_consent_is_asked_where_the_terms_say_so(
    world: World, duty: str | None, consented: bool, code: str | None
) -> None:
    if duty:
        says(world, consent_duty=duty)
    changed = {} if consented else {"consent_on": None}
    if code is None:
        assert begin(world, **changed).status == Subcontract.Status.ACTIVE
        return
    with refused(code):
        begin(world, **changed)


@pytest.mark.parametrize(("duty", "code"), [("each", "CON-20"), (None, None)])
def test_who_works_alone_needs_consent_only_where_each_does(
    world: World, duty: str | None, code: str | None
) -> None:
    if duty:
        says(world, consent_duty=duty)
    draft = contracts.create_subcontract(
        scope=world.system,
        subcontractor=world.trajectory.subcontractor,
        municipal_contract=world.youth,
        terms=terms("O-alleen", consent_on=None),
    )
    contracts_line(world, draft)
    contract_life.offer(scope=world.system, subcontract=draft)
    contract_life.sign(scope=world.system, subcontract=draft, signature=SIGNED)
    if code is None:
        contract_life.activate(scope=world.system, subcontract=draft)
        return
    with refused(code):
        contract_life.activate(scope=world.system, subcontract=draft)


def contracts_line(world: World, draft: Subcontract) -> None:
    contracts.add_funding_line(
        scope=world.system,
        subcontract=draft,
        line=contracts.LineTerms(
            name="Traject",
            form="trajectory",
            period=factories.Period(draft.start_date),
            products=[world.products["guidance"]],
            parameters={"price": "6000", "start_share": "60", "nominal_days": "180"},
        ),
    )


def test_no_more_subcontractors_than_the_terms_allow(world: World) -> None:
    # Two work under the contract already: the one that begins, and one beside it.
    says(world, subcontractor_limit=1)
    with refused("CON-50"):
        begin(world)
    says(world, subcontractor_limit=2)
    assert begin(world, number="O-2028").status == Subcontract.Status.ACTIVE


def test_the_limit_counts_subcontractors_not_contracts(world: World) -> None:
    says(world, subcontractor_limit=2)
    for number in ("O-a", "O-b"):
        begin(world, number=number)


# Clauses, and what is passed on


def clause(world: World, subcontract: Subcontract | None = None, **changed: object) -> None:
    facts = clauses.ClauseFacts(
        code="4.2", title="Stopregels", text="De zorg stopt bij 18 jaar.", start_date=JANUARY
    )
    clauses.set_clause(
        scope=world.system,
        subcontract=subcontract or world.pxq.subcontract,  # type: ignore[arg-type]
        facts=replace(facts, **changed),  # type: ignore[arg-type]
    )


def test_a_newer_clause_takes_the_place_of_the_older(world: World) -> None:
    clause(world)
    clause(world, start_date=date(2026, 3, 1), text="Ook bij de Wlz.")
    assert world.pxq.subcontract
    held = world.pxq.subcontract.clauses.values_list("start_date", "end_date")
    assert list(held) == [
        (JANUARY, date(2026, 2, 28)),
        (date(2026, 3, 1), None),
    ]
    with refused("CON-60"):
        clause(world, start_date=date(2026, 2, 1))
    with refused("CON-59"):
        clause(world, code="9", start_date=date(2024, 1, 1))


def test_clauses_do_not_change_while_a_contract_is_on_offer(world: World) -> None:
    draft = ready(world)
    clause(world, draft, start_date=draft.start_date)
    contract_life.offer(scope=world.system, subcontract=draft)
    with refused("CON-27"):
        clause(world, draft, code="5", start_date=draft.start_date)
    with refused("CON-27"):
        clauses.end_clause(
            scope=world.system, clause=draft.clauses.get(), end_date=draft.start_date
        )
    shown = draft.versions.get().text["sections"][-1]
    assert shown["rows"][0][:2] == ["4.2 Stopregels", "De zorg stopt bij 18 jaar."]


def test_a_clause_goes_out_of_a_draft_and_ends_in_a_contract_that_runs(world: World) -> None:
    draft = ready(world)
    clause(world, draft, start_date=draft.start_date)
    clause(world)
    clauses.end_clause(scope=world.system, clause=draft.clauses.get(), end_date=JANUARY)
    assert not draft.clauses.exists()
    assert world.pxq.subcontract
    held = world.pxq.subcontract.clauses.get()
    clauses.end_clause(scope=world.system, clause=held, end_date=date(2026, 6, 30))
    held.refresh_from_db()
    assert held.end_date == date(2026, 6, 30)


def test_a_draft_does_not_move_away_from_its_clauses(world: World) -> None:
    draft = ready(world)
    clause(world, draft, start_date=draft.start_date)
    drafting.remove_line(scope=world.system, line=draft.funding_lines.get())
    with refused("CON-59"):
        drafting.change_terms(
            scope=world.system,
            subcontract=draft,
            terms=terms(start_date=draft.start_date + timedelta(days=1)),
        )


def test_a_provider_reads_the_clauses_of_what_it_was_offered(world: World) -> None:
    draft = ready(world)
    clause(world, draft, start_date=draft.start_date)
    clause(world)
    assert world.pxq.subcontract
    mine = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert world.pxq.subcontract.clauses.visible_to(mine).count() == 1
    assert draft.clauses.count() == 0
    become(world.at(Role.SUBCONTRACTOR_USER, world.trajectory))
    assert world.pxq.subcontract.clauses.count() == 0


def test_clauses_come_along_in_a_copy(world: World) -> None:
    clause(world)
    clause(world, code="5", start_date=date(2025, 6, 1))
    assert world.pxq.subcontract
    ended = world.pxq.subcontract.clauses.get(code="5")
    clauses.end_clause(scope=world.system, clause=ended, end_date=date(2025, 12, 31))
    made = drafting.copy(
        scope=world.system,
        source=world.pxq.subcontract,
        subcontractor=world.pxq.subcontractor,
        terms=terms("O-kopie"),
    )
    copied = made.clauses.get()
    assert (copied.code, copied.start_date) == ("4.2", made.start_date)


def test_the_matrix_of_what_is_passed_on(world: World) -> None:
    says(world, acceptance_duty=True, stop_rules="18 jaar", index_rule="OVA")
    row = duty(world, is_passed_on=True)
    duty(world, name="Jaarrekening", kind="accounts")
    clause(world, passes_on="stop_rules")
    clause(world, code="7", title="Zomaar")
    scope = manager(world)
    found = matrix(scope, world.youth)
    assert [one.key for one in found.duties] == [
        *("acceptance_duty", "stop_rules", "index_rule"),
        f"report:{row.pk}",
    ]
    [own] = [one for one in found.rows if one.subcontract == world.pxq.subcontract]
    assert [one.state for one in own.passed] == [
        *(State.BY_FIELD, State.BY_CLAUSE, State.MISSING, State.MISSING),
    ]
    assert own.missing == 2
    assert [one.code for one in own.clauses] == ["7"]
    # Whether a contract is indexed is not for the quality officer.
    scope = become(world.at(Role.QUALITY_OFFICER))
    assert "index_rule" not in [one.key for one in matrix(scope, world.youth).duties]


# Dates


def test_the_days_that_matter_in_their_order(world: World) -> None:
    option(world)
    duty(world, start_date=JANUARY)
    contract = ready(world, "O-dagen", end_date=date(2027, 6, 30), notice_months=3)
    line = contract.funding_lines.get()
    drafting.remove_line(scope=world.system, line=line)
    contracts.add_funding_line(
        scope=world.system,
        subcontract=contract,
        line=contracts.LineTerms(
            name="Tijdelijk",
            form="pxq",
            period=factories.Period(contract.start_date, date(2027, 3, 31)),
            products=[world.products["guidance"]],
        ),
    )
    scope = manager(world)
    first = scope.today
    found = contract_dates.contract_dates(scope, first=first, until=date(2028, 1, 1))
    about = [(one.kind, one.day) for one in found if one.kind is not DateKind.REPORT]
    assert about == [
        (DateKind.OPTION, date(2026, 6, 30)),
        (DateKind.LINE, date(2027, 3, 31)),
        (DateKind.NOTICE, date(2027, 3, 31)),
        (DateKind.END_BELOW, date(2027, 6, 30)),
        (DateKind.END_ABOVE, END),
    ]
    reports = [one.day for one in found if one.kind is DateKind.REPORT]
    assert reports[:2] == [date(2026, 4, 30), date(2026, 7, 30)]


def test_what_is_near_or_too_late_stands_on_the_work_list(world: World) -> None:
    now = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
    option(world)
    duty(world, start_date=date(2025, 10, 1))
    scope = become(world.at(Role.CONTRACT_MANAGER, at=now))
    due = [item.due for item in contract_dates.items(scope)]
    assert due == [date(2026, 1, 30), date(2026, 4, 30), date(2026, 6, 30)]
    assert not list(contract_dates.items(become(world.at(Role.CONTROLLER, at=now))))
