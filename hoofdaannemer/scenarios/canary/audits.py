"""Production of the canary scenario: its first month is established, drawn from and approved of."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.models import AuditOpinion, AuditTerms, ProductionPart
from billing.rules.sampling import Way
from billing.selectors.audit_terms import Terms
from billing.services import audits, production
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.care import Care
from hoofdaannemer.scenarios.canary.catalogue import RELATIONS

_OPINION = b"%PDF-1.4 kanarie"
_SIZE, _ALL = 3, 100


def account(care: Care, main: str, month: Month, at: datetime) -> None:
    """Every municipality of a main contractor: confirmed, established, with a sample and opinion.

    Then the next version is begun.
    """
    first, second = (care.cast.scope(name, main, at) for name in ("controle", "controle2"))
    contract = care.parties.contracts[main]
    _terms(care, main, month.year, at)
    with acting_as(first):
        made = production.begin(scope=first, contract=contract, year=month.year, last_month=month)
        for row in made:
            production.propose(scope=first, statement=row)
    for of_main, provider in RELATIONS:
        if of_main == main:
            _confirm(care, main, provider, at)
    for row in made:
        with acting_as(second):
            production.lock(scope=second, statement=row)
            row.refresh_from_db()
        with acting_as(first):
            # The last that was drawn holds every line, also those about clients.
            for way, size in ((Way.MONETARY, _SIZE), (Way.RANDOM, _ALL)):
                audits.draw_sample(scope=first, statement=row, way=way, size=size, seed=main)
            audits.record_opinion(
                scope=first,
                statement=row,
                kind=AuditOpinion.Kind.CLEAN,
                given_on=first.today,
                auditor=f"{main} accountant",
                document=_OPINION,
            )
    with acting_as(first):
        production.begin(scope=first, contract=contract, year=month.year, last_month=month)


def _terms(care: Care, main: str, year: int, at: datetime) -> None:
    scope = care.cast.scope("controle", main, at)
    with acting_as(scope):
        audits.record_terms(
            scope=scope,
            main_contractor_id=care.parties.mains[main].pk,
            contract=None,
            from_year=year,
            terms=Terms(AuditTerms.Area.REGION, Decimal(100), "03-01", "04-01", f"{main} protocol"),
        )


def _confirm(care: Care, main: str, provider: str, at: datetime) -> None:
    scope = care.cast.scope("beheer", provider, at)
    with acting_as(scope):
        parts = ProductionPart.objects.visible_to(scope).filter(state=ProductionPart.State.PROPOSED)
        for part in parts.filter(main_contractor=care.parties.mains[main]).order_by("pk"):
            production.confirm(scope=scope, part=part)
