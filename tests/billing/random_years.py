"""Random contracts for a year, made and lived through by the services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from billing.models import RecoveryPlan
from billing.services import fte, recovery_plans
from billing.services.recovery_plans import PlanTerms
from billing.services.staging import StagedLine
from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.core.money import from_cents
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import DeliveryStart, DeliveryStop, FundingLine, Placement, Subcontract
from subcontracts.services import contracts
from tests.billing.build import credit, declare, moment, placement, priced
from tests.billing.second_calculator import (
    YEAR,
    Agreed,
    Allocated,
    Counted,
    Debt,
    Fixed,
    Fte,
    Hours,
    Instalments,
    Kept,
    Ledger,
    Once,
    Places,
    Running,
    Sum,
    Trajectory,
)
from tests.conftest import become
from tests.factories import Party, World, organisation, professional, running

WHOLE = Period(date(YEAR, 1, 1), date(YEAR, 12, 31))
#: In the order of a statement: those that pay for products, and those that need none.
_FOR_PRODUCTS = ("lump_sum", "capacity", "function", "population", "advance_pool")
_BESIDE = ("availability", "subsidy", "one_off")
_KEPT = ("margin", "sanction_discount")


def agreement(random: Random) -> Agreed:
    """A contract of any mixture of forms, with a year in which anything may happen."""
    sums = random.sample(_FOR_PRODUCTS, 2)
    guidance = random.choice(["hours", "hours", "allocated", "fte", sums[0]])
    treatment = random.choice(["trajectory", sums[1], ""])
    beside = [form for form in _BESIDE if random.random() < 0.3]
    order = (*_FOR_PRODUCTS, *_BESIDE)
    forms = sorted({guidance, treatment, *beside} & {*order}, key=order.index)
    first = random.randint(1, 12)
    total = random.randint(1, 500_000)
    return Agreed(
        hours=_hours(random) if guidance == "hours" else None,
        allocated=_allocated(random) if guidance == "allocated" else None,
        fte=_fte(random) if guidance == "fte" else None,
        trajectory=_trajectory(random) if treatment == "trajectory" else None,
        sums=tuple(_sum(random, form) for form in forms),
        kept=tuple(_kept(random, form) for form in _KEPT if random.random() < 0.3),
        signed=random.choice([0, 0, 0, random.randint(1, 12)]),
        ceiling=random.choice([None, None, random.randint(1, 2_000_000)]),
        claim=Debt(total, random.randint(1, total), random.choice([0, 20_000]), first, False)
        if random.random() < 0.25
        else None,
        plans=random.choice([0, 50, 100]),
        parts=random.randint(1, 6),
    )


def _hours(random: Random) -> Hours:
    declared = tuple(random.choice([0, random.randint(1, 14)]) for _month in range(12))
    credited = frozenset(month for month in range(1, 12) if random.random() < 0.2)
    return Hours(random.randint(1, 20_000), declared, credited)


def _allocated(random: Random) -> Allocated:
    begin = _day(random, until=300)
    end = begin + timedelta(days=random.randint(0, 364 - begin.timetuple().tm_yday))
    return Allocated(
        hours=random.randint(1, 40),
        tariff=random.randint(1, 20_000),
        begin=begin,
        end=end if random.random() < 0.7 else None,
        late=random.choice([0, 0, 1, 2]),
    )


def _fte(random: Random) -> Fte:
    late = tuple(random.choice([0, 0, 1, 2, 12]) for _month in range(12))
    first = _day(random, until=90)
    return Fte(random.randint(1, 900), random.randint(1, 12_000_000), first, late)


def _trajectory(random: Random) -> Trajectory:
    begin = _day(random, until=300)
    end = begin + timedelta(days=random.randint(0, 364 - begin.timetuple().tm_yday))
    return Trajectory(
        price=random.randint(1, 900_000),
        share=random.randint(0, 100),
        nominal=random.randint(1, 300),
        begin=begin,
        end=end if random.random() < 0.8 else None,
        reason=random.choice(["31", "32", "33"]),
        late=random.choice([0, 0, 1, 2]),
        until=random.choice([date(YEAR, 12, 31), begin + timedelta(days=random.randint(0, 40))]),
    )


def _sum(random: Random, form: str) -> Sum:
    first, last = _days(random)
    cents = random.randint(1, 5_000_000)
    match form:
        case "function" | "population":
            hundredths = random.randint(1, 500) * (100 if form == "population" else 1)
            return Counted(form, hundredths, random.randint(1, 100_000), first, last)
        case "capacity":
            per = random.choice(["day", "month", "year"])
            return Places(random.randint(1, 20), random.randint(1, 50_000), per, first, last)
        case "subsidy":
            return Instalments(cents, random.randint(1, 24), first, last)
        case "one_off":
            return Once(cents, first, last)
    return Fixed(
        form, cents, first, last, random.randint(1, 100) if form == "advance_pool" else 100
    )


def _kept(random: Random, form: str) -> Kept:
    return Kept(form, random.randint(1, 6_000), *_days(random))


def _days(random: Random) -> tuple[date, date]:
    first = random.choice([WHOLE.start, _day(random, until=150)])
    last = random.choice([date(YEAR, 12, 31), first + timedelta(days=random.randint(0, 200))])
    return first, last


def _day(random: Random, *, until: int) -> date:
    return WHOLE.start + timedelta(days=random.randint(0, until))


@dataclass
class Life:
    """A subcontractor with its contract in the database, beside the second calculator's ledger."""

    party: Party
    ledger: Ledger
    fte_line: FundingLine | None = None
    guided: Placement | None = None
    treated: Placement | None = None
    worker: int = 0
    #: By placement.
    starts: dict[int, DeliveryStart] = field(default_factory=dict)
    lines: dict[int, StagedLine] = field(default_factory=dict)

    @property
    def agreed(self) -> Agreed:
        return self.ledger.agreed


