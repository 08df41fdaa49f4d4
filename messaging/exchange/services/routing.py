"""Between whom did this document travel? For files that lie in no party's folder."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.exchange import rules
from messaging.exchange.policies import works_for
from messaging.exchange.tray import Leg, Party
from messaging.istandaard import Message, declaration_head, parse
from messaging.istandaard.model.messages import DeclarationMessage


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
    """The route that the header names; an unreadable document has none.

    A subcontractor's message does not name the main contractor, so that it must be given where
    the subcontractor works for several.
    Raises RuleError MSG-02 for unknown parties, MSG-03 where the main contractor must be given,
    MSG-04 for a document that cannot be read.
    """
    message = _read(raw)
    codes = rules.codes_of(message)
    if message.type.number in rules.COMES_FROM[Leg.UP]:
        found = main_contractor or _by_agb(codes.provider)
        return Route(found, party_by_code(scope, codes.municipality, found))
    if main_contractor is None:
        main_contractor = _only_one_for(codes.provider)
    return Route(main_contractor, party_by_code(scope, codes.provider, main_contractor))


def _read(raw: bytes) -> Message:
    parsed = parse(raw)
    if not parsed.is_valid or parsed.type is None:
        raise RuleError("MSG-04", _("This document is no message that can be read."))
    message = (
        declaration_head(parsed) if parsed.type.message is DeclarationMessage else parsed.message
    )
    if message is None:
        raise RuleError("MSG-04", _("This document is no message that can be read."))
    return message


def _by_agb(agb: str) -> MainContractor:
    rows = MainContractor.objects.select_related("organisation")
    found = rows.filter(organisation__agb=agb).first()
    if found is None:
        raise RuleError("MSG-02", _("The receiver in the header is no main contractor here."))
    return found


def _only_one_for(agb: str) -> MainContractor:
    rows = MainContractor.objects.select_related("organisation").filter(
        pk__in=Organisation.objects.filter(agb=agb).values("main_contractor_links__main_contractor")
    )
    found = list(rows[:2])
    if len(found) != 1:
        raise RuleError("MSG-03", _("Say for which main contractor this message is."))
    return found[0]
