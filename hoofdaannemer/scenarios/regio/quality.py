"""Proofs of the scenario: most in order, some lapsed, rejected or waiting."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.scenarios.regio.parties import Party, Region
from qualifications import services
from qualifications.models import Evidence, Requirement
from subcontracts.models import Professional

#: What a scanned proof looks like to the platform; its content is of no interest here.
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

#: Practices whose owner's registration lapses in the months before today, by days ago.
LAPSED = {"Praktijk Sterrenkijker": 75, "Begeleiding Aan Huis Smit": 40}
#: Practices with a proof that waits for its review today.
WAITING = ("Praktijk Van Eik", "Dagbesteding De Brink", "Kompas Jeugd", "Praktijk Sterrenkijker")
#: Practice with a proof that was rejected.
REJECTED = "Coaching Nieuw Ritme"


@dataclass(frozen=True)
class Judges:
    """Who uploads and who judges."""

    officer: Scope
    today: date

    def uploader(self, party: Party, at: datetime) -> Scope:
        """Somebody of the organisation itself."""
        return Scope(role=Role.SUBCONTRACTOR_ADMIN, organisation_id=party.organisation.pk, at=at)


def build(region: Region, judges: Judges, begin: datetime, dice: random.Random) -> None:
    """Bring in the proofs of everybody, judged three days later."""
    asked = list(Requirement.objects.visible_to(judges.officer).order_by("pk"))
    for party in region.parties:
        own = [r for r in asked if _concerns(r, party)]
        for requirement in own:
            subjects: Sequence[Professional | None] = (
                party.people if requirement.applies_to == "professional" else [None]
            )
            for subject in subjects:
                _first_proof(judges, party, requirement, subject, begin, dice)
    _today(region, judges, {r.code: r for r in asked})


def _concerns(requirement: Requirement, party: Party) -> bool:
    by_law = {"SKJ": "jw", "DIPLOMA": "wmo"}
    return by_law.get(requirement.code, party.provider.family) == party.provider.family


def _first_proof(
    judges: Judges,
    party: Party,
    requirement: Requirement,
    subject: Professional | None,
    begin: datetime,
    dice: random.Random,
) -> None:
    valid_from = begin.date() - timedelta(days=dice.randrange(30, 500))
    until: date | None = judges.today + timedelta(days=dice.randrange(100, 1200))
    lapsed_days = LAPSED.get(party.provider.name)
    if requirement.code in ("SKJ", "DIPLOMA") and lapsed_days:
        until = judges.today - timedelta(days=lapsed_days)
    elif requirement.code == "DIPLOMA":
        until = None
    elif dice.random() < 0.05:
        until = judges.today + timedelta(days=dice.randrange(5, 55))
    evidence = _upload(judges, party, requirement, subject, begin, Period(valid_from, until))
    services.review_evidence(
        scope=replace(judges.officer, at=begin + timedelta(days=3)),
        evidence=evidence,
        approved=True,
    )


def _upload(
    judges: Judges,
    party: Party,
    requirement: Requirement,
    subject: Professional | None,
    at: datetime,
    validity: Period,
) -> Evidence:
    return services.upload_evidence(
        scope=judges.uploader(party, at),
        requirement=requirement,
        subcontractor=party.subcontractor,
        professional=subject,
        proof=services.Proof(
            number=f"{100_000_000 + (subject.pk if subject else party.subcontractor.pk)}",
            validity=validity,
            file_name=f"{requirement.code.lower()}.pdf",
            content=SCAN,
        ),
    )


def _today(region: Region, judges: Judges, asked: Mapping[str, Requirement]) -> None:
    """Proofs that came in this week: some wait for the quality officer, one was rejected."""
    parties = {party.provider.name: party for party in region.parties}
    for number, name in enumerate(WAITING):
        party = parties[name]
        code = "SKJ" if party.provider.family == "jw" else "DIPLOMA"
        at = judges.officer.at - timedelta(days=number + 1)
        first = judges.today - timedelta(days=LAPSED.get(name, 10) - 5)
        _upload(
            judges,
            party,
            asked[code],
            party.people[0],
            at,
            Period(first, first + timedelta(days=1825)),
        )
    party = parties[REJECTED]
    at = judges.officer.at - timedelta(days=6)
    evidence = _upload(
        judges, party, asked["KWALITEIT"], None, at, Period(judges.today - timedelta(days=400))
    )
    services.review_evidence(
        scope=replace(judges.officer, at=at + timedelta(days=1)),
        evidence=evidence,
        approved=False,
        reason="Het certificaat staat op naam van een andere organisatie.",
    )
