"""Statements add up, carry what is below zero, and reconcile to the cent."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.statement import (
    Opening,
    Posting,
    PostingKind,
    Totals,
    reconcile,
    totals,
)
from hoofdaannemer.core.money import from_cents

K = PostingKind
amounts = st.integers(-(10**8), 10**8).map(from_cents)
positive = st.integers(1, 10**7).map(from_cents)


def posting(kind: PostingKind, amount: str, reference: str = "1", form: str = "pxq") -> Posting:
    return Posting(kind, form, reference, Decimal(amount))


def test_a_month_with_everything() -> None:
    month = totals(
        [
            posting(K.ENTITLEMENT, "11545.00"),
            posting(K.ENTITLEMENT, "98000.00", form="fte"),
            posting(K.CORRECTION, "-1100.00", form="trajectory"),
            posting(K.HOLD, "400.00", "line 7"),
            posting(K.RELEASE, "150.00", "line 3"),
        ],
        Opening(Decimal("-20.50"), {"line 3": Decimal("200.00")}),
    )
    assert month.balance == month.payable == Decimal("108174.50")
    assert month.carried_out == 0
    assert dict(month.by_form) == {
        "fte": Decimal("98000.00"),
        "pxq": Decimal("11545.00"),
        "trajectory": Decimal("-1100.00"),
    }
    assert dict(month.open_holds) == {"line 3": Decimal("50.00"), "line 7": Decimal("400.00")}


def test_a_balance_below_zero_is_carried_not_paid() -> None:
    first = totals([posting(K.ENTITLEMENT, "-100.00")])
    assert (first.payable, first.carried_out) == (Decimal(0), Decimal("-100.00"))
    second = totals([posting(K.ENTITLEMENT, "250.00")], first.closing())
    assert second.payable == Decimal("150.00")


@pytest.mark.parametrize(
    "postings",
    [
        [posting(K.RELEASE, "1.00")],
        [posting(K.HOLD, "1.00"), posting(K.RELEASE, "1.01")],
        [posting(K.HOLD, "1.00"), posting(K.HOLD, "1.00")],
    ],
)
def test_a_release_needs_its_hold(postings: list[Posting]) -> None:
    with pytest.raises(ValueError, match="held"):
        totals(postings)


@pytest.mark.parametrize(
    ("kind", "amount"), [(K.HOLD, "-1.00"), (K.RELEASE, "0.00"), (K.ENTITLEMENT, "0.005")]
)
def test_what_cannot_be_posted(kind: PostingKind, amount: str) -> None:
    with pytest.raises(ValueError, match=r"above zero|cent"):
        posting(kind, amount)


@st.composite
def months(draw: st.DrawFn, number: int, opening: Opening) -> list[Posting]:
    found = [
        Posting(draw(st.sampled_from([K.ENTITLEMENT, K.CORRECTION])), form, "x", amount)
        for form, amount in draw(
            st.lists(st.tuples(st.sampled_from(["pxq", "fte"]), amounts), max_size=5)
        )
    ]
    found += [
        Posting(K.HOLD, "pxq", f"{number}-{place}", amount)
        for place, amount in enumerate(draw(st.lists(positive, max_size=3)))
    ]
    found += [
        Posting(K.RELEASE, "pxq", reference, amount)
        for reference, amount in opening.holds.items()
        if draw(st.booleans())
    ]
    return found


@st.composite
def chains(draw: st.DrawFn) -> list[Totals]:
    opening, chain = Opening(), list[Totals]()
    for number in range(draw(st.integers(1, 5))):
        chain.append(totals(draw(months(number, opening)), opening))
        opening = chain[-1].closing()
    return chain


def sums(chain: list[Totals]) -> dict[str, Decimal]:
    return {
        "entitled": sum((one.entitled + one.corrected for one in chain), Decimal(0)),
        "paid": sum((one.payable for one in chain), Decimal(0)),
    }


@given(chains())
def test_a_chain_reconciles_to_the_cent(chain: list[Totals]) -> None:
    assert reconcile(chain, **sums(chain)) == []
    for one in chain:
        assert one.payable >= 0 >= one.carried_out
        assert one.payable + one.carried_out == one.balance
        assert sum(one.by_form.values()) == one.entitled + one.corrected


@given(chains(), st.sampled_from(["entitled", "paid"]))
def test_one_cent_astray_is_found(chain: list[Totals], which: str) -> None:
    recorded = sums(chain)
    recorded[which] += Decimal("0.01")
    assert [one.what for one in reconcile(chain, **recorded)] == [which]


def test_a_balance_that_was_not_carried_is_found() -> None:
    first = totals([posting(K.ENTITLEMENT, "-100.00")])
    second = totals([posting(K.ENTITLEMENT, "250.00")])
    found = [one.what for one in reconcile([first, second], **sums([first, second]))]
    assert found == ["carried", "accounted for"]


@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_of_postings_does_not_matter(data: st.DataObject, random: Random) -> None:
    opening = Opening(Decimal("-5.00"), {"old": Decimal("7.00")})
    month = data.draw(months(1, opening))
    assert totals(month, opening) == totals(random.sample(month, len(month)), opening)
