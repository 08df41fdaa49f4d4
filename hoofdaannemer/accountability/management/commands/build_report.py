"""`manage.py build_report`: a report's tables as they may be shown, without keeping them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime

from hoofdaannemer.accountability import documents, pdf, preview, spreadsheet
from hoofdaannemer.accountability.definitions import DEFINITIONS
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.periods import Period, parse_period
from hoofdaannemer.core.scope import acting_as, system
from subcontracts.models import MunicipalContract


class Command(BaseCommand):
    """Compute, protect beside all that was published, and print or write the result.

    Nothing is stored: a report that is to be published is made in the site, by two people.
    """

    help = "Tables of a report as they may be shown: build_report KWARTAAL 2026-Q1 --json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments of the command."""
        parser.add_argument("code", choices=sorted(DEFINITIONS))
        parser.add_argument("period", help="2026-Q1")
        parser.add_argument("--contract", default="", help="contract number; without: all")
        parser.add_argument("--as-known-on", default="", help="day or moment; without: now")
        parser.add_argument("--out", default="", help="folder for a PDF and XLSX per municipality")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the tables; exit 1 where a report cannot be made."""
        period = _period(options["period"])
        known = _moment(options["as_known_on"])
        with acting_as(system()) as scope, translation.override(settings.LANGUAGE_CODE):
            contracts = MunicipalContract.objects.visible_to(scope).order_by("number", "pk")
            if options["contract"]:
                contracts = contracts.filter(number=options["contract"])
            try:
                made = [
                    preview.preview(scope, one, options["code"], period, known)
                    for one in contracts.in_force_during(period)
                ]
            except DomainError as refusal:
                raise CommandError(str(refusal)) from refusal
            if not made:
                raise CommandError("No municipal contract in this period.")
            if options["out"]:
                _write(Path(options["out"]), made)
        if options["json"]:
            self.stdout.write(json.dumps([table for one in made for table in _tables(one)]))
        else:
            for line in _lines(made):
                self.stdout.write(line)


def _period(text: str) -> Period:
    try:
        return parse_period(text)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _moment(text: str) -> datetime | None:
    """A moment, or the end of a day; None for now."""
    if not text:
        return None
    try:
        found = parse_datetime(text) if len(text) > len("2026-03-31") else None
        day = None if found else parse_date(text)
    except ValueError as error:
        raise CommandError(str(error)) from error
    if day:
        found = datetime.combine(day, datetime.max.time())
    if found is None:
        raise CommandError("A moment looks like 2026-04-01 or 2026-04-01T12:00:00+02:00.")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _tables(made: preview.Preview) -> Iterator[dict[str, Any]]:
    for table in made.tables:
        yield {
            "table": table.code,
            "contract": made.release.contract_number,
            "period": dict(table.fixed)["period"],
            "dimensions": [dimension.name for dimension in table.dimensions],
            "cells": table.published(),
        }


def _write(folder: Path, made: list[preview.Preview]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in made:
        for release, shown in one.releases():
            document = documents.of_release(release, shown)
            stem = folder / f"{one.release.contract_number}-{documents.file_name(release, 'pdf')}"
            stem.write_bytes(pdf.render(document))
            stem.with_suffix(".xlsx").write_bytes(spreadsheet.render(document))


def _lines(made: list[preview.Preview]) -> Iterator[str]:
    for one in made:
        cells = [cell for table in one.tables for cell in table.cells]
        hidden = sum(cell.suppressed for cell in cells)
        yield f"{one.release.contract_number}: {len(cells)} figures, {hidden} hidden"
