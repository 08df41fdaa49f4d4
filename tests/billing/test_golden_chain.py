"""The worked numbers of domain.md section 3 along the whole chain: from what comes in to the bank.

A 301, 305, 307 or 323, or an FTE report; then entitlement, statement, a run of two people; and the
amount in the pain.001 that the bank gets.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from billing.models import Hold
from billing.services import fte, uploads
from billing.services.staging import StagedLine
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import CeilingExemption, Tariff
from subcontracts.services import ceiling_exemptions, contracts
from tests import factories
from tests.billing.build import JANUARY, credit, line, moment, priced
from tests.billing.chain import Client, allocated, entitled, paid
from tests.billing.funding import add_line
from tests.billing.messages import declaration
from tests.conftest import become
from tests.factories import World, world
from tests.subcontracts import indexing

MARCH, APRIL, MAY, JUNE = (Month(2026, number) for number in range(3, 7))


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def declared(chain: World, month: Month, *lines: tuple[Client, StagedLine]) -> None:
    """A 323 of the subcontractor's own software, a week after the month."""
    scope = become(
        chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(month.next().first.replace(day=7)))
    )
    raw = declaration(chain, month, *((one.who.bsn, line) for one, line in lines))
    uploads.receive(scope=scope, raw=raw)
    become(chain.system)


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
    declared(chain, MARCH, (one, minutes))
    assert paid(chain, chain.pxq, MARCH) == ["11545.00"]
    assert entitled(chain.pxq) == ["11545.00"]


@pytest.mark.parametrize(
    ("method", "tariff", "amount"),
    [("difference", "69.27", "11545.00"), ("ratio", "69.24", "11540.00")],
)
def test_an_indexed_tariff_is_what_the_bank_pays(
    system: Scope, method: str, tariff: str, amount: str
) -> None:
    """3.1: of EUR 66.00 and the published figures, by the method that the contract names."""
    chain = indexing.indexing_world(system, method)
    indexing.decided(chain)
    become(chain.system)
    assert (
        str(Tariff.objects.get(product=chain.products["guidance"], start_date__year=2027).amount)
        == f"{tariff}00"
    )
    term = Period(date(2026, 3, 1), date(2027, 12, 31))
    one = allocated(chain, chain.pxq, period=term, volume=200, frequency="4")
    january = Month(2027, 1)
    cents = int(D(amount) * 100)
    minutes = line(one.placement, january, volume=10_000, unit="01", tariff=115, amount=cents)
    declared(chain, january, (one, minutes))
    assert paid(chain, chain.pxq, january) == [amount]


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


@pytest.mark.parametrize("reason", ["32", "34", "02", "35", "38", "39"])
def test_a_trajectory_that_the_client_or_both_end(chain: World, reason: str) -> None:
    """3.3: the start part stays and there is no end part, as for all reasons but the provider's."""
    add_line(chain, "trajectory")
    one = allocated(chain, chain.pxq)
    one.start(date(2026, 3, 2))
    one.stop(date(2026, 3, 2), date(2026, 5, 15), reason)
    assert paid(chain, chain.pxq, MAY) == ["3600.00"]
    # That there is no end part is told too.
    assert entitled(chain.pxq) == ["3600.00", "0.00"]


@pytest.mark.parametrize(
    ("reason", "amounts"),
    [
        pytest.param("20", ["3600.00", "2400.00"], id="pause"),
        pytest.param("32", ["3600.00", "0.00", "2400.00"], id="end"),
    ],
)
def test_a_trajectory_that_goes_on_after_a_pause_or_an_end(
    chain: World, reason: str, amounts: list[str]
) -> None:
    """3.3: no new start part where care begins again, and the rest where it ends as planned."""
    add_line(chain, "trajectory")
    one = allocated(chain, chain.pxq)
    one.start(date(2026, 3, 2))
    one.stop(date(2026, 3, 2), date(2026, 3, 31), reason)
    assert paid(chain, chain.pxq, MARCH) == ["3600.00"]
    one.start(date(2026, 5, 4))
    assert paid(chain, chain.pxq, MAY) == []
    one.stop(date(2026, 5, 4), date(2026, 6, 30), "31")
    assert paid(chain, chain.pxq, JUNE) == ["2400.00"]
    assert entitled(chain.pxq) == amounts


