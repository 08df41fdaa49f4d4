"""Take in message files, with the same service as the transports."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope, acting_as, system
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import imports, outtray, routing
from messaging.exchange.services.imports import File, Result
from messaging.exchange.transports import folder

_NOT_ACCEPTED: Final = 1
_UNREADABLE: Final = 2


class Command(BaseCommand):
    help = "Take in iWmo and iJw messages from files or folders; prints what became of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="FILE|DIR")
        parser.add_argument("--main-contractor", metavar="KVK", help="where no header names it")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        scope = system()
        main_contractor = _main_contractor(scope, options["main_contractor"])
        results = imports.take_in(
            scope=scope,
            files=_files(options["paths"]),
            source=IncomingMessage.Source.COMMAND,
            main_contractor=main_contractor,
        )
        verdicts = [self._print(scope, result, options["json"]) for result in results]
        if not all(verdicts):
            sys.exit(_NOT_ACCEPTED)

    def _print(self, scope: Scope, result: Result, as_json: bool) -> bool:
        answer = _answer_file(scope, result.reply) if result.reply else None
        shown = {
            "file": result.file.name,
            "type": (result.message.name if result.message else "") or None,
            "accepted": result.accepted,
            "findings": [
                {"rule": one.rule, "code": one.code, "path": one.path, "message": one.text}
                for one in result.findings
            ],
            "return_message": str(answer) if answer else None,
        }
        self.stdout.write(
            json.dumps(shown, ensure_ascii=False) if as_json else _text(shown, result)
        )
        return result.accepted is True


def _main_contractor(scope: Scope, kvk: str | None) -> MainContractor | None:
    if not kvk:
        return None
    with acting_as(scope):
        try:
            return routing.main_contractor_by_kvk(kvk)
        except RuleError as refusal:
            raise CommandError(str(refusal), returncode=_UNREADABLE) from refusal


def _files(paths: list[str]) -> Iterator[File]:
    for name in paths:
        path = Path(name)
        found = sorted(path.rglob("*.xml")) if path.is_dir() else [path]
        for file in found:
            try:
                yield File(str(file), folder.read(file))
            except OSError as error:
                text = _("%(file)s cannot be read.") % {"file": file}
                raise CommandError(text, returncode=_UNREADABLE) from error


def _answer_file(scope: Scope, reply: OutgoingMessage) -> Path:
    """Deliver the answer where it goes by folder; a copy of it lies there in any case."""
    outtray.deliver(scope=scope, message_id=reply.pk)
    with acting_as(scope):
        row = OutgoingMessage.objects.visible_to(scope).get(pk=reply.pk)
        parcel = outtray.parcel_of(row)
    return folder.send(parcel, Path(settings.OUT_FOLDER))


def _text(shown: dict[str, Any], result: Result) -> str:
    words = {True: _("accepted"), False: _("not accepted"), None: _("waits")}
    lines = [f"{shown['file']}: {shown['type'] or '-'}: {words[result.accepted]}"]
    lines += [
        f"  {one['rule']} {one['code']} {one['path']}: {one['message']}"
        for one in shown["findings"]
    ]
    if result.refusal and not result.findings:
        lines.append(f"  {result.refusal}")
    return "\n".join(lines)
