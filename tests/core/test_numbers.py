"""Numbers are judged by their form, and by check digits where these exist."""

import pytest

from hoofdaannemer.core import numbers


@pytest.mark.parametrize("text", ["123456782", "999900006", "999999990"])
def test_a_bsn_passes_the_eleven_test(text: str) -> None:
    assert numbers.is_bsn(text)


@pytest.mark.parametrize(
    "text",
    [
        "123456789",
        "000000000",
        "999999999",
        "99990000",
        "9999.00.006",
        " 999900006",
        "９９９９００００６",
        "",
    ],
)
def test_what_is_no_bsn(text: str) -> None:
    assert not numbers.is_bsn(text)


@pytest.mark.parametrize(("text", "masked"), [("999900006", "••••••006"), ("12", "••"), ("", "")])
def test_a_bsn_shows_its_last_three(text: str, masked: str) -> None:
    assert numbers.mask_bsn(text) == masked


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (numbers.is_kvk, "01234567", "1234567"),
        (numbers.is_establishment, "000012345678", "12345678"),
        (numbers.is_agb, "12345678", "1234567a"),
        (numbers.is_big, "12345678901", "1234567890"),
        (numbers.is_municipality_code, "0363", "363"),
        (numbers.is_iban, "nl91 abna 0417 1643 00", "NL92ABNA0417164300"),
        (numbers.is_bic, "ABNANL2A", "ABNAXX2"),
        (numbers.is_rsin, "123456782", "123456789"),
    ],
)
def test_form(check, good: str, bad: str) -> None:
    assert check(good)
    assert not check(bad)


def test_a_line_end_is_no_digit() -> None:
    assert not numbers.is_kvk("01234567\n")
    assert not numbers.is_agb("12345678\n")


def test_an_account_in_its_forms() -> None:
    assert numbers.clean_iban("nl91 abna 0417 1643 00") == "NL91ABNA0417164300"
    assert numbers.format_iban("NL91ABNA0417164300") == "NL91 ABNA 0417 1643 00"
    assert numbers.mask_iban("NL91ABNA0417164300") == "NL•• ABNA •••• ••43 00"
    assert numbers.bic_of("NL91ABNA0417164300") == "ABNANL2A"


def test_an_account_that_is_none() -> None:
    with pytest.raises(ValueError, match="IBAN"):
        numbers.clean_iban("NL00ABNA0417164300")
