"""Each main contractor tells its subcontractors something; both sides have contacts."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from hoofdaannemer.core import paper
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.scenarios.canary.cast import PROVIDER_NAMES, Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import Announcement, Subcontractor
from subcontracts.services import announcements, contacts


def tell(parties: Parties, cast: Cast, at: datetime) -> None:
    """With an attachment; the delegate of each subcontractor has read it."""
    for main, row in parties.mains.items():
        with acting_as(cast.scope("contracten", main, at)) as scope:
            facts = announcements.AnnouncementFacts(
                title=f"{main} deelt mee",
                text="Het kantoor is dicht tussen kerst en nieuwjaar.",
                start_date=scope.today,
                attachment=_paper(main),
                attachment_name=f"{main}.pdf",
            )
            announcements.announce(scope=scope, main_contractor_id=row.pk, facts=facts)
            _keep(scope, row.pk, f"{main} contractbeheer", None)
    delegate = next(
        name for name, role in PROVIDER_NAMES.items() if role == Role.SUBCONTRACTOR_ADMIN
    )
    for provider in dict.fromkeys(of for _by, of in parties.subcontractors):
        if (delegate, provider) not in cast.memberships:
            continue
        with acting_as(cast.scope(delegate, provider, at)) as scope:
            for told in Announcement.objects.visible_to(scope).light():
                announcements.confirm(scope=scope, announcement=told)
            for one in Subcontractor.objects.visible_to(scope):
                name = f"{provider} administratie"
                _keep(scope, one.main_contractor_id, name, scope.organisation_id)


def _paper(author: str) -> bytes:
    """An A4 with a line on it."""
    target = BytesIO()
    paper.sheet(target, title="Rooster", author=author).build([paper.text_of("Rooster")])
    return target.getvalue()


def _keep(scope: Scope, main_contractor_id: int, name: str, organisation_id: int | None) -> None:
    contacts.add(
        scope=scope,
        main_contractor_id=main_contractor_id,
        organisation_id=organisation_id,
        facts=contacts.ContactFacts(
            subject="contract", name=name, start_date=scope.today, phone="033 1234567"
        ),
    )
