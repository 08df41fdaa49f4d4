"""What people type, and what a service gets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from hoofdaannemer.core.forms import (
    DateInput,
    DutchDateField,
    EuroField,
    MonthInput,
    PlainForm,
    VolumeField,
    read_number,
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.234,50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1234.50", "1234.50"),
        ("1.234", "1234"),
        ("1.234.567", "1234567"),
        ("12.5", "12.5"),
        ("0,125", "0.125"),
        ("1.2345", "1.2345"),
        ("-12,50", "-12.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234", "1234"),
    ],
)
def test_number_in_dutch_notation(typed: str, number: str) -> None:
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "1,234.50",
        "1.23,4",
        "1,2,3",
        "12.34.56",
        "abc",
        "",
        ",5",
        "5,",
        "1e3",
        "NaN",
        "١٢",
        "9" * 31,
    ],
)
def test_number_that_is_none_or_two(typed: str) -> None:
    assert read_number(typed) is None


def test_euro_field_takes_the_sign_and_refuses_thirds_of_cents() -> None:
    field = EuroField()
    assert field.clean("€ 1.234,50") == Decimal("1234.50")
    with pytest.raises(ValidationError) as refusal:
        field.clean("1,235")
    assert refusal.value.error_list[0].code == "max_decimal_places"
    assert EuroField(decimal_places=4).clean("1,2355") == Decimal("1.2355")


def test_euro_field_shows_what_it_can_read_again() -> None:
    field = EuroField()
    assert field.prepare_value(Decimal("1234.5")) == "1234,50"
    assert field.clean(field.prepare_value(Decimal("0.05"))) == Decimal("0.05")
    assert not field.has_changed(Decimal("1234.50"), "1.234,50")
    assert field.has_changed(Decimal("1234.50"), "x")


def test_volume_field_has_a_floor_and_whole_numbers() -> None:
    field = VolumeField()
    assert field.clean("1.200") == 1200
    for typed, code in (("-1", "min_value"), ("1,5", "max_decimal_places"), ("x", "invalid")):
        with pytest.raises(ValidationError) as refusal:
            field.clean(typed)
        assert refusal.value.error_list[0].code == code
    assert VolumeField(decimal_places=2).prepare_value(Decimal("7.50")) == "7,5"


@pytest.mark.parametrize(
    "typed", ["22-11-2026", "22/11/2026", "22.11.2026", "22 11 2026", "2026-11-22", " 22-11-2026 "]
)
def test_date_in_each_notation(typed: str) -> None:
    assert DutchDateField().clean(typed) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31-02-2026", "invalid"),
        ("22-11-26", "invalid"),
        ("2026-13-01", "invalid"),
        ("11/22/2026", "invalid"),
        ("tomorrow", "invalid"),
        ("01-01-9999", "far"),
        ("0001-01-01", "far"),
    ],
)
def test_date_that_is_none(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        DutchDateField().clean(typed)
    assert refusal.value.error_list[0].code == code


def test_date_control_keeps_what_it_cannot_read() -> None:
    assert 'type="date" name="d" value="2026-11-22"' in DateInput().render("d", date(2026, 11, 22))
    assert 'type="text" name="d" value="31-02-2026"' in DateInput().render("d", "31-02-2026")
    assert 'type="month" name="m" value="2026-03"' in MonthInput().render("m", "2026-03")


class _Form(PlainForm):
    start = DutchDateField(label="Start", help_text="Hint")
    amount = EuroField(label="Amount", required=False)


def test_form_ties_errors_and_hints_to_the_control() -> None:
    form = _Form({"start": "x", "amount": "1,2,3"})
    page = form.render()
    assert 'aria-describedby="id_start_helptext id_start_error"' in page
    assert 'id="id_start_error"' in page
    assert 'value="1,2,3"' in page
    assert page.count('aria-invalid="true"') == 2


def test_values_are_arguments() -> None:
    form = _Form({"start": "1-9-2026", "amount": ""})
    assert form.is_valid()
    assert form.values == {"start": date(2026, 9, 1), "amount": None}
