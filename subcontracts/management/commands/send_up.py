"""`send_up REQUEST`: take up a subcontractor's request and send it as our own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import Scope, acting_as, system
from subcontracts.models import CareRequest, RequestedChange, RequestedProduct
from subcontracts.services import requests


class Command(BaseCommand):
    """Send a request up."""

    help = "Send a request for new care, or for a change, to the municipality, with all of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The request by its number, or by a reference in it, ours or theirs."""
        parser.add_argument("request")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with the reason where it is refused."""
        with acting_as(system()) as scope:
            found = list(_named(scope, options["request"])[:2])
            if len(found) != 1:
                raise CommandError("there is no such request, or more than one")
            try:
                request = requests.send_up(scope=scope, request=found[0])
            except DomainError as refusal:
                raise CommandError(str(refusal)) from refusal
            products = request.products.values_list("reference", flat=True)
            # A change has one reference, its number.
            references = list(products) or [request.number]
        shown = {
            "request": request.number,
            "products": references,
            "status": request.status,
            "message": request.message.identification if request.message else None,
        }
        self.stdout.write(json.dumps(shown) if options["json"] else str(request.number))


def _named(scope: Scope, name: str) -> QuerySet[CareRequest]:
    of_product = RequestedProduct.objects.visible_to(scope).filter(
        Q(reference=name) | Q(provider_reference=name)
    )
    of_change = RequestedChange.objects.visible_to(scope).filter(provider_reference=name)
    return CareRequest.objects.visible_to(scope).filter(
        Q(number=name)
        | Q(pk__in=of_product.values("request"))
        | Q(pk__in=of_change.values("request"))
    )
