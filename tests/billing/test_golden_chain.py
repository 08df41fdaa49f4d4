"""The worked numbers of domain.md section 3 along the whole chain: from what comes in to the bank.

A 301, 305, 307 or 323, or an FTE report; then entitlement, statement, a run of two people; and the
amount in the pain.001 that the bank gets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal as D

import pytest

from billing.models import Entitlement, Statement
from billing.services import fte, months, payments, uploads
from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import Message, builders
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product as MessageProduct
from subcontracts.models import Allocation, Placement
from subcontracts.services import contracts, placements
from tests import factories
from tests.billing.build import JANUARY, line, moment
from tests.billing.funding import add_line
from tests.billing.messages import declaration
from tests.conftest import become
from tests.factories import Party, World, world
from tests.subcontracts.post import codes, down, envelope, up

MARCH, APRIL, JUNE = Month(2026, 3), Month(2026, 4), Month(2026, 6)
_AMOUNT = re.compile(rb'<InstdAmt Ccy="EUR">([0-9.]+)</InstdAmt>')
FIRST = moment(date(2026, 3, 2))


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@dataclass
class Client:
    """Somebody with an allocation from the municipality, placed and accepted."""

    chain: World
    party: Party
    who: builders.Person
    placement: Placement

    def start(self, begin: date) -> None:
        """A 305 of the subcontractor's own software."""
        record = StartProduct(
            allocation_number=self.placement.number,
            product=self._code,
            allocation_start_date=self.placement.start_date,
            begin_date=begin,
        )
        self._hand_in(builders.start(self._head(begin), self.who, [record]), begin)

    def stop(self, begin: date, last: date, reason: str) -> None:
        """A 307 of the subcontractor's own software."""
        record = StopProduct(
            allocation_number=self.placement.number,
            product=self._code,
            allocation_start_date=self.placement.start_date,
            begin_date=begin,
            end_date=last,
            stop_reason=reason,
        )
        self._hand_in(builders.stop(self._head(last), self.who, [record]), last)

    def _head(self, day: date) -> builders.Envelope:
        return replace(envelope(self.chain), day=day)

    @property
    def _code(self) -> MessageProduct:
        product = self.placement.product
        return MessageProduct(category=product.category, code=product.code)

    def _hand_in(self, message: Message, day: date) -> None:
        assert codes(down(self.chain, message, moment(day), self.party)) == []


def allocated(chain: World, party: Party, **extent: object) -> Client:
    """A 301 from the municipality, placed."""
    who = factories.person()
    period = Period(date(2026, 3, 1), date(2026, 12, 31))
    one = factories.allocated(
        chain.products["guidance"],
        period=period,
        decided=FIRST,
        **extent,  # type: ignore[arg-type]
    )
    message = factories.allocation_message(chain, who, one, on=FIRST.date())
    assert codes(up(chain, message, FIRST)) == []
    scope = factories.moved(chain.system, FIRST)
    placed = placements.place(
        scope=scope,
        allocation=Allocation.objects.get(number=one.number),
        subcontractor=party.subcontractor,
    )
    return Client(chain, party, who, placements.accept(scope=scope, placement=placed))


def after(month: Month) -> datetime:
    return moment(month.next().first.replace(day=9))


def paid(chain: World, party: Party, month: Month) -> list[str]:
    """The amounts in the bank's file after the month, once two controllers did their part."""
    scope = become(chain.system.moved_to(after(month)))
    months.close_month(scope=scope, subcontractor=party.subcontractor, month=month)
    one = chain.at(Role.CONTROLLER, at=after(month))
    if not Statement.objects.get(month=month.first).payable:
        return []
    run = payments.prepare_run(scope=become(one), main_contractor_id=chain.main.pk)
    other = replace(one, user_id=chain.at(Role.CONTRACT_MANAGER).user_id)
    controls(chain, other)
    run = payments.release_run(scope=become(other), run=run)
    become(chain.system)
    found = _AMOUNT.findall(bytes(run.file))
    assert f"<CtrlSum>{sum(map(D, (one.decode() for one in found)))}</CtrlSum>".encode() in bytes(
        run.file
    )
    return [one.decode() for one in found]


