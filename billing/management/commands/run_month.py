"""manage.py run_month YEAR-MONTH: entitlements and statements of a month, repeatable."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.models import Statement
from billing.services import month_runs, months
from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, acting_as


class Command(BaseCommand):
    """Close a month for every main contractor, or for one."""

    help = "Entitlements and statements of a month, such as 2026-03. Can be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Month, main contractor, JSON."""
        parser.add_argument("month")
        parser.add_argument("--main-contractor", help="trade register number")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where a subcontractor could not be closed."""
        try:
            month = Month.parse(options["month"])
        except ValueError as error:
            raise CommandError("a month looks like 2026-03") from error
        scope = scopes.system()
        problems = 0
        for main in self._main_contractors(scope, options["main_contractor"]):
            try:
                result = month_runs.run_now(scope=scope, main_contractor_id=main.pk, month=month)
            except DomainError as refusal:
                raise CommandError(refusal.message) from refusal
            problems += len(result.problems)
            self._tell(scope, result, as_json=options["json"])
        if problems:
            raise CommandError(f"{problems} subcontractors could not be closed")

    def _main_contractors(self, scope: Scope, kvk: str | None) -> list[MainContractor]:
        with acting_as(scope):
            rows = MainContractor.objects.order_by("pk")
            return list(rows.filter(organisation__kvk=kvk) if kvk else rows)

    def _tell(self, scope: Scope, result: months.MonthResult, *, as_json: bool) -> None:
        with acting_as(scope):
            rows = (
                Statement.objects.visible_to(scope)
                .light()
                .filter(pk__in=[*result.issued, *result.kept])
                .select_related("provider_organisation")
                .order_by("number")
            )
            for row in rows:
                self.stdout.write(_line(row, row.pk in result.issued, as_json=as_json))
        for problem in result.problems:
            told = {
                "month": str(result.month),
                "subcontractor": problem.subcontractor_id,
                "rule": problem.code,
                "message": problem.text,
            }
            self.stdout.write(json.dumps(told) if as_json else f"! {problem.text}")


def _line(row: Statement, is_new: bool, *, as_json: bool) -> str:
    if not as_json:
        return f"{row.number} {row.provider_organisation.name}: {row.payable}"
    return json.dumps(
        {
            "month": str(row.calendar_month),
            "organisation": row.provider_organisation.kvk,
            "statement": row.number,
            "new": is_new,
            "entitled": str(row.entitled),
            "corrected": str(row.corrected),
            "held": str(row.held),
            "released": str(row.released),
            "carried_in": str(row.carried_in),
            "deferred": str(row.deferred),
            "set_off": str(row.set_off),
            "adjusted": str(row.adjusted),
            "payable": str(row.payable),
            "carried_out": str(row.carried_out),
        }
    )
