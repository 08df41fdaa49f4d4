"""Check message files against policy, schema and the rules within a message. No database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hoofdaannemer.core.checks import START
from messaging.istandaard import MAX_BYTES, parse, validate

_SMALL: Final = 65_536
_NOT_VALID: Final = 1
_UNREADABLE: Final = 2
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A finding or a rejection as it is printed; `code` is a return code, if there is one."""

    rule: str
    code: str
    path: str
    message: str | Promise

    def as_json(self) -> dict[str, str]:
        return {
            "rule": self.rule,
            "code": self.code,
            "path": self.path,
            "message": str(self.message),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is printed of a file; `is_readable` is false where there are no bytes to judge."""

    file: str
    type: str | None = None
    xsd_valid: bool = False
    bsn: str | None = None
    findings: tuple[Place, ...] = ()
    is_readable: bool = True

    @property
    def is_valid(self) -> bool:
        return self.xsd_valid and not self.findings

    def as_json(self) -> str:
        shown: dict[str, Any] = {
            "file": self.file,
            "type": self.type,
            "xsd_valid": self.xsd_valid,
            "valid": self.is_valid,
            "bsn": self.bsn,
            "findings": [place.as_json() for place in self.findings],
        }
        return _ENCODER.encode(shown)

    def as_text(self) -> str:
        verdict = _("valid") if self.is_valid else _("not valid")
        lines = [f"{self.file}: {self.type or '-'}: {verdict}"]
        lines += [f"  {place.rule} {place.path}: {place.message}" for place in self.findings]
        return "\n".join(lines)


def judge(file: str) -> Judgement:
    """Read and judge one file, whatever is in it."""
    try:
        content = _read(Path(file))
    except (OSError, ValueError):
        text = _("The file cannot be read.")
        unreadable = Place(rule="unreadable", code="", path="", message=text)
        return Judgement(file=file, findings=(unreadable,), is_readable=False)
    return judge_bytes(file, content)


def _read(path: Path) -> bytes:
    """At most one byte more than a message may have, however large the file is."""
    with path.open("rb", buffering=0) as stream:
        # Most messages are small; memory for the largest one is asked only when it is needed.
        content = stream.read(_SMALL)
        while content and len(content) <= MAX_BYTES:
            more = stream.read(MAX_BYTES + 1 - len(content) if len(content) >= _SMALL else _SMALL)
            if not more:
                break
            content += more
    return content


def judge_bytes(file: str, content: bytes) -> Judgement:
    result = parse(content)
    message = result.message
    if message is None:
        found = tuple(
            Place(rule=rejection.code, code="", path=rejection.path, message=rejection.message)
            for rejection in result.rejections
        )
    else:
        found = tuple(
            Place(rule=each.rule, code=each.code, path=each.path, message=each.message)
            for each in validate(message)
        )
    return Judgement(
        file=file,
        type=result.type.name if result.type else None,
        xsd_valid=result.is_valid,
        bsn=result.bsn,
        findings=found,
    )


class Command(BaseCommand):
    help = "Check iWmo and iJw message files: schema and the rules within a message."
    requires_system_checks = [START]
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE")
        parser.add_argument("--stdin", action="store_true", help="read a file path per line")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stdin"]:
            self._judge_stdin(as_json=options["json"])
            return
        if not options["files"]:
            raise CommandError(_("Name at least one file, or use --stdin."), returncode=_UNREADABLE)
        judgements = [self._print(judge(file), options["json"]) for file in options["files"]]
        if not all(judgement.is_readable for judgement in judgements):
            sys.exit(_UNREADABLE)
        if not all(judgement.is_valid for judgement in judgements):
            sys.exit(_NOT_VALID)

    def _judge_stdin(self, *, as_json: bool) -> None:
        for line in sys.stdin:
            if path := line.rstrip("\r\n"):
                self._print(judge(path), as_json)

    def _print(self, judgement: Judgement, as_json: bool) -> Judgement:
        self.stdout.write(judgement.as_json() if as_json else judgement.as_text())
        self.stdout.flush()
        return judgement
