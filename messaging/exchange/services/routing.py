"""Between whom did this document travel? For files that lie in no party's folder."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from messaging.exchange import rules
from messaging.exchange.policies import works_for
from messaging.exchange.tray import Leg, Party
from messaging.istandaard import parse


@dataclass(frozen=True, slots=True)
class Route:
    """A main contractor, and the other party."""

    main_contractor: MainContractor
    party: Party


def main_contractor_by_kvk(kvk: str) -> MainContractor:
    """Raises RuleError MSG-01 for a number that is no main contractor's."""
    found = (
        MainContractor.objects.select_related("organisation").filter(organisation__kvk=kvk).first()
    )
    if found is None:
        raise RuleError("MSG-01", _("There is no main contractor with this trade register number."))
    return found


def party_by_code(scope: Scope, code: str, main_contractor: MainContractor) -> Party:
    """Municipality code, AGB code or trade register number → party.

    Raises RuleError MSG-02 for a code that is no municipality's and no subcontractor's.
    """
    if len(code) == 4:
        municipality = Municipality.objects.filter(code=code).first()
        if municipality is not None:
            return Party.of(municipality)
    else:
        known = Organisation.objects.visible_to(scope)
        named = known.filter(agb=code).first() or known.filter(kvk=code).first()
        if named is not None and works_for(named.pk, main_contractor.pk):
            return Party.of(named)
    raise RuleError("MSG-02", _("There is no municipality or subcontractor with this code."))


def route_of(scope: Scope, raw: bytes, main_contractor: MainContractor | None) -> Route:
    """The route that the header names, also of a document that the schema refuses.

    What a subcontractor hands in comes from itself, whatever the document says. Its messages do
    not name the main contractor, which must be given where it works for several.
    Raises RuleError MSG-02 for unknown parties, MSG-03 where the main contractor must be given,
    MSG-04 for a document without a header that can be read.
    """
    if scope.role in SUBCONTRACTOR:
        found = main_contractor or _only_one_for(Q(pk=scope.organisation_id))
        return Route(found, Party(organisation_id=scope.organisation_id))
    number, codes = _header_of(raw)
    if number in rules.COMES_FROM[Leg.UP]:
        found = main_contractor or _by_agb(codes.provider)
        return Route(found, party_by_code(scope, codes.municipality, found))
    found = main_contractor or _only_one_for(Q(agb=codes.provider))
    return Route(found, party_by_code(scope, codes.provider, found))


def _header_of(raw: bytes) -> tuple[str, rules.Codes]:
    """Message type and parties, as far as the text of the document goes."""
    parsed = parse(raw)
    if parsed.type is None or parsed.root is None:
        raise RuleError("MSG-04", _("This document is no message of iWmo 3.2 or iJw 3.2."))
    sender = parsed.root.findtext("{*}Header/{*}Afzender") or ""
    receiver = parsed.root.findtext("{*}Header/{*}Ontvanger") or ""
    if parsed.type.from_municipality:
        return parsed.type.number, rules.Codes(municipality=sender, provider=receiver)
    return parsed.type.number, rules.Codes(municipality=receiver, provider=sender)


def _by_agb(agb: str) -> MainContractor:
    rows = MainContractor.objects.select_related("organisation")
    found = rows.filter(organisation__agb=agb).first() if agb else None
    if found is None:
        raise RuleError("MSG-02", _("The receiver in the header is no main contractor here."))
    return found


def _only_one_for(which: Q) -> MainContractor:
    subcontractor = Organisation.objects.filter(which).values(
        "main_contractor_links__main_contractor"
    )
    rows = MainContractor.objects.select_related("organisation").filter(pk__in=subcontractor)
    found = list(rows[:2])
    if len(found) != 1:
        raise RuleError("MSG-03", _("Say for which main contractor this message is."))
    return found[0]
