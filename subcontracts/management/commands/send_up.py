"""`send_up REQUEST`: take up a subcontractor's request and send it as our own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import acting_as, system
from subcontracts.models import AllocationRequest
from subcontracts.services import requests


class Command(BaseCommand):
    """Send a request up."""

    help = "Send a request for allocation (its reference) to the municipality."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The reference."""
        parser.add_argument("request")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with the reason where it is refused."""
        reference = options["request"]
        with acting_as(system()) as scope:
            found = list(AllocationRequest.objects.filter(reference=reference)[:2])
            if len(found) != 1:
                raise CommandError("there is no such request, or more than one")
            try:
                request = requests.send_up(scope=scope, request=found[0])
            except DomainError as refusal:
                raise CommandError(str(refusal)) from refusal
        shown = {
            "request": request.reference,
            "status": request.status,
            "message": request.message.identification if request.message else None,
        }
        self.stdout.write(json.dumps(shown) if options["json"] else str(request.reference))
