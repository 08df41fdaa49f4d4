"""Judging what is new leaves the holds that judging every right there ever was would leave.

Random years: care declared and credited, late too, months closed, proofs given and taken away,
requirements, signatures, ceilings and exemptions that change after the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from billing.models import Entitlement, Hold, StatementLine
from billing.rules import explain
from billing.rules.above_ceiling import Holdable, above
from billing.rules.explain import Explanation
from billing.services import entitling, fte, holds, months
from billing.services.judged_care import CareFacts
from billing.services.staging import StagedLine
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period, add_months
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import PROMISES
from hoofdaannemer.invariants.promises import check_promises
from qualifications import services as quality
from qualifications.models import Evidence, Requirement
from subcontracts.models import (
    CeilingExemption,
    Placement,
    Professional,
    Subcontract,
    Subcontractor,
)
from subcontracts.services import ceiling_exemptions
from subcontracts.services.ceiling_exemptions import ExemptionFacts
from tests import factories
from tests.billing.build import JANUARY, credit, declare, moment, placement, priced
from tests.billing.test_holds import demand, named, prove
from tests.conftest import become
from tests.factories import Party, World, professional, world

EVENTS = 40
LAST = Month(2026, 8)
#: What keeps the reading short is right.
KEPT = [one for one in PROMISES if one.code in {"PAY-16", "PAY-17"}]
Verdicts = dict[int, tuple[str, Decimal]]


@pytest.mark.parametrize("seed", [0, 2])
def test_as_judged_whole(system: Scope, seed: int) -> None:
    seen = live_through(Random(seed), system)
    # Else the year showed little.
    assert {"ceiling", "qualification"} <= seen


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_years_as_judged_whole(system: Scope, seed: int) -> None:
    assert live_through(Random(seed), system)


def live_through(random: Random, system: Scope) -> set[str]:
    """A year of events, each followed by the judgement of both; the kinds of holds there were."""
    life = begin(random, system)
    seen: set[str] = set()
    for _event in range(EVENTS):
        event = random.choice(EVENTS_THERE_ARE)
        event(life)
        for party in (life.chain.pxq, life.chain.fte):
            seen |= judge(life, party)
        assert [one for one in check_promises(KEPT) if not one.holds] == []
        become(life.chain.system)
    return seen


@dataclass
class Life:
    """A world in which anything may happen, and how far its months are."""

    random: Random
    chain: World
    demanded: Requirement
    placed: list[Placement]
    people: list[Professional]
    #: Who works under the FTE line.
    worker: Professional
    #: The first month that is not closed yet.
    month: Month = JANUARY
    #: Lines that stand, with the months in which they were declared.
    standing: list[tuple[StagedLine, Month]] = field(default_factory=list)

    @property
    def now(self) -> Scope:
        """The system, after the months that are closed."""
        at = add_months(self.month.first, 1) + timedelta(days=3)
        return become(self.chain.system.moved_to(moment(at)))

    @property
    def contract(self) -> Subcontract:
        assert self.chain.pxq.subcontract is not None
        return self.chain.pxq.subcontract

    def day(self) -> date:
        return date(2026, 1, 1) + timedelta(days=self.random.randint(0, 240))


def begin(random: Random, system: Scope) -> Life:
    chain = world(system)
    demanded = demand(chain)
    people = [professional(chain.system, chain.pxq, name) for name in ("Kim", "Sem")]
    placed = [placement(chain, volume=40) for _client in range(4)]
    for one, who in zip(placed, [*people, *people], strict=True):
        named(chain, one, who)
    life = Life(random, chain, demanded, placed, people, professional(chain.system, chain.fte))
    for who in people:
        prove(chain, demanded, Period(date(2025, 1, 1), date(2027, 1, 1)), who)
    ceiling(life)
    return life


def declaration(life: Life) -> None:
    """Care of this month, or of an earlier one that was forgotten."""
    placed = life.random.choice(life.placed)
    month = Month(2026, life.random.randint(1, life.month.month))
    taken = {(one.number, of) for one, of in life.standing}
    if (placed.number, month) in taken:
        return
    line = priced(placed, life.random.randint(1, 20), month)
    declare(life.chain, line, month=month, scope=life.now)
    life.standing.append((line, month))


def taken_back(life: Life) -> None:
    if life.standing:
        line, month = life.standing.pop(life.random.randrange(len(life.standing)))
        declare(life.chain, credit(line), month=month, scope=life.now)


def month_closed(life: Life) -> None:
    if life.month == LAST:
        return
    scope = life.now
    months.run_month(scope=scope, main_contractor_id=life.chain.main.pk, month=life.month)
    life.month = life.month.next()


def proof(life: Life) -> None:
    first = life.day()
    valid = Period(first, first + timedelta(days=life.random.randint(10, 200)))
    prove(life.chain, life.demanded, valid, life.random.choice(life.people))


def proof_withdrawn(life: Life) -> None:
    rows = [one for one in Evidence.objects.order_by("pk") if one.outcome == "approved"]
    if rows:
        quality.review_evidence(
            scope=life.chain.at(Role.QUALITY_OFFICER),
            evidence=life.random.choice(rows),
            approved=False,
            reason="Doorgehaald",
            effective_from=life.random.choice([None, life.day()]),
        )


def requirement(life: Life) -> None:
    """It ends, or never did."""
    Requirement.objects.update(end_date=life.random.choice([None, None, life.day()]))


def signature(life: Life) -> None:
    signed = life.random.choice([None, date(2026, 1, 1), date(2026, 1, 1)])
    Subcontract.objects.filter(pk=life.contract.pk).update(signed_on=signed)


def ceiling(life: Life) -> None:
    amount = life.random.choice([None, *(Decimal(life.random.randint(1, 5000)) for _one in "abc")])
    factories.agree_ceiling(life.contract, amount)


def exemption(life: Life) -> None:
    scope = become(life.chain.at(Role.CONTRACT_MANAGER))
    known = CeilingExemption.objects.order_by("pk").last()
    if known is None or (known.end_date and known.end_date < scope.today):
        placed = life.random.choice(life.placed)
        by_product = life.random.choice([True, False])
        first = life.day() if known is None else (known.end_date or life.day())
        facts = ExemptionFacts(
            ground=CeilingExemption.Ground.CRISIS,
            start_date=first + timedelta(days=1),
            note="Per mail",
            product=placed.product if by_product else None,
            placement=None if by_product else placed,
        )
        ceiling_exemptions.exempt(scope=scope, subcontract=life.contract, facts=facts)
    else:
        last = known.start_date + timedelta(days=life.random.randint(0, 90))
        CeilingExemption.objects.filter(pk=known.pk).update(end_date=last)
    become(life.chain.system)


def report(life: Life) -> None:
    """The FTE report of a month that may be closed already."""
    line = life.chain.fte.line
    assert line is not None
    month = Month(2026, life.random.randint(1, life.month.month))
    if line.fte_reports.filter(month=month.first).exists():
        return
    scope = life.now
    draft = fte.open_report(scope=scope, funding_line=line, month=month)
    fte.save(scope=scope, report=draft, rows={life.worker.pk: Decimal("1.0")})
    fte.hand_in(scope=scope, report=draft)


EVENTS_THERE_ARE: list[Callable[[Life], None]] = [
    declaration,
    declaration,
    declaration,
    declaration,
    taken_back,
    month_closed,
    month_closed,
    proof,
    proof_withdrawn,
    proof_withdrawn,
    requirement,
    signature,
    ceiling,
    exemption,
    report,
]


def judge(life: Life, party: Party) -> set[str]:
    """Judge a subcontractor, and hold the outcome to the whole judgement; the kinds there are."""
    scope = life.now
    entitling.entitle(scope=scope, subcontractor=party.subcontractor)
    expected = judged_whole(party.subcontractor, scope.today)
    holds.refresh(scope=scope, subcontractor=party.subcontractor)
    rows = Hold.objects.open().filter(subcontractor=party.subcontractor)
    found = {one.entitlement_id: (one.kind, one.amount) for one in rows}
    assert found == expected
    return {kind for kind, _amount in found.values()}


def judged_whole(subcontractor: Subcontractor, today: date) -> Verdicts:
    """Every right there ever was, judged with nothing but the facts themselves.

    A statement paid what it did not hold: that is not held afterwards, whatever the verdict.
    """
    everything = list(
        Entitlement.objects.filter(subcontractor=subcontractor)
        .select_related("funding_line__subcontract", "declared_line", "step", "corrected_by")
        .order_by("pk")
    )
    stated = set(
        StatementLine.objects.exclude(entitlement=None).values_list("entitlement", flat=True)
    )
    before = {
        one.entitlement_id: one.amount
        for one in Hold.objects.open().filter(subcontractor=subcontractor)
    }
    debits = [one for one in everything if one.amount > 0]
    facts = holds.Facts(
        CareFacts.of(subcontractor, debits),
        holds._reported(debits),
        _above(everything, stated, before, today),
    )
    verdicts: Verdicts = {}
    for one in debits:
        reason = holds._reason(one, facts)
        if reason and (one.pk not in stated or one.pk in before):
            amount = reason.amount_of.amount if reason.amount_of else one.amount
            verdicts[one.pk] = (reason.kind, amount)
    return verdicts


def _above(
    everything: list[Entitlement],
    stated: set[int],
    before: Mapping[int, Decimal],
    today: date,
) -> dict[int, Explanation]:
    """What lies above the ceilings, added up right by right."""
    found: dict[int, Explanation] = {}
    years = {
        (one.funding_line.subcontract, one.month.year) for one in everything if one.funding_line
    }
    for contract, year in years:
        ceiling = contract.ceiling_of(year, today)
        if ceiling is None:
            continue
        counted = [
            one
            for one in everything
            if one.funding_line
            and (one.funding_line.subcontract_id, one.month.year) == (contract.pk, year)
            and not _is_exempt(one, contract)
        ]
        holdable = [
            Holdable(one.pk, before.get(one.pk, ZERO) if one.pk in stated else one.amount)
            for one in counted
            if one.amount > 0 and not hasattr(one, "corrected_by")
        ]
        used = sum((one.amount for one in counted), ZERO)
        for key, amount in above(ceiling, used, holdable).items():
            found[key] = Explanation("hold.ceiling", (explain.euro("used", used),), amount)
    return found


def _is_exempt(one: Entitlement, contract: Subcontract) -> bool:
    day = one.declared_line.start_date if one.declared_line else one.month
    return any(
        Period(found.start_date, found.end_date).contains(day)
        for found in CeilingExemption.objects.filter(subcontract=contract)
        if found.product_id == one.product_id or found.placement_id == one.placement_id
    )
