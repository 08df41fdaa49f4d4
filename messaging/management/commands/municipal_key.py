"""Keys with which the software of a municipality opens its mailbox."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import Scope, acting_as, system
from messaging.exchange.keymodels import MunicipalKey
from messaging.exchange.services import municipal_keys, routing


class Command(BaseCommand):
    """Make, list and stop; what exists is shown without the text of a key."""

    help = "Make, list or stop the keys with which a municipality's software opens its mailbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        make = verbs.add_parser("make", help="make a key, and let earlier ones end")
        make.add_argument("main_contractor", help="trade register number")
        make.add_argument("municipality", help="municipality code of four digits")
        make.add_argument("label", help="name of the software")
        make.add_argument("--send", action="store_true", help="hand in messages")
        make.add_argument("--fetch", action="store_true", help="fetch and acknowledge messages")
        make.add_argument(
            "--overlap-days", type=int, default=municipal_keys.OVERLAP.days, metavar="N"
        )
        verbs.add_parser("list", help="all keys, without their text")
        stop = verbs.add_parser("stop", help="stop a key at once")
        stop.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked."""
        with acting_as(system()) as scope:
            try:
                self._do(scope, options)
            except DomainError as refusal:
                raise CommandError(str(refusal)) from refusal

    def _do(self, scope: Scope, options: dict[str, Any]) -> None:
        if options["verb"] == "make":
            self._make(scope, options)
        elif options["verb"] == "stop":
            key = MunicipalKey.objects.visible_to(scope).filter(pk=options["id"]).first()
            if key is None:
                raise CommandError("there is no such key")
            municipal_keys.revoke(scope=scope, key=key)
        else:
            self._list(scope)

    def _make(self, scope: Scope, options: dict[str, Any]) -> None:
        municipality = Municipality.objects.filter(code=options["municipality"]).first()
        if municipality is None:
            raise CommandError("there is no such municipality")
        key, raw = municipal_keys.create(
            scope=scope,
            main_contractor=routing.main_contractor_by_kvk(options["main_contractor"]),
            municipality=municipality,
            label=options["label"],
            may_send=options["send"],
            may_fetch=options["fetch"],
            overlap=timedelta(days=max(0, options["overlap_days"])),
        )
        self.stderr.write(f"key {key.pk}; its text is shown this once:")
        self.stdout.write(raw)

    def _list(self, scope: Scope) -> None:
        rows = MunicipalKey.objects.visible_to(scope).select_related(
            "main_contractor__organisation", "municipality"
        )
        for key in rows:
            may = "+".join(
                name for name, on in (("send", key.may_send), ("fetch", key.may_fetch)) if on
            )
            ended = key.revoked_at or key.valid_until
            self.stdout.write(
                f"{key.pk}\t{key.main_contractor.organisation.kvk}\t{key.municipality.code}\t"
                f"{key.label}\t{may}\tused {key.used_at or '-'}\tends {ended or '-'}"
            )
