"""To each subcontract the municipality agreed; each was given notice of, which was taken back."""

from __future__ import annotations

from datetime import date, datetime

from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.care import Care
from subcontracts.models import Subcontract, SubcontractNotice
from subcontracts.services import consents, noticing
from subcontracts.services.consents import ConsentFacts

_LETTER = b"%PDF-1.7 kanarie"


def give(care: Care, at: datetime) -> None:
    """So that every organisation has one of its own, and every contract goes on."""
    for main, row in care.parties.mains.items():
        with acting_as(care.cast.scope("contracten", main, at)) as scope:
            running = Subcontract.objects.visible_to(scope).filter(
                main_contractor=row, status__in=Subcontract.RUNNING
            )
            for subcontract in running.order_by("pk"):
                facts = ConsentFacts(start_date=subcontract.start_date, reference=f"{main} besluit")
                consents.record(scope=scope, subcontract=subcontract, facts=facts)
                given = noticing.Given(
                    by=SubcontractNotice.By.MAIN,
                    given_on=scope.today,
                    last_day=date(scope.today.year + 2, 6, 30),
                    reason=f"{main} stopt met deze zorg",
                    letter=_LETTER,
                )
                noticing.give(scope=scope, subcontract=subcontract, given=given)
                noticing.withdraw(scope=scope, subcontract=subcontract, reason="Vergissing")
