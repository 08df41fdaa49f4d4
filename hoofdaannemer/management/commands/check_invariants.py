"""`manage.py check_invariants`: the promises of the design, recomputed from the data."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from hoofdaannemer.invariants import Result, check_all


class Command(BaseCommand):
    """Exit code 0 when all promises hold, 1 with what breaks them."""

    help = "Recompute what must always hold from the data; exit code 0 when all of it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print, exit."""
        results = check_all()
        for result in results:
            self.stdout.write(_as_json(result) if options["json"] else _as_text(result))
        if not all(result.holds for result in results):
            sys.exit(1)


def _as_json(result: Result) -> str:
    return json.dumps(
        {
            "name": result.code,
            "promise": result.text,
            "holds": result.holds,
            "count": result.count,
            "examples": list(result.examples),
        },
        ensure_ascii=False,
    )


def _as_text(result: Result) -> str:
    if result.holds:
        return f"ok   {result.code}  {result.text}"
    lines = [f"NOT  {result.code}  {result.text}", *(f"       {one}" for one in result.examples)]
    if result.count > len(result.examples):
        lines.append(f"       and {result.count - len(result.examples)} more")
    return "\n".join(lines)
