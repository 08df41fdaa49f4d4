"""manage.py send_declaration YEAR-MONTH: what municipalities pay by the unit, declared to them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.selectors.upward import Proposal, proposal
from billing.services import upward
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import DomainError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts.models import ContractMunicipality
from subcontracts.selectors.exchange_terms import using

#: Nothing to declare is no failure.
NOTHING = "BIL-74"


class Command(BaseCommand):
    """Declare a month to every municipality that takes declarations, or to some."""

    help = "Declare a month, such as 2026-03, to municipalities that pay by the unit. Repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Month, whose, to whom, only looking, JSON."""
        parser.add_argument("month")
        parser.add_argument("--main-contractor", help="trade register number")
        parser.add_argument("--municipality", help="CBS code")
        parser.add_argument("--dry-run", action="store_true", help="tell what would go up")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where a month could not be declared."""
        try:
            month = Month.parse(options["month"])
        except ValueError as error:
            raise CommandError("a month looks like 2026-03") from error
        scope = scopes.system()
        problems = 0
        for part in self._parts(scope, options):
            told, failed = _declared(scope, part, month, dry_run=options["dry_run"])
            problems += failed
            self.stdout.write(json.dumps(told) if options["json"] else _text(told))
        if problems:
            raise CommandError(f"{problems} municipalities could not be declared to")

    def _parts(self, scope: Scope, options: dict[str, Any]) -> list[ContractMunicipality]:
        with acting_as(scope):
            rows = (
                ContractMunicipality.objects.visible_to(scope)
                .filter(contract__in=using(upward.MESSAGE, scope.today))
                .select_related("contract", "municipality")
            )
            if kvk := options["main_contractor"]:
                rows = rows.filter(main_contractor__organisation__kvk=kvk)
            if code := options["municipality"]:
                rows = rows.filter(municipality__code=code)
            return list(rows.order_by("pk"))


def _declared(
    scope: Scope, part: ContractMunicipality, month: Month, *, dry_run: bool
) -> tuple[dict[str, Any], bool]:
    """What was told or why not, and whether that is a failure."""
    told: dict[str, Any] = {
        "month": str(month),
        "contract": part.contract.number,
        "municipality": part.municipality.code,
    }
    try:
        with acting_as(scope):
            found = proposal(scope, part, month)
            told |= _sums(found)
            if dry_run:
                upward.check_month(scope, found)
            else:
                sent = upward.send(scope=scope, part=part, month=month, seen=found.digest)
                told |= {"declaration": sent.number}
    except DomainError as refusal:
        code = refusal.code if isinstance(refusal, RuleError) else ""
        told |= {"rule": code, "message": str(refusal)}
        return told, code != NOTHING
    return told, False


def _sums(found: Proposal) -> dict[str, Any]:
    reasons = [one.reason.value for one in found.left_out]
    return {
        "lines": found.line_count,
        "amount": str(found.amount),
        "left_out": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
    }


def _text(told: dict[str, Any]) -> str:
    where = f"{told['contract']} {told['municipality']} {told['month']}"
    if "message" in told:
        return f"! {where}: {told['message']}"
    return f"{told.get('declaration', '-')} {where}: {told['lines']} lines, {told['amount']}"
