"""`manage.py invite_user`: let somebody in when no administrator is left who could."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import invitations
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import STAFF, Role, acting_as, system


class Command(BaseCommand):
    """Invite one of a main contractor's own people and print the link of the invitation."""

    help = "Invite somebody to a role for a main contractor, as its administrator would."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--main-contractor", required=True, help="trade register number")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=sorted(STAFF), default=Role.ADMINISTRATOR.value)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        scope = system()
        try:
            validate_email(options["email"])
            with acting_as(scope):
                main = MainContractor.objects.get(organisation__kvk=options["main_contractor"])
                invited = invitations.invite(
                    scope=scope,
                    email=options["email"],
                    name=options["name"],
                    appointment=Appointment(Role(options["role"]), main_contractor_id=main.pk),
                )
        except MainContractor.DoesNotExist as error:
            raise CommandError("There is no main contractor with this number.") from error
        except (DomainError, ValidationError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"link": invited.link}) if options["json"] else invited.link)