def enter(world: World, agreed: Agreed, number: int) -> Life:
    """The contract as it runs, unsigned where it is signed later; and its clients."""
    scope = world.system
    subcontractor = contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=world.main.pk,
        organisation=organisation(f"Zorg {number}"),
        period=Period(WHOLE.start),
        iban="NL20INGB0001234567",
    )
    terms = contracts.SubcontractTerms(
        number=f"J-{number:06d}",
        start_date=WHOLE.start,
        consent_on=WHOLE.start,
        ceiling=None if agreed.ceiling is None else from_cents(agreed.ceiling),
    )
    draft = contracts.create_subcontract(
        scope=scope, subcontractor=subcontractor, municipal_contract=world.youth, terms=terms
    )
    life = Life(Party(subcontractor, draft), Ledger(agreed))
    _add_lines(world, life)
    subcontract = running(scope, draft)
    if agreed.signed:
        Subcontract.objects.filter(pk=draft.pk).update(signed_on=None)
    life.party = Party(subcontractor, subcontract)
    of = partial(placement, world, life.party)
    if agreed.hours:
        life.guided = of(world.products["guidance"])
    if agreed.allocated:
        life.guided = of(world.products["guidance"], volume=agreed.allocated.hours)
    if agreed.trajectory:
        client = life.guided.client if life.guided else None
        life.treated = of(world.products["treatment"], volume=None, client=client)
    if agreed.fte:
        life.worker = professional(scope, life.party).pk
    return life


def _add_lines(world: World, life: Life) -> None:
    agreed, draft = life.agreed, life.party.subcontract
    assert draft
    free = [world.products["guidance"], world.products["treatment"]]

    def add(form: str, period: Period = WHOLE, **parameters: object) -> FundingLine:
        products = [] if form in (*_BESIDE, *_KEPT) else [free.pop(0)]
        line = contracts.LineTerms(
            name=form, form=form, period=period, products=products, parameters=parameters
        )
        return contracts.add_funding_line(scope=world.system, subcontract=draft, line=line)

    if agreed.trajectory:
        one = agreed.trajectory
        free.reverse()
        add(
            "trajectory",
            Period(WHOLE.start, one.until),
            price=_euros(one.price),
            start_share=one.share,
            nominal_days=one.nominal,
        )
    if by_unit := agreed.hours or agreed.allocated:
        add("pxq", basis="allocated" if agreed.allocated else "delivered")
        contracts.set_tariff(
            scope=world.system,
            subcontract=draft,
            product=world.products["guidance"],
            amount=from_cents(by_unit.tariff),
            period=Period(WHOLE.start),
        )
    if agreed.fte:
        terms = agreed.fte
        fte_of = str(Decimal(terms.hundredths) / 100)
        period = Period(terms.first, WHOLE.end)
        life.fte_line = add("fte", period, fte=fte_of, price=_euros(terms.price))
    for one in agreed.sums:
        add(one.form, Period(one.first, one.last), **_parameters(one))
    for kept in agreed.kept:
        percent = str(Decimal(kept.part) / 100)
        add(kept.form, Period(kept.first, kept.last), percent=percent)


