"""Each subcontractor asks about its contracts; one answer for each main contractor is published."""

from __future__ import annotations

from datetime import datetime

from hoofdaannemer.core.scope import Role, acting_as
from hoofdaannemer.scenarios.canary.cast import PROVIDER_NAMES, Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import ClauseQuestion, Subcontract
from subcontracts.services import questions
from subcontracts.services.questions import QuestionFacts, ReadingFacts


def ask(parties: Parties, cast: Cast, at: datetime) -> None:
    """About every contract that was offered; of each main contractor the first is answered."""
    delegate = next(
        name for name, role in PROVIDER_NAMES.items() if role == Role.SUBCONTRACTOR_ADMIN
    )
    for provider in dict.fromkeys(of for _by, of in parties.subcontractors):
        if (delegate, provider) not in cast.memberships:
            continue
        with acting_as(cast.scope(delegate, provider, at)) as scope:
            for contract in Subcontract.objects.visible_to(scope).order_by("pk"):
                facts = QuestionFacts(
                    subject=f"Vraag bij {contract.number}",
                    question=f"{provider} vraagt wat een werkdag is",
                    subcontract=contract,
                )
                questions.ask(scope=scope, facts=facts)
    for main in parties.mains:
        with acting_as(cast.scope("contracten", main, at)) as scope:
            own = QuestionFacts(subject=f"{main} vraagt zelf", question="Wat is een feestdag?")
            questions.ask(scope=scope, facts=own)
            first = ClauseQuestion.objects.visible_to(scope).exclude(provider_organisation=None)
            row = first.order_by("pk").first()
            if row is None:
                raise LookupError(f"nobody asked {main} anything")
            questions.answer(scope=scope, question=row, text="Maandag tot en met vrijdag")
            reading = ReadingFacts(
                subject=f"{main} over werkdagen",
                asked="Wat is een werkdag?",
                text="Maandag tot en met vrijdag, feestdagen niet.",
            )
            questions.publish(scope=scope, question=row, facts=reading)
