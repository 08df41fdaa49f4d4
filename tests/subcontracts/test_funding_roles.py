"""Roles and vacancies as a contract says them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hoofdaannemer.core.errors import RuleError
from subcontracts.funding_forms import FundingLineForm
from subcontracts.funding_words import line_facts
from subcontracts.models import FundingLine, MunicipalContract, Subcontract
from subcontracts.rules.funding import checked
from subcontracts.rules.funding_roles import indexed_roles

ROLES = [
    {"role": "Gedragswetenschapper", "fte": "2", "price": "105000"},
    {"role": "Jeugdprofessional", "fte": "4.5", "price": "80000"},
]


def test_fte_and_average_price_of_the_line_follow_from_its_roles() -> None:
    stored = checked("fte", "jw", {"roles": ROLES, "roles_settled": None})
    assert stored["fte"] == "6.500"
    assert stored["price"] == "87692.31"  # 570.000 ÷ 6,5
    assert stored["roles_settled"] == "each"
    # Stored once more it says the same, and an arrangement that is exported loads again.
    assert checked("fte", "jw", stored) == stored
    text = str(line_facts(FundingLine(form="fte", parameters=stored), "jw"))
    assert "Gedragswetenschapper" in text
    assert "105.000,00" in text


def test_without_roles_or_vacancies_nothing_is_said_of_them() -> None:
    plain = {"fte": "2", "price": "98000", "roles_settled": "each", "vacancy_share": "50"}
    assert checked("fte", "jw", plain) == checked("fte", "jw", {"fte": "2", "price": "98000"})
    days = checked("fte", "jw", {"fte": "2", "price": "98000", "vacancy_days": "60"})
    assert (days["vacancy_days"], days["vacancy_share"]) == ("60", "100.0000")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"roles": [{"role": "Arts", "fte": "1", "price": None}]}, "CON-185"),
        ({"roles": [{"role": "", "fte": "1", "price": "9"}]}, "CON-185"),
        ({"roles": [{"role": "Arts", "fte": "0.0001", "price": "9"}]}, "CON-185"),
        ({"roles": [ROLES[0], {**ROLES[1], "role": "gedragswetenschapper"}]}, "CON-186"),
        ({"roles": ROLES, "fte": "6"}, "CON-187"),
        ({}, "CON-16"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, object], code: str) -> None:
    with pytest.raises(RuleError) as refused:
        checked("fte", "jw", changed)
    assert refused.value.code == code


def test_no_other_form_has_roles() -> None:
    with pytest.raises(RuleError) as refused:
        checked("lump_sum", "jw", {"amount": "1", "roles": ROLES})
    assert refused.value.code == "CON-17"


def test_indexation_raises_the_price_of_every_role() -> None:
    stored = checked("fte", "jw", {"roles": ROLES})
    raised = indexed_roles(stored, Decimal("3.12"))["roles"]
    assert [one["price"] for one in raised] == ["108276.00", "82496.00"]
    assert indexed_roles({"price": "1"}, Decimal(3)) == {}


def test_roles_are_typed_in_rows_and_an_empty_row_is_none() -> None:
    contract = Subcontract(
        municipal_contract=MunicipalContract(family="jw", pk=1),
        start_date=date(2026, 1, 1),
    )
    typed = {
        "name": "Fte", "start_date": "2026-01-01", "parameter_tolerance": "5",
        "parameter_recognised": "days", "parameter_roles_settled": "together",
        "role_1": "Arts", "role_fte_1": "0,5", "role_price_1": "140.000,00",
        "role_3": "Verpleegkundige", "role_fte_3": "2", "role_price_3": "78000",
    }  # fmt: skip
    form = FundingLineForm(typed, subcontract=contract, form="fte")
    form.fields.pop("products")
    assert form.is_valid(), form.errors
    stored = checked("fte", "jw", form.terms.parameters)
    assert (stored["fte"], stored["price"]) == ("2.500", "90400.00")
    assert stored["roles_settled"] == "together"
