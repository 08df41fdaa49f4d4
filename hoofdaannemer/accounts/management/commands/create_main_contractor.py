"""`manage.py create_main_contractor`: the first main contractor and its administrator."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import invitations, parties
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, acting_as, system


class Command(BaseCommand):
    """Store the main contractor, invite its administrator and print the link of the invitation."""

    help = "Create a main contractor and invite its first administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--kvk", required=True, help="trade register number, 8 digits")
        parser.add_argument("--agb", required=True, help="AGB code, 8 digits")
        parser.add_argument("--iban", default="", help="account that it pays from")
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-name", default="Beheerder")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        scope = system()
        try:
            validate_email(options["admin_email"])
            with acting_as(scope):
                made = parties.create_main_contractor(
                    scope=scope, **{name: options[name] for name in ("name", "kvk", "agb", "iban")}
                )
                invited = invitations.invite(
                    scope=scope,
                    email=options["admin_email"],
                    name=options["admin_name"],
                    appointment=Appointment(Role.ADMINISTRATOR, main_contractor_id=made.pk),
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except RuleError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"main_contractor": made.pk, "link": invited.link}))
            return
        self.stdout.write(f"{made} is ready. Its administrator sets a password here, once:")
        self.stdout.write(f"  {invited.link}")
