"""Arrangements of the field as terms: each can be said with what the list of terms offers.

They are data, as somebody would type them; what is not known of an arrangement is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from django.urls import reverse

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import MunicipalContract
from subcontracts.rules.reporting import Rhythm
from subcontracts.rules.upward_versions import checked
from subcontracts.selectors.flowdown import duties_of
from subcontracts.selectors.upward_dates import open_reports
from subcontracts.selectors.upward_terms import values_on
from subcontracts.services import upward_dates, upward_terms
from tests import factories
from tests.conftest import become
from tests.factories import moved
from tests.subcontracts.conftest import Browser as Browse

ARRANGEMENTS: Final[Mapping[str, Mapping[str, object]]] = {
    "one main contractor that indicates for the municipality": {
        "funding_rhythm": "month",
        "refers": ["gp", "gi", "court", "main_contractor"],
        "decides": "main_contractor",
        "access_mandate": "toewijzen namens het college, ook aan zichzelf",
        "acceptance_duty": True,
        "acceptance_exceptions": ["andere voorziening", "afwijzend besluit"],
        "waiting_norms": "wachttijden in de openbare index",
        "talks": ["financieel, elke maand", "operationeel, elke week", "contract, elk kwartaal"],
    },
    "one main contractor, eight municipalities, few subcontractors": {
        "funding_rhythm": "month",
        "acceptance_duty": True,
        "bridging": True,
        "exclusions": ["dagopvang", "dyslexie", "ADHD in ziekenhuizen"],
        "stop_rules": "doelen bereikt, 18 jaar of Wlz",
        "decides": "municipality",
        "code_count": 21,
        "talks": ["accountgesprek, elke twee weken"],
        "transition_from": "P*Q met 256 aanbieders",
        "transition_to": "alles lumpsum",
    },
    "a yearly budget that follows the number of decisions": {
        "funding_base": "decisions",
        "funding_rhythm": "year",
        "settlement_basis": "decisions",
        "decides": "access_foundation",
        "refers": ["access_foundation"],
        "acceptance_duty": True,
        "code_count": 8,
        "areas": [f"gebied {number}" for number in range(1, 7)],
    },
    "one task, no view on subcontractors, personal budgets deducted": {
        "funding_base": "clients_severity_effort",
        "pgb_deducted": True,
        "consent_duty": "none",
        "visibility_of_subs": "none",
        "survey_required": True,
        "dispute_ladder": ["wijkteam", "gemeente"],
        "target_groups": ["dagbesteding ouderen", "dagbesteding ggz"],
    },
    "sixteen municipalities, one task, a consortium": {
        "funding_base": "history",
        "acceptance_duty": False,
        "talks": ["stuurgroep, elke maand", "GI, elke twee maanden", "bestuur, elk jaar"],
        "caseload_correction": "zaken zonder alternatief tellen apart",
        "recalibration": "vast vierkant, begint met de uitgaven van 2019",
    },
    "a part of a city, open allocations": {
        "allocation_kinds": ["generic", "open_without_end"],
        "code_count": 4,
        "exclusions": ["dyslexie", "crisis jeugd-ggz", "bovenregionaal", "landelijke afspraken"],
    },
    "a joint task with solidarity": {
        "solidarity_key": "pro_rata_share",
        "pxq_basis": "delivered",
        "under_use_rule": "10% wordt herverdeeld op werkelijke productie",
    },
    "direct purchasing with an end after a year without care": {
        "inactivity_months": 12,
        "inactivity_effect": "ends",
        "acceptance_duty": True,
        "code_count": 44,
        "pxq_basis": "allocated",
    },
    "a limit, a least own share and a profit cap": {
        "subcontractor_limit": 40,
        "own_delivery_min_percent": "30",
        "sub_share_max_percent": "70",
        "profit_cap_percent": "3",
        "surplus_rule": "terug naar de gemeenten naar aandeel",
        "deficit_rule": "voor de opdrachtnemer",
        "non_client_lines": ["expertteam", "beschikbaarheid crisis"],
        "qualification_proof_level": "source_checked",
    },
    "an agreement that settles in population money": {
        "funding_base": "inhabitants",
        "solidarity_key": "inhabitants",
        "settlement_basis": "days",
        "decides": "provider",
        "refers": ["own", "local_team", "municipality"],
        "allocation_kinds": ["specific", "aspecific", "help_needed_kind_open"],
        "inactivity_effect": "may_end",
        "visibility_of_subs": "figures",
        "index_rule": "OVA 90%, prijs 10%",
    },
}


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_an_arrangement_is_kept_as_it_is_said(name: str) -> None:
    said = ARRANGEMENTS[name]
    assert checked(said).keys() == said.keys()
    assert checked(checked(said)) == checked(said)


def test_terms_are_revised_within_the_duration(system: Scope) -> None:
    """Own budgets in the first year, an advance in the second."""
    world = factories.world(system)
    for day, rule in (
        (date(2025, 1, 1), "eigen budget per aanbieder"),
        (date(2026, 1, 1), "voorschot van 90%, de rest herverdeeld"),
    ):
        upward_terms.set_terms(
            scope=world.system,
            contract=world.youth,
            start_date=day,
            values={"under_use_rule": rule},
        )
    assert values_on(world.youth, date(2025, 12, 31))["under_use_rule"].startswith("eigen")  # type: ignore[union-attr]
    assert values_on(world.youth, date(2026, 1, 1))["under_use_rule"].startswith("voorschot")  # type: ignore[union-attr]


def sixteen() -> dict[str, str]:
    """Sixteen rows of the form, with shares that add up."""
    codes = (
        *("0307", "0308", "0310", "0312", "0313", "0317", "0321", "0327"),
        *("0331", "0335", "0339", "0340", "0342", "0344", "0345", "0351"),
    )
    rows = {"rows": "16"}
    for number, code in enumerate(codes, start=1):
        end = "" if number == 1 else f"_{number}"
        rows |= {f"municipality{end}": code, f"share{end}": "6,25"}
    return rows


def test_nine_years_with_three_options_for_sixteen_municipalities(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CONTRACT_MANAGER)
    response = browser.post(
        reverse("municipal_contract_new"),
        {
            "number": "U-1",
            "name": "Jeugdhulp dichtbij",
            "family": "jw",
            "start_date": "01-04-2020",
            "end_date": "31-03-2023",
            "products": world.products["guidance"].pk,
            "budget_form": "lump_sum",
            "yearly_budget": "9.000.000,00",
            "relay_number_first": "900000000",
            "relay_number_last": "999999999",
            "subcontractor_term_days": "3",
            **sixteen(),
        },
    )
    assert response.status_code == 302, response.content.decode()
    become(world.system)
    contract = MunicipalContract.objects.get(number="U-1")
    assert contract.municipalities.count() == 16
    options = [
        upward_dates.add_option(
            scope=world.system, contract=contract, months=24, announce_by=date(year, 9, 30)
        )
        for year in (2022, 2024, 2026)
    ]
    for option in options[:2]:
        upward_dates.decide_option(
            scope=world.system, option=option, outcome="taken", decided_on=world.system.today
        )
    contract.refresh_from_db()
    assert contract.end_date == date(2027, 3, 31)
    upward_terms.set_consortium(
        scope=world.system,
        contract=contract,
        start_date=date(2020, 4, 1),
        members=[
            upward_terms.Member(name=name, share=share, is_lead=name == "Eerste")
            for name, share in (
                ("Eerste", Decimal("33.34")),
                ("Tweede", Decimal("33.33")),
                ("Derde", Decimal("33.33")),
            )
        ],
    )
    page = browser.get(reverse("municipal_contract_budget", args=[contract.pk])).content.decode()
    assert page.count("€ 562.500,00") == 16


def test_reports_in_every_rhythm_and_on_request(system: Scope) -> None:
    world = factories.world(moved(system))
    for rhythm in Rhythm:
        upward_dates.add_duty(
            scope=world.system,
            contract=world.youth,
            facts=upward_dates.DutyFacts(
                name=f"Per {rhythm}",
                kind="content",
                rhythm=rhythm,
                start_date=date(2026, 1, 1),
                is_passed_on=True,
            ),
        )
    found = open_reports(world.system, until=date(2026, 12, 31))
    count = {rhythm: sum(one.duty.rhythm == rhythm for one in found) for rhythm in Rhythm}
    assert count == {
        "week": 52,
        "two_weeks": 26,
        "month": 12,
        "two_months": 6,
        "quarter": 4,
        "trimester": 3,
        "half_year": 2,
        "year": 1,
        "on_request": 0,
    }
    assert len(duties_of(world.system, world.youth)) == len(Rhythm)
