"""A statement as an invoice: tax within it, signs, what was set off, and the published rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from billing.einvoice import Invoice, InvoiceParty, einvoice
from billing.rules.invoice import RATES, Posting, Sums, Vat, sums
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Period
from tests.billing.en16931 import broken_rules

SELLER = InvoiceParty(
    "Zorg & Zo <Noord>", "Dorpsstraat 1", "3811 AA", "Amersfoort", "90000001", "NL001234567B01"
)
BUYER = InvoiceParty("Samen Dichtbij", "", "", "", "90000002")


def posting(gross: str, vat: Vat = Vat.EXEMPT, number: int = 1) -> Posting:
    return Posting(f"{number}", f"Begeleiding “{number}” & meer", Decimal(gross), vat)


def invoice(made: Sums, seller: InvoiceParty = SELLER) -> Invoice:
    return Invoice(
        number="MO202601-0001",
        issued=date(2026, 2, 10),
        period=Period(date(2026, 1, 1), date(2026, 1, 31)),
        seller=seller,
        buyer=BUYER,
        iban="NL91ABNA0417164300",
        due_date=date(2026, 2, 24) if made.due and not made.is_credit else None,
        sums=made,
    )


def test_tax_is_within_what_was_agreed() -> None:
    made = sums([posting("1210.00", Vat.STANDARD), posting("660.00", number=2)], ZERO)
    assert [(part.net, part.tax) for part in made.parts] == [
        (Decimal("660.00"), ZERO),
        (Decimal("1000.00"), Decimal("210.00")),
    ]
    assert (made.total, made.due, made.rounding) == (Decimal("1870.00"), Decimal("1870.00"), ZERO)


def test_a_cent_that_no_rate_reaches_is_rounding() -> None:
    # No amount with 21 percent on top is 0.03: 0.02 gives 0.02, and 0.03 gives 0.04.
    made = sums([posting("0.03", Vat.STANDARD)], ZERO)
    assert made.total + made.rounding == Decimal("0.03")
    assert made.rounding == Decimal("-0.01") or made.rounding == Decimal("0.01")


def test_below_zero_is_a_credit_note_with_signs_turned() -> None:
    made = sums([posting("-1210.00", Vat.STANDARD), posting("210.00", Vat.STANDARD)], ZERO)
    assert (made.is_credit, made.total, made.due) == (True, Decimal("1000.00"), Decimal("1000.00"))
    assert b">261<" in einvoice(invoice(made))


def test_what_was_owed_is_set_off_and_no_more() -> None:
    some = sums([posting("100.00")], Decimal("-30.00"))
    all_of_it = sums([posting("100.00")], Decimal("-300.00"))
    assert (some.prepaid, some.due) == (Decimal("30.00"), Decimal("70.00"))
    assert (all_of_it.prepaid, all_of_it.due) == (Decimal("100.00"), ZERO)
    with pytest.raises(ValueError, match="carried"):
        sums([posting("1.00")], Decimal("0.01"))


AMOUNTS = st.integers(-2_000_000, 2_000_000).map(lambda cents: Decimal(cents) / 100)
POSTINGS = st.lists(st.tuples(AMOUNTS, st.sampled_from(Vat)), min_size=1, max_size=12).map(
    lambda rows: [posting(f"{gross:.2f}", vat, at) for at, (gross, vat) in enumerate(rows, 1)]
)
CARRIED = st.integers(-1_000_000, 0).map(lambda cents: Decimal(cents) / 100)


@given(POSTINGS, CARRIED)
def test_nothing_is_lost(postings: list[Posting], carried: Decimal) -> None:
    made = sums(postings, carried)
    gross = sum((one.gross for one in postings), ZERO)
    assert made.total + made.rounding == abs(gross)
    assert made.prepaid + made.due == abs(gross)
    assert abs(made.rounding) <= Decimal("0.01") * len(made.parts)
    assert [line.posting for line in made.lines] == postings
    for part in made.parts:
        own = [line.net for line in made.lines if line.posting.vat is part.vat]
        assert sum(own, ZERO) == part.net
        assert abs(part.tax - part.net * RATES[part.vat] / 100) <= Decimal("0.005")


@settings(max_examples=40)
@given(POSTINGS, CARRIED)
@example([posting("0.00")], ZERO)
@example([posting("0.03", Vat.STANDARD), posting("0.03", Vat.REDUCED, 2)], ZERO)
def test_the_published_rules_hold(postings: list[Posting], carried: Decimal) -> None:
    assert broken_rules(einvoice(invoice(sums(postings, carried)))) == []


def test_an_rsin_is_a_tax_number_outside_vat() -> None:
    seller = InvoiceParty("Zorg", "", "", "", "90000001", "123456782")
    assert broken_rules(einvoice(invoice(sums([posting("10.00")], ZERO), seller))) == []


def test_the_rules_find_what_is_wrong() -> None:
    xml = einvoice(invoice(sums([posting("10.00")], ZERO)))
    assert "BR-CO-15" in broken_rules(
        xml.replace(
            b'TaxInclusiveAmount currencyID="EUR">10', b'TaxInclusiveAmount currencyID="EUR">11'
        )
    )
    assert broken_rules(xml.replace(b"<cbc:ID>MO202601-0001</cbc:ID>", b""))[0] == "schema"
