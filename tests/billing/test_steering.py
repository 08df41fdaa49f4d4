"""Messages for steering only: they come in and count; nothing is paid or held for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import gates
from billing.models import Declaration, DeclaredLine, Entitlement, Statement
from billing.services.judged_care import CareFacts
from billing.services.statements import PAY_DAYS
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import PROMISES, check_promises
from subcontracts.models import (
    Deadline,
    MessagePurpose,
    MunicipalContract,
    Subcontract,
    UpwardReport,
)
from subcontracts.rules.consequences import Consequence
from subcontracts.services import deliveries, purposes
from tests import factories
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.billing.test_holds import demand
from tests.billing.test_months import begin, report, run
from tests.billing.visitors import visitor
from tests.conftest import become
from tests.factories import NOW, Party, World, moved, world

D = Decimal
STEERING = MessagePurpose.Purpose.STEERING
SETTLEMENT = MessagePurpose.Purpose.SETTLEMENT
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def _contract(party: Party) -> Subcontract:
    assert party.subcontract is not None
    return party.subcontract


def _steer(
    chain: World, contract: Subcontract | MunicipalContract, day: date = NEW_YEAR
) -> MessagePurpose:
    return purposes.set_purpose(
        scope=chain.system.moved_to(moment(date(2025, 12, 1))),
        contract=contract,
        purpose=STEERING,
        start_date=day,
    )


def _paid(party: Party) -> list[Decimal]:
    rows = Entitlement.objects.filter(subcontractor=party.subcontractor)
    return list(rows.values_list("amount", flat=True))


def test_without_an_agreement_messages_settle(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    placed = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    begin(chain, placed, date(2026, 1, 12))
    run(chain, JANUARY)
    assert _paid(chain.pxq) == [D("660.00")]
    assert _paid(chain.trajectory) == [D("3600.00")]


@pytest.mark.parametrize("above", [False, True], ids=["subcontract", "municipal contract"])
def test_a_declaration_or_start_pays_nothing(chain: World, above: bool) -> None:
    for party in (chain.pxq, chain.trajectory):
        if not above:
            _steer(chain, _contract(party))
    if above:
        _steer(chain, chain.youth)
    declare(chain, priced(placement(chain), 10))
    placed = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    begin(chain, placed, date(2026, 1, 12))
    report(chain, JANUARY, Noor="1.0")
    result = run(chain, JANUARY)
    assert result.problems == []
    assert DeclaredLine.objects.approved().count() == 1
    assert (_paid(chain.pxq), _paid(chain.trajectory)) == ([], [])
    # What rests on no message is paid as before.
    assert Statement.objects.get().subcontractor == chain.fte.subcontractor
    wanted = [one for one in PROMISES if one.code in ("DEC-09", "DEC-12", "DEC-14")]
    assert [one.code for one in check_promises(wanted) if not one.holds] == []


def test_what_was_about_earlier_days_stays(chain: World) -> None:
    placed = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    begin(chain, placed, date(2026, 1, 12))
    _steer(chain, _contract(chain.trajectory), date(2026, 1, 13))
    run(chain, JANUARY)
    assert _paid(chain.trajectory) == [D("3600.00")]


def test_a_start_says_nothing_of_what_is_held(chain: World) -> None:
    """A hold weighs the days of care that were reported: these are not looked at."""
    demand(chain, "organisation")
    before, after = placement(chain), placement(chain)
    declare(chain, priced(before, 10), priced(after, 10))
    begin(chain, before, date(2026, 1, 12))
    begin(chain, after, date(2026, 1, 20))
    _steer(chain, _contract(chain.pxq), date(2026, 1, 15))
    run(chain, JANUARY)
    paid = list(Entitlement.objects.filter(subcontractor=chain.pxq.subcontractor))
    assert len(paid) == 2
    assert list(CareFacts.of(chain.pxq.subcontractor, paid).spells) == [before.pk]


def test_nothing_is_committed_under_the_ceiling(chain: World) -> None:
    contract = _contract(chain.pxq)
    declare(chain, priced(placement(chain), 10))
    ids, today = [contract.pk], date(2026, 2, 10)
    assert gates.spent(ids, 2026, today)[contract.pk] > D("660.00")
    _steer(chain, contract)
    assert gates.spent(ids, 2026, today)[contract.pk] == D(0)


def test_being_late_has_no_consequence_and_still_counts(chain: World) -> None:
    _steer(chain, _contract(chain.pxq))
    placed = factories.place(chain, factories.allocate(chain))
    deliveries.report_start(scope=moved(chain.system), placement=placed, begin=date(2026, 3, 2))
    become(chain.system)
    assert UpwardReport.objects.filter(allocation=placed.allocation).exists()
    rows = Deadline.objects.filter(placement=placed, kind=Deadline.Kind.STOP).with_purpose()
    assert {row.consequence for row in rows} == {Consequence.STEERING}
    other = factories.place(chain, factories.allocate(chain, "treatment"), chain.trajectory)
    rows = Deadline.objects.filter(placement=other, kind=Deadline.Kind.STOP).with_purpose()
    assert {row.consequence for row in rows} == {Consequence.LATE_NEWS}


def test_the_newest_agreement_for_a_day_holds(chain: World) -> None:
    contract = _contract(chain.pxq)
    _steer(chain, contract)
    purposes.set_purpose(
        scope=chain.system.moved_to(moment(date(2025, 12, 2))),
        contract=contract,
        purpose=SETTLEMENT,
        start_date=NEW_YEAR,
    )
    declare(chain, priced(placement(chain), 10))
    run(chain, JANUARY)
    assert _paid(chain.pxq) == [D("660.00")]


def test_only_from_today_and_only_by_a_contract_manager(chain: World) -> None:
    contract = _contract(chain.pxq)
    for role, party in ((Role.CARE_COORDINATOR, None), (Role.SUBCONTRACTOR_ADMIN, chain.pxq)):
        with pytest.raises(NotAllowedError):
            purposes.set_purpose(
                scope=become(chain.at(role, party)),
                contract=contract,
                purpose=STEERING,
                start_date=NOW.date(),
            )
    manager = become(chain.at(Role.CONTRACT_MANAGER))
    with pytest.raises(RuleError) as refusal:
        purposes.set_purpose(
            scope=manager, contract=contract, purpose=STEERING, start_date=NEW_YEAR
        )
    assert refusal.value.code == "CON-09"


@pytest.mark.parametrize("steers", [True, False])
def test_the_pages_say_that_nothing_is_paid(chain: World, steers: bool) -> None:
    """Pages have no other day than today, so this is about the month that ended."""
    ended = Month.of(timezone.localdate()).previous()
    if steers:
        _steer(chain, _contract(chain.pxq))
    placed = placement(chain, start=ended.previous().first, end=None)
    declare(chain, priced(placed, 10, ended), priced(placed, 99, ended), month=ended)
    declaration = Declaration.objects.get()
    for role in (Role.SUBCONTRACTOR_USER, Role.CONTROLLER):
        page = visitor(chain, role).get(reverse("declaration_detail", args=[declaration.pk]))
        lines = page.context["lines"]
        # What was rejected is paid nowhere, and says why by itself.
        assert [bool(row["unpaid"]) for row in lines if row["line"].is_approved] == [steers]
        assert [bool(row["unpaid"]) for row in lines if not row["line"].is_approved] == [False]
        assert bool(page.context["unpaid"]) == steers
    month = visitor(chain, Role.SUBCONTRACTOR_USER).get(reverse("month_page", args=[str(ended)]))
    (text,) = month.context["pay_texts"]
    assert (str(PAY_DAYS) not in text) == steers


def test_a_provider_reads_it_of_its_own_contracts_only(chain: World) -> None:
    _steer(chain, _contract(chain.pxq))
    _steer(chain, chain.youth)
    _steer(chain, chain.wmo)
    seen = {}
    for name, party in (("pxq", chain.pxq), ("trajectory", chain.trajectory)):
        scope = become(chain.at(Role.SUBCONTRACTOR_USER, party))
        assert MessagePurpose.objects.visible_to(scope).count() == MessagePurpose.objects.count()
        seen[name] = MessagePurpose.objects.count()
    assert seen == {"pxq": 2, "trajectory": 1}
