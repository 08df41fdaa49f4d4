"""Random months one after the other: what is entitled is paid, held, carried over or under a plan.

Held against a second calculator in whole cents, which shares no line with the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.rules.recovery import Part, Plan, taken
from billing.rules.statement import Opening, Posting, PostingKind, Totals, reconcile, totals
from hoofdaannemer.core.money import ZERO, from_cents

FEW, MANY = 200, 10_000


@dataclass(frozen=True)
class Terms:
    """A plan in cents; `is_claim` where the debt stands on no statement."""

    total: int
    monthly: int
    leaves: int
    begins: int
    is_claim: bool


@dataclass(frozen=True)
class Month:
    """Entitlements in cents; which of them is held, if above zero, and how many holds end."""

    entitled: tuple[int, ...]
    held: int
    released: int


@dataclass
class Ledger:
    """The second calculator: what is owed by whom, in cents."""

    plans: list[Terms]
    carried: int = 0
    holds: list[int] = field(default_factory=list)
    back: dict[int, int] = field(default_factory=dict)
    aside: dict[int, int] = field(default_factory=dict)

    def month(self, number: int, one: Month) -> int:
        """The payment of a month."""
        ended = [self.holds.pop(0) for _ in range(min(one.released, len(self.holds)))]
        new = [cents for cents in one.entitled[: one.held] if cents > 0]
        self.holds += new
        left = self.carried + sum(one.entitled) - sum(new) + sum(ended)
        room = -self.carried
        for key, plan in enumerate(self.plans):
            if not plan.is_claim and key not in self.aside and 0 < plan.total <= room:
                self.aside[key] = plan.total
                room -= plan.total
                left += plan.total
        for key, plan in enumerate(self.plans):
            if number >= plan.begins and (plan.is_claim or key in self.aside):
                still = plan.total - self.back.get(key, 0)
                part = sorted([0, plan.monthly, still, left - plan.leaves])
                # The least of three, and nothing where one of them is below it.
                take = 0 if part[0] < 0 else part[1]
                self.back[key] = self.back.get(key, 0) + take
                left -= take
        self.carried = min(left, 0)
        return max(left, 0)


amounts = st.integers(-200_000, 300_000)
months = st.lists(
    st.builds(
        Month,
        entitled=st.lists(amounts, max_size=5).map(tuple),
        held=st.integers(0, 2),
        released=st.integers(0, 2),
    ),
    min_size=1,
    max_size=18,
)
plans = st.lists(
    st.builds(
        Terms,
        total=st.integers(1, 300_000),
        monthly=st.integers(1, 60_000),
        leaves=st.one_of(st.just(0), st.integers(0, 100_000)),
        begins=st.integers(0, 6),
        is_claim=st.booleans(),
    ),
    max_size=3,
)


def by_the_rules(of: list[Month], agreed: list[Terms]) -> tuple[list[Totals], dict[int, D]]:
    """Each month's statement, and what each plan took."""
    chain: list[Totals] = []
    opening, holds = Opening(), list[tuple[str, D]]()
    back, aside = dict.fromkeys(range(len(agreed)), ZERO), set[int]()
    for number, one in enumerate(of):
        postings = [
            Posting(PostingKind.ENTITLEMENT, "pxq", f"{number}:{at}", from_cents(cents))
            for at, cents in enumerate(one.entitled)
        ]
        for name, amount in holds[: one.released]:
            postings.append(Posting(PostingKind.RELEASE, "pxq", name, amount))
        del holds[: one.released]
        for at, cents in enumerate(one.entitled[: one.held]):
            if cents > 0:
                holds.append((f"hold:{number}:{at}", from_cents(cents)))
                postings.append(Posting(PostingKind.HOLD, "pxq", *holds[-1]))
        before = totals(postings, opening)
        lines = taken(_plans(number, agreed, back, aside, -opening.carried), before.balance)
        for line in lines:
            kind = PostingKind.SET_OFF
            if line.part is Part.DEFERRAL:
                kind = PostingKind.DEFERRAL
                aside.add(line.key)
            else:
                back[line.key] += line.amount
            postings.append(Posting(kind, "", f"plan-{line.key}", line.amount))
        chain.append(totals(postings, opening))
        opening = chain[-1].closing()
    return chain, back


def _plans(
    number: int, agreed: list[Terms], back: dict[int, D], aside: set[int], room: D
) -> list[Plan]:
    found = []
    for key, terms in enumerate(agreed):
        total = from_cents(terms.total)
        puts = ZERO if terms.is_claim or key in aside or total > room else total
        room -= puts
        found.append(
            Plan(
                key,
                total=total,
                taken=back[key],
                monthly=from_cents(terms.monthly),
                leaves=from_cents(terms.leaves),
                aside=puts,
                may_take=number >= terms.begins and (terms.is_claim or key in aside or puts > 0),
            )
        )
    return found


def check(of: list[Month], agreed: list[Terms]) -> None:
    """Month by month the same payment, and in the end every cent has its place."""
    chain, back = by_the_rules(of, agreed)
    ledger = Ledger(agreed)
    paid = [ledger.month(number, one) for number, one in enumerate(of)]
    assert [one.payable for one in chain] == [from_cents(cents) for cents in paid]
    assert chain[-1].carried_out == from_cents(ledger.carried)
    assert chain[-1].still_held == from_cents(sum(ledger.holds))
    assert back == {key: from_cents(ledger.back.get(key, 0)) for key in back}
    entitled = sum(sum(one.entitled) for one in of)
    lent = sum(ledger.aside.values()) - sum(ledger.back.values())
    assert entitled == sum(paid) + sum(ledger.holds) + ledger.carried - lent
    whole, given_out = from_cents(entitled), from_cents(sum(paid))
    assert reconcile(chain, entitled=whole, paid=given_out) == []
    for key, terms in enumerate(agreed):
        assert ledger.back.get(key, 0) <= terms.total


@given(months, plans)
@settings(max_examples=FEW)
def test_random_months(of: list[Month], agreed: list[Terms]) -> None:
    check(of, agreed)


@pytest.mark.long
@given(months, plans)
@settings(max_examples=MANY)
def test_ten_thousand_times_random_months(of: list[Month], agreed: list[Terms]) -> None:
    check(of, agreed)
