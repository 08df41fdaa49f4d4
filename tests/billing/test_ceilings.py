"""Above a ceiling nothing is paid without a written change, but for exempt care."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing import gates
from billing.models import Hold, Statement
from billing.services import entitling, holds, months
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from qualifications.models import Requirement
from subcontracts.models import CeilingExemption, Placement, Subcontract
from subcontracts.services import ceiling_exemptions
from subcontracts.services.ceiling_exemptions import ExemptionFacts
from tests import factories
from tests.billing.build import FEBRUARY, JANUARY, credit, declare, moment, placement, priced
from tests.billing.test_holds import demand
from tests.conftest import become
from tests.factories import World, world

D = Decimal
Ground = CeilingExemption.Ground


@pytest.fixture
def chain(system: Scope) -> World:
    made = world(system)
    ceiling(made, D("1000.00"))
    return made


def contract_of(chain: World) -> Subcontract:
    assert chain.pxq.subcontract is not None
    return chain.pxq.subcontract


def ceiling(chain: World, amount: Decimal | None) -> None:
    factories.agree_ceiling(contract_of(chain), amount)


def refresh(chain: World, day: date = date(2026, 2, 5)) -> None:
    scope = become(chain.system.moved_to(moment(day)))
    entitling.entitle(scope=scope, subcontractor=chain.pxq.subcontractor)
    holds.refresh(scope=scope, subcontractor=chain.pxq.subcontractor)


def held() -> dict[str, Decimal]:
    return {
        one.reference: one.amount
        for one in Hold.objects.open().exclude(kind=Hold.Kind.REPORT_MISSING)
    }


def exempt(chain: World, **what: object) -> CeilingExemption:
    scope = become(chain.at(Role.CONTRACT_MANAGER))
    facts = ExemptionFacts(  # type: ignore[arg-type]
        **{"ground": Ground.CRISIS, "start_date": date(2026, 1, 1), "note": "Per mail", **what}
    )
    made = ceiling_exemptions.exempt(scope=scope, subcontract=contract_of(chain), facts=facts)
    become(chain.system)
    return made


def two_lines(chain: World) -> tuple[Placement, Placement]:
    """660 euros, and 660 euros after it."""
    first, second = placement(chain), placement(chain)
    declare(chain, priced(first, 10, reference="ONE"), priced(second, 10, reference="TWO"))
    return first, second


def test_what_lies_above_is_held_of_the_last(chain: World) -> None:
    two_lines(chain)
    refresh(chain)
    assert held() == {"TWO": D("320.00")}
    hold = Hold.objects.get()
    assert (hold.kind, hold.owner) == ("ceiling", "main_contractor")
    assert contract_of(chain).number in hold.reason
    assert "1.5" in hold.clause
    # Judged again, nothing changes.
    refresh(chain)
    assert Hold.objects.count() == 1


def test_up_to_the_ceiling_all_is_paid(chain: World) -> None:
    ceiling(chain, D("1320.00"))
    two_lines(chain)
    refresh(chain)
    assert held() == {}


def test_a_year_has_a_ceiling_of_its_own(chain: World) -> None:
    earlier = placement(chain)
    Placement.objects.filter(pk=earlier.pk).update(start_date=date(2025, 12, 1))
    earlier.refresh_from_db()
    december = Month(2025, 12)
    declare(chain, priced(earlier, 10, december), month=december)
    declare(chain, priced(placement(chain), 10))
    refresh(chain)
    assert held() == {}


def test_a_higher_ceiling_releases_it(chain: World) -> None:
    two_lines(chain)
    refresh(chain)
    ceiling(chain, D("1100.00"))
    refresh(chain)
    assert held() == {"TWO": D("220.00")}
    ceiling(chain, D("2000.00"))
    refresh(chain)
    assert held() == {}
    assert set(Hold.objects.values_list("release_reason", flat=True)) == {"changed", "met"}


def test_a_credit_makes_room(chain: World) -> None:
    first, second = placement(chain), placement(chain)
    one = priced(first, 10, reference="ONE")
    declare(chain, one, priced(second, 10, reference="TWO"))
    refresh(chain)
    declare(chain, credit(one))
    refresh(chain)
    assert held() == {}


@pytest.mark.parametrize("what", ["placement", "product"])
def test_what_is_exempt_is_paid_and_uses_nothing(chain: World, what: str) -> None:
    first, _second = two_lines(chain)
    refresh(chain)
    both = used(chain)
    exempt(chain, **{what: first if what == "placement" else first.product})
    refresh(chain)
    assert held() == {}
    assert used(chain) == (both / 2 if what == "placement" else 0)


def test_care_before_or_after_the_days_of_an_exemption_counts(chain: World) -> None:
    first, _second = two_lines(chain)
    refresh(chain)
    exempt(chain, placement=first, start_date=date(2026, 2, 1))
    refresh(chain)
    assert held() == {"TWO": D("320.00")}
    exempt(chain, placement=first, start_date=date(2026, 1, 1), end_date=date(2026, 1, 31))
    refresh(chain)
    assert held() == {}


def test_of_two_reasons_the_larger_holds_and_the_other_takes_over(chain: World) -> None:
    demand(chain, Requirement.AppliesTo.ORGANISATION)
    two_lines(chain)
    refresh(chain)
    # Without the registration of the organisation every line is held whole.
    assert held() == {"ONE": D("660.00"), "TWO": D("660.00")}
    assert set(Hold.objects.open().values_list("kind", flat=True)) == {"qualification"}
    Requirement.objects.update(end_date=date(2025, 12, 31))
    refresh(chain)
    assert held() == {"TWO": D("320.00")}
    assert Hold.objects.open().get().kind == "ceiling"


def test_what_was_paid_is_never_held_afterwards(chain: World) -> None:
    ceiling(chain, D("5000.00"))
    two_lines(chain)
    refresh(chain)
    closed(chain, JANUARY, date(2026, 2, 5))
    ceiling(chain, D("100.00"))
    declare(chain, priced(placement(chain), 1, FEBRUARY, reference="NEW"), month=FEBRUARY)
    refresh(chain, date(2026, 3, 5))
    assert held() == {"NEW": D("66.00")}


def test_statement_says_it_and_the_next_one_pays(chain: World) -> None:
    two_lines(chain)
    refresh(chain)
    first = closed(chain, JANUARY, date(2026, 2, 5))
    assert (first.held, first.payable) == (D("320.00"), D("1000.00"))
    ceiling(chain, D("1320.00"))
    refresh(chain, date(2026, 3, 4))
    second = closed(chain, FEBRUARY, date(2026, 3, 5))
    assert (second.released, second.payable) == (D("320.00"), D("320.00"))


def used(chain: World) -> Decimal:
    """Declared and committed in 2026."""
    contract = contract_of(chain).pk
    return gates.spent([contract], 2026, date(2026, 12, 31)).get(contract, D(0))


def closed(chain: World, month: Month, day: date) -> Statement:
    scope = become(chain.system.moved_to(moment(day)))
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
    return Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=month.first)


def test_another_ceiling_holds_from_its_day_and_the_past_year_keeps_its_own(chain: World) -> None:
    two_lines(chain)
    factories.agree_ceiling(contract_of(chain), D("2000.00"), date(2026, 3, 1))
    refresh(chain)
    assert held() == {"TWO": D("320.00")}
    refresh(chain, date(2026, 3, 1))
    assert held() == {}
    # What is agreed for the year after changes nothing of this one, also when it is over.
    factories.agree_ceiling(contract_of(chain), D("10.00"), date(2027, 1, 1))
    refresh(chain, date(2027, 1, 5))
    assert held() == {}
