"""Payment files: valid for the schema, exact, and refused where a bank would refuse."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.sepa import Account, PaymentOrder, Transfer, payment_file, sanitised
from hoofdaannemer.core.errors import RuleError

DEBTOR = Account("Jeugdhuis Regio Noord", "NL91 ABNA 0417 1643 00")
CREDITOR = Account("Zörg & Łódź", "NL20INGB0001234567")
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}
TUESDAY = date(2026, 11, 24)


def order(*amounts: str, **changed: object) -> PaymentOrder:
    transfers = tuple(
        Transfer(f"MO-{place}", CREDITOR, Decimal(amount), f"Maandoverzicht {place}")
        for place, amount in enumerate(amounts)
    )
    one = PaymentOrder(
        "BR-2026-11-1", datetime(2026, 11, 23, 23, 30, tzinfo=UTC), DEBTOR, TUESDAY, transfers
    )
    return replace(one, **changed)


def texts(file: bytes, path: str) -> list[str | None]:
    root = ElementTree.fromstring(file)  # noqa: S314  # our own document
    return [found.text for found in root.iterfind(f".//p:{path}", SPACE)]


def test_a_file_as_a_bank_takes_it() -> None:
    file = payment_file(order("1234.50", "0.01"))
    assert texts(file, "GrpHdr/p:MsgId") == ["BR-2026-11-1"]
    assert texts(file, "GrpHdr/p:CreDtTm") == ["2026-11-24T00:30:00"]
    assert texts(file, "NbOfTxs") == ["2", "2"]
    assert texts(file, "CtrlSum") == ["1234.51", "1234.51"]
    assert texts(file, "BtchBookg") == ["true"]
    assert texts(file, "ReqdExctnDt") == ["2026-11-24"]
    assert texts(file, "InstdAmt") == ["1234.50", "0.01"]
    assert texts(file, "EndToEndId") == ["MO-0", "MO-1"]
    assert texts(file, "Cdtr/p:Nm") == ["Zorg + Lodz", "Zorg + Lodz"]
    assert texts(file, "CdtrAcct/p:Id/p:IBAN") == ["NL20INGB0001234567"] * 2
    assert texts(file, "DbtrAcct/p:Id/p:IBAN") == ["NL91ABNA0417164300"]
    assert texts(file, "BIC") == ["ABNANL2A", "INGBNL2A", "INGBNL2A"]


def test_the_same_order_has_the_same_bytes() -> None:
    assert payment_file(order("5.00")) == payment_file(order("5.00"))


def transfer(**changed: object) -> tuple[Transfer, ...]:
    return (replace(order("5.00").transfers[0], **changed),)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (order("0.00"), "SEP-02"),
        (order("5.00", "-0.01"), "SEP-02"),
        (order(), "SEP-05"),
        (order("5.00", execution_date=date(2026, 11, 28)), "SEP-03"),
        (order("5.00", execution_date=date(2027, 5, 5)), "SEP-03"),
        (order("5.00", execution_date=date(2026, 11, 23)), "SEP-03"),
        (order("5.00", message_id="x" * 36), "SEP-04"),
        (order("5.00", transfers=order("5.00").transfers * 2), "SEP-04"),
        (order("5.00", transfers=transfer(end_to_end_id="a/b")), "SEP-04"),
        (order("5.00", debtor=replace(DEBTOR, iban="NL92ABNA0417164300")), "SEP-01"),
        (order("5.00", debtor=replace(DEBTOR, bic="NOBIC")), "SEP-01"),
        (order("5.00", transfers=transfer(creditor=replace(CREDITOR, name="漢字"))), "SEP-01"),
    ],
)
def test_what_a_bank_would_refuse(wrong: PaymentOrder, code: str) -> None:
    with pytest.raises(RuleError) as refused:
        payment_file(wrong)
    assert refused.value.code == code


def test_a_part_of_a_cent_is_not_paid() -> None:
    with pytest.raises(ValueError, match="cent"):
        payment_file(order("5.005"))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Straße // Ånd", "Strasse / And"),
        ("/a/", "a"),
        ("‘Zorg’ – Beeld_2 € 5", "'Zorg' - Beeld-2 EUR 5"),
        ("a\u202eb\x00c\n", "a b c"),
    ],
)
def test_signs_that_banks_take(raw: str, clean: str) -> None:
    assert sanitised(raw, 70) == clean


@given(st.text(max_size=200), st.integers(1, 140))
def test_sanitised_text_always_fits(raw: str, length: int) -> None:
    got = sanitised(raw, length)
    assert len(got) <= length
    assert re.fullmatch(r"[A-Za-z0-9/?:().,'+ -]*", got)
    assert not got.startswith(("/", " ")) and not got.endswith(("/", " ")) and "//" not in got


@settings(max_examples=15, deadline=None)  # every file compiles the bank's schema
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_the_control_sum_is_the_sum(cents: list[int]) -> None:
    run = order(*(f"{one // 100}.{one % 100:02d}" for one in cents))
    file = payment_file(run)
    assert texts(file, "CtrlSum") == [str(run.total)] * 2
    assert sum(Decimal(str(one)) for one in texts(file, "InstdAmt")) == run.total
