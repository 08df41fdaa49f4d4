"""What both municipal contracts say, as far as it is known; the rest is left unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Final

from django.utils import timezone

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.regio import temporary
from subcontracts.models import MunicipalContract, ReportingDuty
from subcontracts.rules.reporting import Rhythm
from subcontracts.services import upward_dates, upward_terms
from subcontracts.services.upward_dates import DutyFacts

YOUTH: Final[Mapping[str, object]] = {
    "funding_base": "history",
    "funding_rhythm": "month",
    "solidarity_key": "pro_rata_share",
    "refers": ["gp", "gi", "court", "local_team"],
    "decides": "municipality",
    "acceptance_duty": True,
    "acceptance_exceptions": ["een andere voorziening gaat voor"],
    "bridging": True,
    "stop_rules": "Bij bereikte doelen, bij 18 jaar en bij een indicatie voor de Wlz.",
    "code_count": 21,
    "exclusions": ["dagopvang", "dyslexie", "ADHD in ziekenhuizen"],
    "consent_duty": "each_except_self_employed",
    "qualification_proof_level": "source_checked",
    "visibility_of_subs": "figures",
    "transition_from": "P*Q met ruim 250 aanbieders",
    "transition_to": "alle onderaannemers met een vast bedrag",
    "talks": ["accountgesprek, elke twee weken", "bestuurlijk overleg, elk half jaar"],
}
WMO: Final[Mapping[str, object]] = {
    "funding_base": "decisions",
    "funding_rhythm": "month",
    "code_count": 8,
    "settlement_basis": "decisions",
    "refers": ["access_foundation"],
    "decides": "access_foundation",
    "acceptance_duty": True,
    "consent_duty": "each_except_self_employed",
    "qualification_proof_level": "seen",
    "visibility_of_subs": "list",
    "own_clauses": ["Fraude meldt de onderaannemer bij het meldpunt van de gemeente."],
    "areas": ["Emmen-Centrum", "Emmen-Noord"],
}

_KIND: Final = ReportingDuty.Kind
_MANAGER: Final = "contractmanager van de gemeente"
_FINANCE: Final = "financiën van de gemeente"


def record(scope: Scope, youth: MunicipalContract, wmo: MunicipalContract) -> None:
    """Options of the youth contract, terms from the first day, and reports from next year on."""
    temporary.add_options(scope, youth)
    first = date(timezone.localdate().year + 1, 1, 1)
    for contract, said, reports in ((youth, YOUTH, _youth_reports), (wmo, WMO, _wmo_reports)):
        upward_terms.set_terms(
            scope=scope,
            contract=contract,
            start_date=contract.start_date,
            values=said,
            source="overeenkomst",
        )
        for facts in reports(first):
            upward_dates.add_duty(scope=scope, contract=contract, facts=facts)


def _youth_reports(first: date) -> list[DutyFacts]:
    """Of arrangement A2; those before the first day were told outside this system."""
    asked = partial(DutyFacts, start_date=first, recipient=_MANAGER)
    return [
        asked(
            name="FTE-overzicht",
            kind=_KIND.DEPLOYMENT,
            rhythm=Rhythm.QUARTER,
            due_days=30,
            is_passed_on=True,
        ),
        asked(
            name="Kwartaalrapportage",
            kind=_KIND.NUMBERS,
            rhythm=Rhythm.QUARTER,
            due_days=30,
            is_passed_on=True,
        ),
        asked(
            name="KPI's met kosten van coördinatie",
            kind=_KIND.INDICATORS,
            rhythm=Rhythm.YEAR,
            due_days=60,
        ),
        asked(
            name="Overgang van aanbieders en werving",
            kind=_KIND.CONTENT,
            rhythm=Rhythm.HALF_YEAR,
            due_days=30,
        ),
        *_yearly(first),
    ]


def _wmo_reports(first: date) -> list[DutyFacts]:
    """Of arrangement A3."""
    return [
        DutyFacts(
            name="Uren, kosten en cliënten",
            kind=_KIND.COSTS,
            rhythm=Rhythm.QUARTER,
            start_date=first,
            due_days=30,
            recipient=_MANAGER,
            is_passed_on=True,
        ),
        DutyFacts(
            name="Controleverklaring",
            kind=_KIND.AUDITOR,
            rhythm=Rhythm.YEAR,
            start_date=first,
            due_days=90,
            recipient=_FINANCE,
        ),
        *_yearly(first),
    ]


def _yearly(first: date) -> list[DutyFacts]:
    """What both ask for after a year."""
    return [
        DutyFacts(
            name="Productieverantwoording",
            kind=_KIND.PRODUCTION,
            rhythm=Rhythm.YEAR,
            start_date=first,
            due_days=90,
            recipient=_FINANCE,
        ),
        DutyFacts(
            name="Jaarrekening",
            kind=_KIND.ACCOUNTS,
            rhythm=Rhythm.YEAR,
            start_date=first,
            due_days=151,
        ),
    ]