def _parameters(one: Sum) -> dict[str, object]:
    match one:
        case Counted(form="function"):
            return {"users": str(Decimal(one.hundredths) / 100), "price": _euros(one.price)}
        case Counted():
            heads = str(one.hundredths // 100)
            return {"group": "inwoners", "heads": heads, "price": _euros(one.price)}
        case Places():
            price = _euros(one.price)
            return {"places": one.places, "price": price, "per": one.per, "settled": "never"}
        case Instalments():
            return {"amount": _euros(one.cents), "instalments": one.number}
        case Fixed(form="advance_pool"):
            production = _euros(one.cents)
            terms = {"pool": "Jeugd", "production": production, "key": "k1"}
            return {**terms, "advance": one.advance}
        case _:
            return {"amount": _euros(one.cents)}


def _euros(cents: int) -> str:
    return str(from_cents(cents))


def after(month: int) -> date:
    """The day on which a month is closed; 0 is the month before the year."""
    return date(YEAR + month // 12, month % 12 + 1, 5)


def live(world: World, life: Life, month: int) -> None:
    """What becomes known of a subcontractor between two closings."""
    scope = become(world.system.moved_to(moment(after(month) - timedelta(days=1))))
    if life.agreed.signed == month and life.party.subcontract:
        rows = Subcontract.objects.filter(pk=life.party.subcontract.pk)
        rows.update(signed_on=scope.today)
    if life.guided and life.agreed.hours:
        _declare(world, life, life.guided, life.agreed.hours, month, scope)
    if life.fte_line and life.agreed.fte:
        _report(life, life.fte_line, life.agreed.fte, month, scope)
    if life.guided and life.agreed.allocated:
        _tell(life, life.guided, life.agreed.allocated, "31", month)
    if life.treated and (course := life.agreed.trajectory):
        _tell(life, life.treated, course, course.reason, month)


def _declare(
    world: World, life: Life, placed: Placement, hours: Hours, month: int, scope: Scope
) -> None:
    calendar_month = Month(YEAR, month)
    lines: list[StagedLine] = []
    if declared := hours.declared[month - 1]:
        good = priced(placed, declared, calendar_month)
        life.lines[month] = good._replace(tariff=hours.tariff, amount=declared * hours.tariff)
        lines.append(life.lines[month])
    if month - 1 in hours.credited and hours.granted(month - 1):
        lines.append(credit(life.lines[month - 1]))
    if lines:
        declare(world, *lines, month=calendar_month, party=life.party, scope=scope)


def _report(life: Life, line: FundingLine, terms: Fte, month: int, scope: Scope) -> None:
    due = [one for one in range(terms.first.month, month + 1) if one + terms.late[one - 1] == month]
    for one in due:
        draft = fte.open_report(scope=scope, funding_line=line, month=Month(YEAR, one))
        fte.save(scope=scope, report=draft, rows={life.worker: Decimal("1.0")})
        fte.hand_in(scope=scope, report=draft)


def _tell(
    life: Life, placed: Placement, course: Trajectory | Allocated, reason: str, month: int
) -> None:
    owners = {
        "main_contractor_id": placed.main_contractor_id,
        "provider_organisation_id": placed.provider_organisation_id,
        "recorded_at": moment(after(month)),
    }
    if month == course.begin_told:
        life.starts[placed.pk] = DeliveryStart.objects.create(
            **owners, placement=placed, begin_date=course.begin
        )
    if course.end and month == course.end_told and placed.pk in life.starts:
        DeliveryStop.objects.create(
            **owners, start=life.starts[placed.pk], end_date=course.end, reason=reason
        )


def agree_on_plans(world: World, lives: Sequence[Life], month: int) -> None:
    """Plans that a controller proposes after a month, each agreed upon by its subcontractor."""
    at = moment(after(month) + timedelta(days=1))
    for life in lives:
        if not (debt := life.ledger.asks_for(month)):
            continue
        kind = RecoveryPlan.Kind.BALANCE if debt.from_balance else RecoveryPlan.Kind.CLAIM
        terms = PlanTerms(
            kind=kind,
            total=from_cents(debt.total),
            monthly=from_cents(debt.monthly),
            leaves=from_cents(debt.leaves),
            first_month=Month(YEAR, debt.first),
            ground="Te veel betaald",
        )
        proposer = become(world.at(Role.CONTROLLER, at=at))
        plan = recovery_plans.propose(
            scope=proposer, subcontractor=life.party.subcontractor, terms=terms
        )
        other = become(world.at(Role.SUBCONTRACTOR_USER, life.party, at=at))
        recovery_plans.agree(scope=other, plan=plan)
        life.ledger.plans.append(Running(debt))


def controllers(world: World) -> tuple[Scope, Scope]:
    """Two people, for what takes two."""
    found = []
    for email in ("een@samen.test", "twee@samen.test"):
        user = User.objects.create_user(email, name=email)
        Membership.objects.create(
            user=user,
            role=Role.CONTROLLER,
            main_contractor=world.main,
            started_at=moment(WHOLE.start),
        )
        found.append(replace(world.at(Role.CONTROLLER), user_id=user.pk))
    return found[0], found[1]
