"""With whom messages are exchanged, by which way, and what has not reached them."""

from __future__ import annotations

from dataclasses import dataclass

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.scope import Scope
from messaging.exchange import selectors as traffic
from messaging.exchange.selectors import Queue
from messaging.exchange.tray import Party
from messaging.models import Channel, Leg
from subcontracts.models import ContractMunicipality, Subcontractor


@dataclass(frozen=True)
class Way:
    """How messages travel to one party; `pk` is the municipality's, or the subcontractor's."""

    pk: int
    name: str
    #: Under which it is known in folders: municipality code, AGB code or trade register number.
    code: str
    party: Party
    transport: Channel.Transport
    is_chosen: bool
    queue: Queue

    @property
    def leg(self) -> Leg:
        """Municipality or subcontractor."""
        return self.party.leg


def main_contractor_of(scope: Scope) -> MainContractor:
    """The main contractor for which the scope works."""
    return MainContractor.objects.select_related("organisation").get(pk=scope.main_contractor_id)


def ways(scope: Scope) -> list[Way]:
    """All parties in a fixed number of queries: municipalities, then subcontractors by name."""
    chosen, queues = traffic.transports_of(scope.main_contractor_id), traffic.queues(scope)
    found = [(one.pk, str(one), one.code, Party.of(one)) for one in municipalities(scope)]
    for row in subcontractors(scope):
        organisation = row.provider_organisation
        code = organisation.agb or organisation.kvk
        found.append((row.pk, organisation.name, code, Party.of(organisation)))
    listed = []
    for pk, name, code, party in found:
        key = (party.municipality_id, party.organisation_id)
        way = chosen.get(key)
        listed.append(
            Way(
                pk=pk,
                name=name,
                code=code,
                party=party,
                transport=way or traffic.usual_way(party.leg),
                is_chosen=way is not None,
                queue=queues.get(key, Queue()),
            )
        )
    return listed


def way_to(scope: Scope, leg: Leg, pk: int) -> Way | None:
    """One of them, or None for a party with which nothing is exchanged."""
    return next((one for one in ways(scope) if (one.leg, one.pk) == (leg, pk)), None)


def municipalities(scope: Scope) -> list[Municipality]:
    """Those that take part in a municipal contract, by name."""
    taking_part = ContractMunicipality.objects.visible_to(scope).values("municipality")
    return list(Municipality.objects.filter(pk__in=taking_part).order_by("name", "pk"))


def subcontractors(scope: Scope) -> list[Subcontractor]:
    """Those that get messages: own teams get none, nor offices that only send an invoice."""
    rows = Subcontractor.objects.visible_to(scope).filter(is_own_team=False)
    delivering = rows.exclude(provider_organisation__kind=Organisation.Kind.OFFICE)
    return list(delivering.select_related("provider_organisation"))
