"""How amounts are treated for VAT: recorded by a controller, read when a statement is issued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import StatementLine, VatTreatment
from billing.rules.invoice import Posting, Vat, sums
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Subcontractor


@transaction.atomic
def treat(
    *, scope: Scope, funding_line: FundingLine, vat: VatTreatment.Vat, start: Month, reason: str
) -> VatTreatment:
    """Treat the amounts of a funding line so from a month on, on statements still to come.

    Raises NotAllowedError for anybody but a controller, RuleError BIL-167 without a reason.
    """
    policies.check_can_assess(scope, funding_line.main_contractor_id)
    if not reason.strip():
        raise RuleError("BIL-167", _("Say why it is treated so."))
    made = VatTreatment.objects.create(
        main_contractor_id=funding_line.main_contractor_id,
        provider_organisation_id=funding_line.provider_organisation_id,
        funding_line=funding_line,
        vat=vat,
        start_month=start.first,
        reason=reason.strip(),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "vat_treatment.recorded", made, vat=made.vat, month=str(start))
    return made


class Treatments:
    """Those of one subcontractor, by funding line."""

    def __init__(self, subcontractor: Subcontractor) -> None:
        self._of_line: dict[int, list[VatTreatment]] = defaultdict(list)
        rows = VatTreatment.objects.filter(
            funding_line__subcontract__subcontractor=subcontractor
        ).order_by("-pk")
        for row in rows:
            self._of_line[row.funding_line_id].append(row)

    def of(self, funding_line_id: int | None, month: date) -> Vat:
        """The one recorded last for this month; exempt where nothing was, and what is invoiced."""
        for row in self._of_line.get(funding_line_id or 0, ()):
            if row.start_month <= month:
                return Vat(row.vat)
        return Vat.EXEMPT


def mark(lines: Iterable[StatementLine], subcontractor: Subcontractor) -> None:
    """Set on each line how it is treated, by the month that it is about.

    What was granted after a dispute is treated as the line that was disputed.
    """
    treatments = Treatments(subcontractor)
    for line in lines:
        if line.adjustment and line.adjustment.dispute:
            line.vat = line.adjustment.dispute.line.vat
            continue
        fact = line.hold.entitlement if line.hold else line.entitlement
        if fact is not None:
            line.vat = treatments.of(fact.funding_line_id, fact.month)


def postings(lines: Sequence[StatementLine]) -> list[Posting]:
    """The lines of a statement as an invoice counts them: what is held is taken off.

    What is paid back and interest are no delivery, so they are none of them.
    """
    return [_posting(line, line.sentence) for line in lines if _is_delivery(line)]


def _is_delivery(line: StatementLine) -> bool:
    return not line.plan_id and (line.adjustment is None or line.adjustment.is_delivery)


def _posting(line: StatementLine, text: str = "") -> Posting:
    """A line with its words, where somebody reads those: a long statement takes a while to say."""
    return Posting(reference=line.reference, text=text, gross=line.effect, vat=Vat(line.vat))


def words(lines: Sequence[StatementLine]) -> tuple[str, ...]:
    """What the statement says of VAT, one sentence a treatment."""
    made = sums([_posting(line) for line in lines if _is_delivery(line)], ZERO)
    sign = -1 if made.is_credit else 1
    told = []
    for part in made.parts:
        if part.vat is Vat.EXEMPT:
            text = _("Exempt from VAT (art. 11(1) Wet OB 1968): %(amount)s.")
        else:
            text = _("%(rate)s %% VAT within %(amount)s: %(tax)s.")
        told.append(
            text
            % {
                "rate": part.rate,
                "amount": format_euro(sign * (part.net + part.tax)),
                "tax": format_euro(sign * part.tax),
            }
        )
    return tuple(told)
