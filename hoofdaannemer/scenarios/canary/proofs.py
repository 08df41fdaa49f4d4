"""Requirements, proofs and reviews of the canary scenario: one of each kind everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.cast import Cast
from hoofdaannemer.scenarios.canary.catalogue import RELATIONS
from hoofdaannemer.scenarios.canary.parties import Parties
from qualifications import services
from qualifications.models import Requirement

#: What a scanned proof looks like; a search for the name in it finds the file on a wrong page.
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n% "


def build(parties: Parties, cast: Cast, at: datetime) -> None:
    """Each main contractor asks a diploma; each provider shows one, and one more that waits."""
    asked: dict[str, Requirement] = {}
    for main, row in parties.mains.items():
        officer = cast.scope("kwaliteit", main, at - timedelta(days=3))
        with acting_as(officer):
            asked[main] = services.create_requirement(
                scope=officer,
                main_contractor_id=row.pk,
                terms=services.RequirementTerms(
                    code=f"{main}"[:20],
                    name=f"{main} diploma",
                    applies_to=Requirement.AppliesTo.PROFESSIONAL,
                    proof=Requirement.Proof.DIPLOMA,
                    on_lapse=Requirement.OnLapse.HOLD,
                    clause=f"{main} art. 3",
                    period=Period(officer.today),
                ),
            )
    for key in RELATIONS:
        for number, judged in ((1, True), (2, False)):
            moment = at + timedelta(days=number - 1)
            _proof(parties, cast, asked, key, moment, judged=judged)


def _proof(
    parties: Parties,
    cast: Cast,
    asked: dict[str, Requirement],
    key: tuple[str, str],
    at: datetime,
    *,
    judged: bool,
) -> None:
    main, provider = key
    uploader = cast.scope("medewerker", provider, at)
    with acting_as(uploader):
        evidence = services.upload_evidence(
            scope=uploader,
            requirement=asked[main],
            subcontractor=parties.subcontractors[key],
            professional=parties.professionals[provider],
            proof=services.Proof(
                number=f"{provider}-{at.day}",
                validity=Period(at.date() - timedelta(days=365)),
                file_name=f"{provider}-diploma.pdf",
                content=SCAN + f"{main} {provider} {at.day}".encode(),
            ),
        )
    if judged:
        officer = cast.scope("kwaliteit", main, at + timedelta(hours=2))
        with acting_as(officer):
            services.review_evidence(
                scope=officer, evidence=evidence, approved=True, reason=f"{provider} gezien"
            )
