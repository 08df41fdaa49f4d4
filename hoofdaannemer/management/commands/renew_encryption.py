"""`manage.py renew_encryption`: all under the first data key, so that an older one can go."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand

from hoofdaannemer.core import rekeying
from hoofdaannemer.core.rekeying import Column
from hoofdaannemer.core.scope import system
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from qualifications.models import Evidence

#: Bytes that a service encrypts: messages and uploaded proofs.
FILES: Final = (
    Column(IncomingMessage._meta.db_table, "content"),
    Column(HubEnvelope._meta.db_table, "content"),
    Column(OutgoingMessage._meta.db_table, "content"),
    Column(Evidence._meta.db_table, "file_content"),
)


class Command(BaseCommand):
    """Repeatable, and safe while people work: each few rows are a transaction of their own."""

    help = "Encrypt everything again that is under an older key than the first of DATA_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all columns and say what was done."""
        for column in sorted({*rekeying.text_columns(), *FILES}):
            renewed = rekeying.renew(system(), column)
            told = {"table": column.table, "column": column.name, "renewed": renewed}
            self.stdout.write(
                json.dumps(told)
                if options["json"]
                else f"{renewed:7}  {column.table}.{column.name}"
            )
