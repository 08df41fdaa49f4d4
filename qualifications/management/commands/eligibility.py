"""`manage.py eligibility SUBJECT PRODUCT DATE`: may this subject deliver this product then?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.scope import acting_as, system
from qualifications.selectors import Answer, Ground, eligibility
from subcontracts.models import Product, Professional, Subcontractor


class Command(BaseCommand):
    """One JSON object per main contractor that has the product: eligible, and by which answers."""

    help = "SUBJECT is organisation:KVK or professional:ID, PRODUCT a product code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("subject")
        parser.add_argument("product")
        parser.add_argument("date", type=date.fromisoformat)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answers. Raises CommandError for an unknown subject or product."""
        with acting_as(system()):
            organisation, person = _subject(options["subject"])
            found = _answers(organisation, person, options["product"], options["date"])
        if not found:
            raise CommandError("No main contractor of this subject has that product.")
        for answer in found:
            self.stdout.write(json.dumps(answer) if options["json"] else _as_text(answer))


def _subject(text: str) -> tuple[Organisation, Professional | None]:
    kind, _colon, value = text.partition(":")
    if kind == "organisation":
        organisation = Organisation.objects.filter(kvk=value).first()
        if organisation:
            return organisation, None
    if kind == "professional" and value.isascii() and value.isdigit():
        person = (
            Professional.objects.filter(pk=int(value))
            .select_related("provider_organisation")
            .first()
        )
        if person:
            return person.provider_organisation, person
    raise CommandError("SUBJECT is organisation:KVK or professional:ID, and must exist.")


def _answers(
    organisation: Organisation, person: Professional | None, code: str, day: date
) -> list[dict[str, Any]]:
    contractors = Subcontractor.objects.filter(provider_organisation=organisation)
    products = Product.objects.filter(
        code=code, main_contractor__in=contractors.values("main_contractor")
    )
    found = []
    for product in products:
        result = eligibility(
            main_contractor_id=product.main_contractor_id,
            organisation_id=organisation.pk,
            product_id=product.pk,
            on_date=day,
            professional_id=person.pk if person else None,
        )
        found.append(
            {
                "product": product.code,
                "family": product.family,
                "date": day.isoformat(),
                "eligible": result.is_eligible,
                "requirements": [_requirement(answer) for answer in result.answers],
            }
        )
    return found


def _requirement(answer: Answer) -> dict[str, Any]:
    return {
        "code": answer.demand.code,
        "met": answer.met,
        "on_lapse": answer.demand.on_lapse,
        "clause": answer.demand.clause,
        "evidence": [_ground(one) for one in answer.evidence],
    }


def _ground(ground: Ground) -> dict[str, Any]:
    """A proof by its number in the platform, and the days on which it counts."""
    end = ground.period.end
    return {
        "id": ground.evidence_id,
        "counts_from": ground.period.start.isoformat(),
        "counts_until": end.isoformat() if end else None,
    }


def _as_text(answer: dict[str, Any]) -> str:
    lacking = [r["code"] for r in answer["requirements"] if not r["met"]]
    verdict = "eligible" if answer["eligible"] else "not eligible"
    return f"{answer['product']} ({answer['family']}): {verdict}; lacking: {lacking or 'nothing'}"
