"""What a controller establishes: the outcome of a bonus, the costs of a subsidy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing.models import Assessment, Entitlement, Statement
from billing.services import assessments
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import FundingLine, Subcontract
from tests.billing.build import FEBRUARY, JANUARY, MARCH, moment
from tests.billing.funding import add_line
from tests.billing.test_funding_forms import amounts, payable, run
from tests.billing.visitors import as_system, visitor
from tests.factories import World, world

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def establish(
    chain: World, line: FundingLine, amount: str, day: date = date(2026, 2, 10), **changed: object
) -> Assessment:
    """An outcome, recorded in May by a controller unless told otherwise."""
    scope = changed.pop("scope", chain.at(Role.CONTROLLER, at=moment(date(2026, 5, 4))))
    outcome = assessments.Outcome(
        amount=D(amount), day=day, reason=str(changed.get("reason", "cijfer 8,2"))
    )
    return assessments.record(scope=scope, funding_line=line, outcome=outcome)  # type: ignore[arg-type]


def test_a_bonus_is_paid_once_it_is_granted(chain: World) -> None:
    bonus = add_line(chain, "bonus")
    run(chain, JANUARY)
    assert amounts(bonus) == []
    made = establish(chain, bonus, "4000")
    run(chain, FEBRUARY, MARCH)
    assert amounts(bonus) == ["4000.00"]
    assert payable(chain, FEBRUARY) == D("4000.00")
    assert made.entitlement.why.inputs[1].value == "5000.00"


def test_another_outcome_takes_the_place_of_the_first(chain: World) -> None:
    bonus = add_line(chain, "bonus")
    first = establish(chain, bonus, "4000")
    run(chain, JANUARY, FEBRUARY)
    second = establish(chain, bonus, "4500", date(2026, 3, 2))
    assert second.replaces == first
    run(chain, MARCH)
    assert amounts(bonus) == ["4000.00", "-4000.00", "4500.00"]
    march = Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=MARCH.first)
    assert (march.corrected, march.entitled, march.payable) == (D("-4000"), D("4500"), D("500"))
    assert Assessment.objects.standing().get() == second


def test_a_bonus_after_the_last_day_of_the_contract_is_paid(chain: World) -> None:
    bonus = add_line(chain, "bonus", period=Period(date(2026, 1, 1), date(2026, 1, 31)))
    chain.pxq.line.line_products.all().delete()  # type: ignore[union-attr]
    FundingLine.objects.filter(pk=chain.pxq.line.pk).update(end_date=date(2026, 1, 31))  # type: ignore[union-attr]
    run(chain, JANUARY, FEBRUARY)
    establish(chain, bonus, "5000", date(2026, 3, 20))
    run(chain, MARCH)
    assert payable(chain, MARCH) == D("5000.00")


def test_a_subsidy_settles_on_established_costs(chain: World) -> None:
    subsidy = add_line(chain, "subsidy", period=QUARTER, instalments="3")
    run(chain, JANUARY, FEBRUARY)
    with pytest.raises(RuleError) as early:
        establish(chain, subsidy, "900", date(2026, 4, 10))
    assert early.value.code == "BIL-86"
    run(chain, MARCH)
    establish(chain, subsidy, "900", date(2026, 4, 10))
    assert amounts(subsidy) == ["333.34", "333.33", "333.33", "-100.00"]
    # An objection: the costs were 950 after all. The instalments stay what they were.
    establish(chain, subsidy, "950", date(2026, 4, 28))
    assert amounts(subsidy)[4:] == ["100.00", "-50.00"]
    assert sum(map(D, amounts(subsidy))) == D("950.00")
    run(chain, MARCH.next())
    assert sum(map(D, amounts(subsidy))) == D("950.00")


@pytest.mark.parametrize(
    ("form", "amount", "day", "code"),
    [
        ("availability", "1", date(2026, 2, 1), "BIL-82"),
        ("bonus", "5000.01", date(2026, 2, 1), "BIL-84"),
        ("bonus", "-1", date(2026, 2, 1), "BIL-84"),
        ("bonus", "1", date(2025, 12, 31), "BIL-83"),
        ("bonus", "1", date(2026, 5, 5), "BIL-83"),
        ("subsidy", "1", date(2026, 2, 1), "BIL-86"),
    ],
)
def test_what_cannot_be_established(
    chain: World, form: str, amount: str, day: date, code: str
) -> None:
    with pytest.raises(RuleError) as refused:
        establish(chain, add_line(chain, form), amount, day)
    assert refused.value.code == code
    assert not Entitlement.objects.exists()


def test_a_reason_is_asked_and_a_draft_waits(chain: World) -> None:
    bonus = add_line(chain, "bonus")
    with pytest.raises(RuleError) as refused:
        establish(chain, bonus, "1", reason=" ")
    assert refused.value.code == "BIL-85"
    Subcontract.objects.filter(pk=bonus.subcontract_id).update(status=Subcontract.Status.DRAFT)
    with pytest.raises(RuleError) as refused:
        establish(chain, bonus, "1")
    assert refused.value.code == "BIL-82"


def test_only_a_controller_establishes(chain: World) -> None:
    bonus = add_line(chain, "bonus")
    for role in (Role.CONTRACT_MANAGER, Role.QUALITY_OFFICER, Role.CARE_COORDINATOR):
        with pytest.raises(NotAllowedError):
            establish(chain, bonus, "1", scope=chain.at(role, at=moment(date(2026, 5, 4))))


def test_on_the_pages(chain: World) -> None:
    bonus = add_line(chain, "bonus")
    page, action = (
        reverse(name, args=[bonus.pk]) for name in ("funding_line_amounts", "funding_line_assess")
    )
    controller = visitor(chain, Role.CONTROLLER)
    assert action in controller.get(page).content.decode()
    typed = {"amount": "6.000,00", "day": "10-02-2026", "reason": "cijfer 8,2"}
    assert "BIL-84" in controller.post(action, typed).content.decode()
    assert controller.post(action, typed | {"amount": "4.000,00"}).status_code == 302
    own = visitor(chain, Role.SUBCONTRACTOR_USER).get(page).content.decode()
    assert "cijfer 8,2" in own
    assert "4.000,00" in own
    assert action not in own
    as_system()
    other = visitor(chain, Role.SUBCONTRACTOR_USER, chain.trajectory)
    assert other.get(page).status_code == 404
    as_system()
    plain = add_line(chain, "availability")
    assert controller.get(reverse("funding_line_assess", args=[plain.pk])).status_code == 404
    as_system()
    contract = reverse("subcontract_detail", args=[bonus.subcontract_id])
    assert page in visitor(chain, Role.CONTRACT_MANAGER).get(contract).content.decode()
    as_system()
    assert page not in visitor(chain, Role.QUALITY_OFFICER).get(contract).content.decode()
