"""What became of contracts is in a file too: loaded it stands as it did, and it comes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml

from hoofdaannemer import scenarios
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.arrangements import files, loading
from hoofdaannemer.scenarios.arrangements.format import Arrangement
from subcontracts.models import (
    ClientStop,
    FundingLine,
    IndexTerms,
    MunicipalContract,
    Subcontract,
    SubcontractConsent,
    SubcontractIndexing,
    SubcontractNotice,
    SubcontractOption,
    Tariff,
)


def _arrangement(changes: dict[str, Any], **main: Any) -> Arrangement:
    """F6 whose first subcontract says other things."""
    content = files.open_file(files.shipped()["F6"]).model_dump()
    whole = content["main_contractors"][0]
    whole.update(main)
    whole["subcontracts"][0].update(changes)
    return Arrangement.model_validate(content)


def _comes_back(arrangement: Arrangement) -> Subcontract:
    """Load it, and hold what is exported against it; returns the first subcontract."""
    # What a person may write is what is loaded.
    read = files.read(files.write(arrangement))
    assert read == arrangement
    loading.load(read, lambda _done, _total, _name: None)
    assert scenarios.export("F6") == arrangement
    return Subcontract.objects.get(number="OC-01")


def _line(**changes: Any) -> dict[str, Any]:
    return {
        "start_date": "2026-01-01",
        "end_date": "2029-12-31",
        "name": "Wonen",
        "form": "pxq",
        "products": ["15A02"],
        **changes,
    }


def _price(**changes: Any) -> dict[str, Any]:
    whole = {"start_date": "2026-01-01", "end_date": "2029-12-31"}
    return {"product": "15A02", "amount": "146", **whole, **changes}


def test_options_that_were_taken_and_what_came_in_their_years(system: Scope) -> None:
    contract = _comes_back(
        _arrangement(
            {
                "end_date": "2026-12-31",
                "options": [
                    {
                        "months": 12,
                        "announce_by": "2026-10-01",
                        "note": "brief van 1 september",
                        "outcome": "taken",
                        "decided_on": "2026-09-01",
                    },
                    {
                        "months": 24,
                        "announce_by": "2027-10-01",
                        "outcome": "taken",
                        "decided_on": "2027-09-01",
                    },
                ],
                "lines": [
                    _line(),
                    _line(start_date="2027-07-01", products=["04A01"], name="Extra"),
                ],
                "tariffs": [
                    _price(end_date="2026-12-31"),
                    _price(start_date="2027-01-01", amount="151.2"),
                ],
            }
        )
    )
    assert contract.end_date == date(2029, 12, 31)
    assert [one.outcome for one in contract.options.all()] == [SubcontractOption.Outcome.TAKEN] * 2
    # The first text, and one for each option.
    assert contract.versions.count() == 3


def test_an_option_that_was_let_go_and_one_that_is_open(system: Scope) -> None:
    contract = _comes_back(
        _arrangement(
            {
                "options": [
                    {
                        "months": 12,
                        "announce_by": "2029-06-01",
                        "decide_by": "2029-05-01",
                        "outcome": "not_taken",
                        "decided_on": "2028-03-01",
                    },
                    {"months": 12, "announce_by": "2029-07-01"},
                ]
            }
        )
    )
    assert contract.end_date == date(2029, 12, 31)
    assert [one.outcome for one in contract.options.all()] == ["not_taken", ""]


def test_temporary_lines_with_what_followed_on_them(system: Scope) -> None:
    evaluated = {
        "evaluate_by": "2027-06-01",
        "evaluator": "regiegroep",
        "evaluated_on": "2027-05-01",
        "conclusion": "Het werkte.",
    }
    contract = _comes_back(
        _arrangement(
            {
                "lines": [
                    _line(
                        end_date="2026-12-31",
                        sunset={"follow_up": "line", "next_form": "lump_sum"},
                    ),
                    _line(
                        start_date="2027-01-01",
                        end_date="2027-12-31",
                        form="lump_sum",
                        parameters={"amount": "120000.00"},
                        sunset={"follow_up": "line", "next_form": "pxq", **evaluated},
                        follows_on=1,
                    ),
                    _line(
                        start_date="2028-01-01",
                        sunset={
                            "follow_up": "evaluation",
                            "evaluate_by": "2029-06-01",
                            "evaluator": "inkoop",
                        },
                        follows_on=2,
                    ),
                ]
            }
        )
    )
    first, second, third = contract.funding_lines.order_by("pk")
    assert first.sunset.next_line == second
    assert second.sunset.next_line == third
    assert second.form == FundingLine.Form.LUMP_SUM
    assert third.sunset.next_line is None


@pytest.mark.parametrize("status", ["asked", "granted", "refused", "withdrawn"])
def test_client_stops_that_were_asked(system: Scope, status: str) -> None:
    answer = "" if status in {"asked", "withdrawn"} else "Besproken op 2 februari."
    decided = None if status in {"asked", "withdrawn"} else "2026-02-02"
    stop = {
        "start_date": "2026-03-01",
        "end_date": "2026-05-31",
        "product": "15A02",
        "reason": "Twee medewerkers ziek",
        "is_asked": True,
        "status": status,
        "recorded_on": "2026-02-01",
        "decided_on": decided,
        "answer": answer,
    }
    contract = _comes_back(_arrangement({"client_stop_notice_days": 14, "stops": [stop]}))
    [row] = ClientStop.objects.filter(subcontract=contract)
    assert row.status == status
    assert row.is_asked


def test_a_stop_that_was_granted_and_then_withdrawn_and_one_that_was_set(system: Scope) -> None:
    asked = {
        "start_date": "2026-06-01",
        "reason": "Verhuizing",
        "is_asked": True,
        "status": "withdrawn",
        "recorded_on": "2026-05-01",
        "decided_on": "2026-05-04",
        "answer": "Akkoord.",
    }
    put = {"start_date": "2026-07-01", "reason": "Kwaliteit", "recorded_on": "2026-07-01"}
    contract = _comes_back(_arrangement({"stops": [asked, put]}))
    assert [one.status for one in contract.client_stops.order_by("pk")] == ["withdrawn", "granted"]


def test_consents_and_what_was_withdrawn_of_them(system: Scope) -> None:
    contract = _comes_back(
        _arrangement(
            {
                "consent_reference": "brief A",
                "consents": [
                    {
                        "start_date": "2026-01-01",
                        "reference": "brief A",
                        "withdrawn_from": "2027-01-01",
                        "withdrawn_reason": "Alleen nog wonen",
                    },
                    {
                        "start_date": "2027-01-01",
                        "end_date": "2028-12-31",
                        "reference": "brief B",
                        "products": ["15A02"],
                        "municipalities": ["0197", "0294"],
                    },
                ],
            }
        )
    )
    first, second = SubcontractConsent.objects.filter(subcontract=contract)
    assert first.withdrawn_from == date(2027, 1, 1)
    assert second.municipalities == ["0197", "0294"]


def test_exemptions_from_the_ceiling(system: Scope) -> None:
    contract = _comes_back(
        _arrangement(
            {
                "ceiling": "80000.00",
                "exemptions": [
                    {
                        "start_date": "2026-02-01",
                        "end_date": "2026-12-31",
                        "product": "15A02",
                        "ground": "crisis",
                        "note": "Afgesproken op 15 januari",
                    }
                ],
            }
        )
    )
    assert contract.ceiling_exemptions.get().ground == "crisis"


def test_indexation_with_its_series_schemes_and_freezes(system: Scope) -> None:
    series = [
        {
            "name": "OVA",
            "source": "NZa",
            "figures": [
                {"year": 2025, "provisional": "3.78", "definitive": "4.46"},
                {"year": 2026, "provisional": "-0.25"},
            ],
        },
        {"name": "CPI", "figures": [{"year": 2026, "provisional": "2.1", "source": "CPB"}]},
    ]
    weights = [{"series": "CPI", "percent": "10"}, {"series": "OVA", "percent": "90"}]
    terms = [
        {"start_date": "2026-01-01", "method": "ratio", "weights": weights},
        {
            "start_date": "2027-01-01",
            "method": "difference",
            "first_year": "never",
            "amount_decimals": 4,
            "weights": [{"series": "OVA", "percent": "100"}],
        },
    ]
    contract = _comes_back(
        _arrangement(
            {
                "indexing": [
                    {"start_date": "2026-01-01", "scheme": "Loon en prijs"},
                    {"start_date": "2028-01-01", "reason": "Tarief is hoog genoeg"},
                ]
            },
            index_series=series,
            index_schemes=[{"name": "Loon en prijs", "terms": terms}],
        )
    )
    assert SubcontractIndexing.objects.filter(subcontract=contract).count() == 2
    assert [one.method for one in IndexTerms.objects.all()] == ["ratio", "difference"]


def test_notice_that_stands(system: Scope) -> None:
    contract = _comes_back(
        _arrangement(
            {
                "notice_months": 3,
                "notice": {
                    "by": "sub",
                    "given_on": "2027-02-01",
                    "last_day": "2027-06-30",
                    "reason": "De praktijk stopt",
                },
                "lines": [_line(end_date="2027-06-30")],
                "tariffs": [_price(end_date="2027-06-30")],
            }
        )
    )
    assert contract.status == Subcontract.Status.ENDING
    assert contract.end_date == date(2027, 6, 30)
    assert SubcontractNotice.objects.get(subcontract=contract).old_end_date == date(2029, 12, 31)
    assert Tariff.objects.get(subcontract=contract).amount == Decimal(146)


def test_changes_of_a_municipal_contract(system: Scope) -> None:
    content = files.open_file(files.shipped()["F6"]).model_dump()
    [upper] = content["main_contractors"][0]["municipal_contracts"]
    upper |= {
        "end_date": "2026-12-31",
        "options": [
            {
                "months": 12,
                "announce_by": "2026-10-01",
                "outcome": "taken",
                "decided_on": "2026-06-01",
            },
            {"months": 12, "announce_by": "2027-10-01"},
        ],
        "changes": [
            {"agreed_on": "2026-03-01", "source": "Addendum 1", "number": "F6-2026"},
            {
                "agreed_on": "2026-08-01",
                "source": "Addendum 2",
                "name": "Achterhoek wonen",
                "end_date": "2030-06-30",
                "subcontractor_term_days": 2,
            },
            {"agreed_on": "2026-09-01", "source": "Addendum 3", "is_open": True},
            # Recorded after what was agreed later.
            {"agreed_on": "2026-02-01", "source": "Brief", "subcontractor_term_days": 1},
            {"agreed_on": "2026-09-02", "source": "Addendum 4", "end_date": "2029-12-31"},
        ],
        "relay_consents": [
            {"start_date": "2027-01-01", "is_given": False, "reference": "brief B"},
            {"start_date": "2028-01-01", "is_given": True, "reference": "brief C"},
        ],
        "budget_forms": [
            {"first_year": 2027, "form": "places", "source": "Addendum 2"},
            {"first_year": 2028, "form": "pxq", "source": "Addendum 2"},
        ],
        "bases": [{"first_year": 2027, "number": "24", "price": "3900.00"}],
    }
    _comes_back(Arrangement.model_validate(content))
    [row] = MunicipalContract.objects.all()
    assert (row.number, row.name, row.end_date) == (
        "F6-2026",
        "Achterhoek wonen",
        date(2029, 12, 31),
    )
    assert [row.form_of(year) for year in (2026, 2027, 2028)] == ["lump_sum", "places", "pxq"]
    assert not row.relays_on(date(2027, 5, 1))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"lines": [_line(follows_on=1)]}, "subcontracts.1"),
        ({"indexing": [{"start_date": "2026-01-01", "scheme": "X"}]}, "main_contractors.1"),
        ({"indexing": [{"start_date": "2026-01-01"}]}, "indexing.1"),
        (
            {
                "is_running": False,
                "notice": {
                    "by": "main",
                    "given_on": "2027-01-01",
                    "last_day": "2027-12-31",
                    "reason": "x",
                },
            },
            "subcontracts.1",
        ),
        (
            {"stops": [{"start_date": "2026-03-01", "reason": "x", "recorded_on": "2026-01-01",
                        "product": "99X99"}]},
            "main_contractors.1",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_with_its_place(
    changes: dict[str, Any], place: str
) -> None:
    content = files.open_file(files.shipped()["F6"]).model_dump(mode="json")
    content["main_contractors"][0]["subcontracts"][0].update(changes)
    with pytest.raises(RuleError, match="SCE-04") as refusal:
        files.read(yaml.safe_dump(content))
    assert place in str(refusal.value)
