"""Show the code lists in use and where they come from. No database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from messaging.istandaard import codelists


class Command(BaseCommand):
    help = "Show each code list: number of codes, where it comes from, newest valid_from."
    # It tells of broken files itself, and so must run where the check would refuse to start.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        if faults := list(codelists.faults()):
            for fault in faults:
                self.stderr.write(fault)
            sys.exit(1)
        for name in codelists.names():
            shown = _shown(name)
            self.stdout.write(json.dumps(shown) if options["json"] else _as_text(shown))


def _as_text(shown: dict[str, Any]) -> str:
    source = shown["source"] or _("shipped with this release")
    newest = shown["newest_valid_from"] or "-"
    return f"{shown['name']:10} {shown['codes']:5} {newest:10} {source}"


def _shown(name: str) -> dict[str, Any]:
    """`source` is the path of the file that replaces the shipped list, or null."""
    path = codelists.source_of(name)
    listed = codelists.code_list(name)
    return {
        "name": name,
        "codes": len(listed.codes),
        "source": None if codelists.is_packaged(path) else str(path),
        "newest_valid_from": listed.newest.isoformat() if listed.newest else None,
    }