@pytest.mark.parametrize(
    ("reason", "amounts", "at_the_bank"),
    [
        pytest.param("19", ["3600.00", "2400.00"], ["6000.00"], id="as-planned"),
        pytest.param("21", ["3600.00", "0.00"], ["3600.00"], id="client"),
        pytest.param("22", ["3600.00", "-1100.00"], ["2500.00"], id="provider"),
        pytest.param("31", ["3600.00", "0.00"], ["3600.00"], id="moved-away"),
    ],
)
def test_a_trajectory_under_the_wmo(
    chain: World, reason: str, amounts: list[str], at_the_bank: list[str]
) -> None:
    """3.3: reasons are those of the law; 31 is the planned end for youth only."""
    add_line(chain, "trajectory", party=chain.fte, products=[chain.products["support"]])
    one = allocated(chain, chain.fte, "support")
    one.start(date(2026, 3, 2))
    one.stop(date(2026, 3, 2), date(2026, 5, 15), reason)
    # What the same contract pays by FTE is held, for want of reports.
    assert paid(chain, chain.fte, MAY) == at_the_bank
    assert entitled(chain.fte, "trajectory") == amounts


def test_an_advance_less_a_discount(chain: World) -> None:
    """3.4 and 3.7: an advance of EUR 375,000 a month, less 5 percent."""
    add_line(chain, "advance_pool")
    add_line(chain, "sanction_discount")
    assert paid(chain, chain.pxq, MARCH) == ["356250.00"]
    assert paid(chain, chain.pxq, APRIL) == ["356250.00"]


def test_nothing_above_a_ceiling_but_what_is_exempt(chain: World) -> None:
    """3.6: of EUR 1,320 under a ceiling of 1,000 the last 320 wait for a written change; what was
    decided for this one client is paid in full, and uses nothing.
    """
    assert chain.pxq.subcontract
    factories.agree_ceiling(chain.pxq.subcontract, D("1000.00"))
    first, second, specific = (
        allocated(chain, chain.pxq, volume=40, frequency="4") for _number in range(3)
    )
    exemption = ceiling_exemptions.ExemptionFacts(
        ground=CeilingExemption.Ground.SPECIFIC,
        start_date=MARCH.first,
        placement=specific.placement,
        note="Besluit van 2 maart",
    )
    ceiling_exemptions.exempt(
        scope=become(chain.at(Role.CONTRACT_MANAGER)),
        subcontract=chain.pxq.subcontract,
        facts=exemption,
    )
    become(chain.system)
    declared(
        chain,
        MARCH,
        (first, priced(first.placement, 10, MARCH)),
        (second, priced(second.placement, 10, MARCH)),
        (specific, priced(specific.placement, 20, MARCH)),
    )
    assert paid(chain, chain.pxq, MARCH) == ["2320.00"]
    factories.agree_ceiling(chain.pxq.subcontract, D("1320.00"), APRIL.first)
    assert paid(chain, chain.pxq, APRIL) == ["320.00"]
    assert Hold.objects.open().count() == 0


def test_availability_a_sum_and_the_share_for_coordination(chain: World) -> None:
    """3.7: EUR 2,500 a month whatever is used, 750 once, and 660 declared, less 8 percent."""
    add_line(chain, "availability")
    add_line(chain, "one_off", period=MARCH.period)
    add_line(chain, "margin")
    one = allocated(chain, chain.pxq, volume=40, frequency="4")
    declared(chain, MARCH, (one, priced(one.placement, 10, MARCH)))
    assert paid(chain, chain.pxq, MARCH) == ["3597.20"]
    assert paid(chain, chain.pxq, APRIL) == ["2300.00"]


def test_a_correction_of_an_earlier_year(chain: World) -> None:
    """3.7: ten hours of December taken back and eight declared anew, beside ten of March."""
    term = Period(date(2025, 12, 1), date(2026, 12, 31))
    one = allocated(chain, chain.pxq, period=term, volume=40, frequency="4")
    december = Month(2025, 12)
    first = priced(one.placement, 10, december)
    declared(chain, Month(2026, 2), (one, first))
    assert paid(chain, chain.pxq, Month(2026, 2)) == ["660.00"]
    declared(
        chain,
        MARCH,
        (one, credit(first)),
        (one, priced(one.placement, 8, december)),
        (one, priced(one.placement, 10, MARCH)),
    )
    assert paid(chain, chain.pxq, MARCH) == ["528.00"]
    assert entitled(chain.pxq) == ["660.00", "528.00", "660.00", "-660.00"]