def controls(chain: World, scope: Scope) -> None:
    """Let this person be a controller too; the database asks."""
    become(chain.system)
    Membership.objects.get_or_create(
        user_id=scope.user_id,
        role=Role.CONTROLLER,
        main_contractor=chain.main,
        defaults={"started_at": FIRST},
    )


def entitled(party: Party) -> list[str]:
    rows = Entitlement.objects.filter(subcontractor=party.subcontractor).order_by("pk")
    return [str(one.amount) for one in rows]


def test_hours_declared_in_minutes_by_a_323(chain: World) -> None:
    """3.1: EUR 69.27 an hour × 10,000 minutes is 11,545.00, and not 1.15 × 10,000."""
    assert chain.pxq.subcontract
    contracts.set_tariff(
        scope=chain.system,
        subcontract=chain.pxq.subcontract,
        product=chain.products["guidance"],
        amount=D("69.27"),
        period=Period(MARCH.first),
    )
    one = allocated(chain, chain.pxq, volume=200, frequency="4")
    minutes = line(one.placement, MARCH, volume=10_000, unit="01", tariff=115, amount=11_545_00)
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(date(2026, 4, 7))))
    uploads.receive(scope=scope, raw=declaration(chain, MARCH, (one.who.bsn, minutes)))
    assert paid(chain, chain.pxq, MARCH) == ["11545.00"]
    assert entitled(chain.pxq) == ["11545.00"]


def test_an_fte_report(chain: World) -> None:
    """3.2: 12.0 FTE at EUR 98,000 is EUR 98,000 a month, held until the report is in."""
    person = factories.professional(chain.system, chain.fte)
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.fte, at=moment(date(2026, 2, 3))))
    report = fte.open_report(scope=scope, funding_line=chain.fte.line, month=JANUARY)
    fte.save(scope=scope, report=report, rows={person.pk: D("1.000")}, details={})
    fte.hand_in(scope=scope, report=report)
    assert paid(chain, chain.fte, JANUARY) == ["98000.00"]


def test_a_trajectory_by_a_305_and_a_307(chain: World) -> None:
    """3.3: EUR 3,600 at the start; the provider stops on day 75 of 180 and owes EUR 1,100."""
    add_line(chain, "trajectory")
    one = allocated(chain, chain.pxq)
    one.start(date(2026, 3, 2))
    assert paid(chain, chain.pxq, MARCH) == ["3600.00"]
    one.stop(date(2026, 3, 2), date(2026, 5, 15), "33")
    assert paid(chain, chain.pxq, Month(2026, 5)) == []
    assert entitled(chain.pxq) == ["3600.00", "-1100.00"]
    # The next trajectory pays what is left of it.
    allocated(chain, chain.pxq).start(date(2026, 6, 1))
    assert paid(chain, chain.pxq, JUNE) == ["2500.00"]


def test_a_trajectory_that_ends_as_planned(chain: World) -> None:
    """3.3: EUR 3,600 and EUR 2,400, in one run where both fall in one month."""
    add_line(chain, "trajectory")
    one = allocated(chain, chain.pxq)
    one.start(date(2026, 3, 2))
    one.stop(date(2026, 3, 2), date(2026, 3, 31), "31")
    assert paid(chain, chain.pxq, MARCH) == ["6000.00"]


def test_an_advance_less_a_discount(chain: World) -> None:
    """3.4 and 3.7: an advance of EUR 375,000 a month, less 5 percent."""
    add_line(chain, "advance_pool")
    add_line(chain, "sanction_discount")
    assert paid(chain, chain.pxq, MARCH) == ["356250.00"]
    assert paid(chain, chain.pxq, APRIL) == ["356250.00"]
