"""Ceilings hold from a day on, and what was agreed before is kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import gates
from subcontracts.models import CeilingSignal, ContractCeiling, Subcontract
from subcontracts.rules.ceiling import day_of_year
from subcontracts.rules.contracttext import ContractText
from subcontracts.selectors.contracttext import kept_text_of, unrecorded
from subcontracts.services import amending, ceiling_signals, contract_ceilings, drafting
from subcontracts.services.amending import Amendment
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.setting_up import NEXT_YEAR, concluded, draft, manager, ready, terms

D = Decimal
YEAR_AFTER = date(2028, 1, 1)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


@pytest.fixture
def running(world: World) -> Subcontract:
    """A contract that begins next year, with a ceiling of 50,000 euros."""
    return concluded(world.system, ready(world, ceiling=D("50000.00")))


def agree(world: World, row: Subcontract, amount: str | None, day: date) -> None:
    contract_ceilings.set_ceiling(
        scope=manager(world),
        subcontract=row,
        amount=None if amount is None else D(amount),
        start_date=day,
    )


def refusal(world: World, row: Subcontract, amount: str | None, day: date) -> str:
    with pytest.raises(RuleError) as refused:
        agree(world, row, amount, day)
    return refused.value.code


def facts_of(row: Subcontract) -> dict[str, str]:
    """Every fact in the text of a contract."""
    text = ContractText.read(kept_text_of(row).written())
    return {name: value for section in text.sections for name, value in section.facts}


def test_each_day_has_the_ceiling_that_was_agreed_for_it(
    world: World, running: Subcontract
) -> None:
    agree(world, running, "60000", YEAR_AFTER)
    agree(world, running, None, date(2029, 1, 1))
    days = (date(2026, 6, 1), NEXT_YEAR, date(2027, 12, 31), YEAR_AFTER, date(2029, 5, 1))
    assert [running.ceiling_on(day) for day in days] == [
        D("50000.00"), D("50000.00"), D("50000.00"), D("60000"), None
    ]  # fmt: skip


def test_of_two_for_one_day_the_last_holds_and_both_are_kept(
    world: World, running: Subcontract
) -> None:
    agree(world, running, "55000", NEXT_YEAR)
    assert running.ceiling_on(NEXT_YEAR) == D("55000")
    assert [one.amount for one in running.ceilings.all()] == [D("50000.00"), D("55000.00")]


def test_the_year_is_looked_at_on_the_day_nearest_to_today() -> None:
    today = date(2027, 5, 4)
    assert day_of_year(2027, today) == today
    assert day_of_year(2026, today) == date(2026, 12, 31)
    assert day_of_year(2028, today) == date(2028, 1, 1)


def test_what_cannot_be_a_ceiling_is_refused(world: World, running: Subcontract) -> None:
    assert refusal(world, running, "60000", date(2026, 12, 31)) == "CON-190"
    assert refusal(world, running, "50000", date(2027, 6, 1)) == "CON-191"
    assert refusal(world, running, "0", YEAR_AFTER) == "CON-192"
    become(world.system)
    offered = ready(world, "O-3")
    offered.status = Subcontract.Status.OFFERED
    offered.save(update_fields=["status"])
    assert refusal(world, offered, "60000", YEAR_AFTER) == "CON-27"
    for role in (Role.CONTROLLER, Role.CARE_COORDINATOR):
        with pytest.raises(NotAllowedError):
            contract_ceilings.set_ceiling(
                scope=become(world.at(role)),
                subcontract=running,
                amount=D(1),
                start_date=YEAR_AFTER,
            )


def test_the_text_of_the_contract_names_each_year(world: World, running: Subcontract) -> None:
    assert not unrecorded(running)
    agree(world, running, "60000", YEAR_AFTER)
    facts = facts_of(running)
    assert facts["Bestedingsruimte per kalenderjaar"] == "€ 50.000,00"
    assert facts["Bestedingsruimte per kalenderjaar, vanaf 01-01-2028"] == "€ 60.000,00"
    # It waits for an amendment that keeps it.
    assert [one.after for one in unrecorded(running)] == ["€ 60.000,00"]


def test_an_amendment_changes_it_from_a_day_on(world: World, running: Subcontract) -> None:
    changed = terms(ceiling=D("60000"), ceiling_from=YEAR_AFTER)
    amendment = Amendment(terms=changed, agreed_on=NOW.date(), reason="Meer vraag")
    amending.amend(scope=manager(world), subcontract=running, amendment=amendment)
    days = (NEXT_YEAR, YEAR_AFTER)
    assert [running.ceiling_on(day) for day in days] == [D("50000.00"), D("60000.00")]
    assert not unrecorded(running)


def test_what_begins_after_a_new_last_day_is_cancelled(world: World, running: Subcontract) -> None:
    agree(world, running, "60000", YEAR_AFTER)
    ended = amending.end_on(
        scope=manager(world),
        subcontract=running,
        end_date=date(2027, 12, 31),
        agreed_on=NOW.date(),
        reason="Korter",
    )
    assert ended.cancelled == ["bestedingsruimte van € 60.000,00 per kalenderjaar vanaf 01-01-2028"]
    assert [one.start_date for one in running.ceilings.all()] == [NEXT_YEAR]


def test_in_a_draft_one_takes_the_place_of_the_other(world: World) -> None:
    row = draft(world, ceiling=D("50000"))
    agree(world, row, "55000", NEXT_YEAR)
    agree(world, row, "60000", YEAR_AFTER)
    assert [one.amount for one in row.ceilings.all()] == [D(55000), D(60000)]
    agree(world, row, "55000", YEAR_AFTER)
    assert [one.amount for one in row.ceilings.all()] == [D(55000)]


def test_a_draft_that_begins_later_takes_its_ceiling_along(world: World) -> None:
    row = draft(world, ceiling=D("50000"))
    agree(world, row, "60000", YEAR_AFTER)
    moved = terms(start_date=date(2027, 7, 1), ceiling=D("50000"))
    drafting.change_terms(scope=manager(world), subcontract=row, terms=moved)
    assert [(one.start_date, one.amount) for one in row.ceilings.all()] == [
        (date(2027, 7, 1), D(50000)), (YEAR_AFTER, D(60000))
    ]  # fmt: skip
    with pytest.raises(RuleError, match="CON-190"):
        later = terms(start_date=date(2028, 7, 1), ceiling=D("50000"))
        drafting.change_terms(scope=manager(world), subcontract=row, terms=later)


def test_one_like_it_has_the_ceilings_of_its_period(world: World, running: Subcontract) -> None:
    agree(world, running, "60000", YEAR_AFTER)
    agree(world, running, "70000", date(2029, 1, 1))
    for number, typed, first in (("O-A", None, D(60000)), ("O-B", D(1), D(1))):
        made = drafting.copy(
            scope=manager(world),
            source=running,
            subcontractor=running.subcontractor,
            terms=terms(number, start_date=date(2028, 3, 1), ceiling=typed),
        )
        assert [(one.start_date, one.amount) for one in made.ceilings.all()] == [
            (date(2028, 3, 1), first), (date(2029, 1, 1), D(70000))
        ]  # fmt: skip


def test_notice_is_of_the_ceiling_that_holds_today(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = world.pxq.subcontract
    assert contract is not None
    monkeypatch.setattr(gates, "spent", lambda ids, _y, _t: dict.fromkeys(ids, D("70000")))
    scope = become(factories.moved(world.system))
    factories.agree_ceiling(contract, D("200000"))
    factories.agree_ceiling(contract, D("100000"), date(scope.today.year + 1, 1, 1))
    assert not ceiling_signals.give_notice(scope=scope)
    factories.agree_ceiling(contract, D("90000"), scope.today)
    ceiling_signals.give_notice(scope=scope)
    assert CeilingSignal.objects.get().ceiling == D("90000.00")


def test_it_is_set_on_its_page_and_all_can_be_read(
    world: World, running: Subcontract, browse: Browse
) -> None:
    manages = browse(world, Role.CONTRACT_MANAGER)
    detail = reverse("subcontract_detail", args=[running.pk])
    page = reverse("subcontract_ceiling", args=[running.pk])
    assert page in manages.get(detail).content.decode()
    early = {"amount": "60.000,00", "start_date": "01-01-2026"}
    assert "CON-190" in manages.post(page, early).content.decode()
    typed = {"amount": "60.000,00", "start_date": "01-01-2028"}
    assert manages.post(page, typed)["Location"] == detail
    for reader in (manages, browse(world, Role.SUBCONTRACTOR_ADMIN, world.pxq)):
        shown = reader.get(detail).content.decode()
        assert "€ 50.000,00" in shown and "€ 60.000,00" in shown


def test_a_subcontractor_reads_no_ceiling_of_a_draft_or_of_others(
    world: World, running: Subcontract
) -> None:
    row = draft(world, "O-D", ceiling=D("1234"))
    own = become(world.at(Role.SUBCONTRACTOR_ADMIN, world.pxq))
    seen = set(ContractCeiling.objects.visible_to(own).values_list("subcontract", flat=True))
    assert seen == {running.pk}
    # Nor does the database show it.
    assert not ContractCeiling.objects.filter(subcontract=row).exists()
    other = become(world.at(Role.SUBCONTRACTOR_ADMIN, world.fte))
    assert not ContractCeiling.objects.visible_to(other).exists()
    assert not ContractCeiling.objects.exists()
