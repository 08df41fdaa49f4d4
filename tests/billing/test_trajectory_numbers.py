"""A trajectory that goes on under another number, from starts and stops to the entitlements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Entitlement
from billing.services import months
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import DeliveryStart, DeliveryStop, Placement
from tests.billing.build import JANUARY, moment, placement
from tests.billing.funding import add_line
from tests.factories import World, world


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def delivered(placed: Placement, begin: date, end: date | None = None) -> DeliveryStart:
    own = {
        "main_contractor_id": placed.main_contractor_id,
        "provider_organisation_id": placed.provider_organisation_id,
        "recorded_at": moment(date(2026, 3, 2)),
    }
    start = DeliveryStart.objects.create(**own, placement=placed, begin_date=begin)
    if end:
        DeliveryStop.objects.create(**own, start=start, end_date=end, reason="33")
    return start


def entitled(chain: World, last: Month) -> list[tuple[int | None, Decimal]]:
    """What was entitled up to a month, which is closed as those before it are."""
    month = JANUARY
    while month <= last:
        scope = chain.system.moved_to(moment(date(2026, 8, 3)))
        months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
        month = month.next()
    rows = Entitlement.objects.filter(form="trajectory").order_by("pk")
    return list(rows.values_list("placement", "amount"))


def test_no_second_start_part_within_the_window(chain: World) -> None:
    add_line(chain, "trajectory")
    one = placement(chain, volume=None, end=date(2026, 2, 28))
    delivered(one, date(2026, 1, 5), date(2026, 2, 10))
    two = placement(chain, volume=None, client=one.client, start=date(2026, 3, 1))
    delivered(two, date(2026, 3, 2))

    found = entitled(chain, Month(2026, 3))

    assert [placed for placed, _amount in found] == [one.pk, one.pk]
    assert found[0][1] == Decimal("3600.00")


def test_a_start_part_that_a_later_stop_makes_undue_is_reversed(chain: World) -> None:
    add_line(chain, "trajectory")
    one = placement(chain, volume=None, end=date(2026, 2, 28))
    start = delivered(one, date(2026, 1, 5))
    two = placement(chain, volume=None, client=one.client, start=date(2026, 3, 1))
    delivered(two, date(2026, 3, 2))
    # Both run, as far as was reported: two trajectories.
    assert len(entitled(chain, Month(2026, 3))) == 2

    DeliveryStop.objects.create(
        main_contractor_id=one.main_contractor_id,
        provider_organisation_id=one.provider_organisation_id,
        recorded_at=moment(date(2026, 4, 2)),
        start=start,
        end_date=date(2026, 2, 10),
        reason="33",
    )
    found = entitled(chain, Month(2026, 4))

    assert sum(amount for placed, amount in found if placed == two.pk) == 0


def test_a_start_after_the_window_is_paid(chain: World) -> None:
    add_line(chain, "trajectory")
    one = placement(chain, volume=None, end=date(2026, 2, 28))
    delivered(one, date(2026, 1, 5), date(2026, 2, 10))
    two = placement(chain, volume=None, client=one.client, start=date(2026, 3, 1))
    delivered(two, date(2026, 5, 12))

    found = entitled(chain, Month(2026, 5))

    assert found[-1] == (two.pk, Decimal("3600.00"))
