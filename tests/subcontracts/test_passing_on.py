"""What follows below from a municipal contract: gates, clauses and duties passed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Subcontract
from subcontracts.rules.flowdown import State
from subcontracts.selectors.flowdown import matrix
from subcontracts.services import (
    clauses,
    contract_life,
    contracts,
    drafting,
)
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.setting_up import SIGNED, manager, ready, terms
from tests.subcontracts.upward import JANUARY, duty, ending, refused, says


@pytest.fixture
def world(system: Scope) -> World:
    return ending(system)


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
    shown = draft.versions.get().text["sections"][-2]
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
