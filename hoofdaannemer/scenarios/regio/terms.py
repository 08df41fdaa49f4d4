"""What both municipal contracts say, as far as it is known; the rest is left unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils import timezone

from hoofdaannemer.core.scope import Scope
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
    "exclusions": ["dagopvang", "dyslexie", "ADHD in ziekenhuizen"],
    "consent_duty": "each_except_self_employed",
    "qualification_proof_level": "source_checked",
    "transition_from": "P*Q met ruim 250 aanbieders",
    "transition_to": "alle onderaannemers met een vast bedrag",
    "talks": ["accountgesprek, elke twee weken", "bestuurlijk overleg, elk half jaar"],
}
WMO: Final[Mapping[str, object]] = {
    "funding_base": "decisions",
    "funding_rhythm": "month",
    "settlement_basis": "decisions",
    "refers": ["access_foundation"],
    "decides": "access_foundation",
    "acceptance_duty": True,
    "consent_duty": "each_except_self_employed",
    "qualification_proof_level": "seen",
    "own_clauses": ["Fraude meldt de onderaannemer bij het meldpunt van de gemeente."],
    "areas": ["Emmen-Centrum", "Emmen-Noord"],
}


def record(scope: Scope, youth: MunicipalContract, wmo: MunicipalContract) -> None:
    """Terms from the first day of each contract, and reports from next year on."""
    for contract, said in ((youth, YOUTH), (wmo, WMO)):
        upward_terms.set_terms(
            scope=scope,
            contract=contract,
            start_date=contract.start_date,
            values=said,
            source="overeenkomst",
        )
        for facts in _reports(date(timezone.localdate().year + 1, 1, 1)):
            upward_dates.add_duty(scope=scope, contract=contract, facts=facts)


def _reports(first: date) -> list[DutyFacts]:
    """Those before were told outside this system."""
    kinds = ReportingDuty.Kind
    return [
        DutyFacts(
            name="Uren, kosten en cliënten",
            kind=kinds.DEPLOYMENT,
            rhythm=Rhythm.QUARTER,
            start_date=first,
            due_days=30,
            recipient="contractmanager van de gemeente",
            is_passed_on=True,
        ),
        DutyFacts(
            name="Productieverantwoording met verklaring",
            kind=kinds.PRODUCTION,
            rhythm=Rhythm.YEAR,
            start_date=first,
            due_days=90,
            recipient="financiën van de gemeente",
        ),
        DutyFacts(
            name="Jaarrekening",
            kind=kinds.ACCOUNTS,
            rhythm=Rhythm.YEAR,
            start_date=first,
            due_days=151,
        ),
    ]
