"""What the main contractor demands of who delivers, before the contracts that say so."""

from __future__ import annotations

from collections.abc import Iterable

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from qualifications import services
from subcontracts.models import Product


def demand(scope: Scope, main: MainContractor, goods: Iterable[Product], period: Period) -> None:
    """Set requirements for youth, for Wmo, and for all care."""
    products = list(goods)
    youth = [p for p in products if p.family == "jw"]
    wmo = [p for p in products if p.family == "wmo"]
    rows: list[tuple[str, str, str, str, str, str, list[Product], bool]] = [
        ("SKJ", "Registratie SKJ", "professional", "register", "hold", "art. 3.2", youth, True),
        ("DIPLOMA", "Diploma zorg mbo 4 of hoger", "professional", "diploma", "hold",
         "art. 3.3", wmo, True),
        ("KWALITEIT", "Kwaliteitscertificaat", "organisation", "certificate", "signal",
         "art. 3.6", [], True),
    ]  # fmt: skip
    for code, name, subject, proof, on_lapse, clause, of, keeps in rows:
        services.create_requirement(
            scope=scope,
            main_contractor_id=main.pk,
            terms=services.RequirementTerms(
                code=code,
                name=name,
                applies_to=subject,
                proof=proof,
                on_lapse=on_lapse,
                clause=clause,
                period=period,
                products=of,
                keeps_file=keeps,
            ),
        )
