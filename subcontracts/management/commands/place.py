"""`place ALLOCATION ORGANISATION`: place an allocation with an organisation."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import acting_as, system
from subcontracts.models import Subcontractor
from subcontracts.selectors.named import NotFoundError, allocation_named
from subcontracts.services import placements


class Command(BaseCommand):
    """Place an allocation, and accept it on request."""

    help = "Place an allocation (number@municipality:law) with an organisation (KvK number)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two names and two switches."""
        parser.add_argument("allocation")
        parser.add_argument("organisation")
        parser.add_argument("--accept", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with the reason where it is refused."""
        try:
            with acting_as(system()) as scope:
                allocation = allocation_named(scope, options["allocation"])
                subcontractor = Subcontractor.objects.filter(
                    main_contractor=allocation.main_contractor_id,
                    provider_organisation__kvk=options["organisation"],
                ).first()
                if subcontractor is None:
                    raise CommandError("this organisation does not work for the main contractor")
                placement = placements.place(
                    scope=scope, allocation=allocation, subcontractor=subcontractor
                )
                if options["accept"] and placement.status == placement.Status.OFFERED:
                    placement = placements.accept(scope=scope, placement=placement)
        except (DomainError, NotFoundError) as refusal:
            raise CommandError(str(refusal)) from refusal
        shown = {
            "allocation": options["allocation"],
            "organisation": options["organisation"],
            "placement": placement.number,
            "status": placement.status,
            "start": placement.start_date.isoformat(),
            "end": placement.end_date.isoformat() if placement.end_date else None,
            "relayed": placement.message_id is not None,
        }
        if options["json"]:
            self.stdout.write(json.dumps(shown))
        else:
            self.stdout.write(f"{placement.number} {placement.get_status_display()}")
