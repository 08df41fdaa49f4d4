"""A main contractor that indexes: the published figures, one scheme, and who follows it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import IndexRound, IndexScheme, IndexSeries, Product, Tariff
from subcontracts.services import contracts, index_deciding, index_figures, index_rounds
from tests import factories
from tests.conftest import become
from tests.factories import Party, World

#: Tests live in March 2026; the round is that of the year after.
DAY = date(2027, 1, 1)
EVE = date(2026, 12, 31)


def manager(world: World, name: str = "a", *, at: datetime = factories.NOW) -> Scope:
    """A contract manager; `b` is the second one."""
    scope = world.at(Role.CONTRACT_MANAGER, at=at)
    if name == "a":
        return scope
    other, _created = factories.User.objects.get_or_create(
        email=f"{name}@{world.main.organisation.kvk}.test", defaults={"name": name}
    )
    return Scope(
        role=Role.CONTRACT_MANAGER,
        user_id=other.pk,
        main_contractor_id=world.main.pk,
        at=at,
    )


def figures(world: World, year: int = 2027) -> dict[str, IndexSeries]:
    """The published figures of 2025 and 2024, as those of another year and the one before."""
    found = {}
    for name, now, before, definitive in (
        ("OVA", "4.18", "4.94", "6.00"),
        ("Prijs", "1.82", "2.51", "3.10"),
    ):
        series = index_figures.create_series(
            scope=world.system, main_contractor_id=world.main.pk, name=name, source="VNG"
        )
        index_figures.record_figure(
            scope=world.system, series=series, year=year, provisional=Decimal(now)
        )
        index_figures.record_figure(
            scope=world.system,
            series=series,
            year=year - 1,
            provisional=Decimal(before),
            definitive=Decimal(definitive),
        )
        found[name] = series
    return found


def scheme(
    world: World,
    series: dict[str, IndexSeries],
    method: str = "difference",
    name: str = "Mix",
    first_year: str = "calendar",
) -> IndexScheme:
    """Ninety percent labour, ten percent prices."""
    return index_figures.create_scheme(
        scope=world.system,
        main_contractor_id=world.main.pk,
        name=name,
        terms=index_figures.SchemeTerms(
            start_date=date(2025, 1, 1), method=method, first_year=first_year
        ),
        weights={series["OVA"]: Decimal(90), series["Prijs"]: Decimal(10)},
    )


def follow(world: World, party: Party, of: IndexScheme) -> None:
    """From the beginning on."""
    assert party.subcontract
    index_figures.follow(
        scope=world.system, subcontract=party.subcontract, scheme=of, start_date=date(2025, 1, 1)
    )


def indexing_world(system: Scope, method: str = "difference") -> World:
    """All three subcontractors follow one scheme."""
    world = factories.world(system)
    of = scheme(world, figures(world), method)
    for party in (world.pxq, world.fte, world.trajectory):
        follow(world, party, of)
    return world


def prepared(world: World) -> IndexRound:
    """A draft by the first contract manager."""
    return index_rounds.prepare(
        scope=become(manager(world)), main_contractor_id=world.main.pk, effective=DAY
    )


def decided(world: World) -> IndexRound:
    """Decided by the second."""
    row = prepared(world)
    return index_deciding.decide(scope=become(manager(world, "b")), row=row)


def decided_for_next_year(world: World) -> IndexRound:
    """For pages, which have no other day than today."""
    now = timezone.now()
    day = date(timezone.localdate(now).year + 1, 1, 1)
    of = scheme(world, figures(world, day.year))
    for party in (world.pxq, world.fte, world.trajectory):
        follow(world, party, of)
    row = index_rounds.prepare(
        scope=become(manager(world, "b", at=now)), main_contractor_id=world.main.pk, effective=day
    )
    row = index_deciding.decide(scope=become(manager(world, "c", at=now)), row=row)
    become(world.system)
    return row


def set_tariff(world: World, product: Product, amount: str, start: date) -> Tariff:
    """By hand, in the contract of the first subcontractor."""
    assert world.pxq.subcontract
    return contracts.set_tariff(
        scope=world.system,
        subcontract=world.pxq.subcontract,
        product=product,
        amount=Decimal(amount),
        period=Period(start),
    )
