"""What would begin after the last day of a contract: cancelled with it, decided tariffs too.

The text of the contract shows it as gone, the audit log names each; the letter of an indexation
that will not take effect here is withdrawn. A round itself stays decided for the others.
"""

from __future__ import annotations

from datetime import date

from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import (
    ContractCeiling,
    FundingLine,
    FundingLineProduct,
    FundingSunset,
    IndexLetter,
    IndexRoundLine,
    Subcontract,
    SubcontractClause,
    Tariff,
    TariffChange,
)
from subcontracts.words import ceiling_text, tariff_text


def beginning_after(subcontract: Subcontract, end_date: date | None) -> list[str]:
    """In words what begins after a day: what an end on that day would cancel."""
    if end_date is None:
        return []
    later = {"subcontract": subcontract, "start_date__gt": end_date}
    rows = [
        *Tariff.objects.filter(**later).select_related("product").order_by("pk"),
        *FundingLine.objects.filter(**later).order_by("pk"),
        *SubcontractClause.objects.filter(**later).order_by("pk"),
        *ContractCeiling.objects.filter(**later).order_by("pk"),
    ]
    return [text_of(one) for one in rows]


def text_of(row: Tariff | FundingLine | SubcontractClause | ContractCeiling) -> str:
    """In words what begins on a day."""
    what: str
    if isinstance(row, Tariff):
        what = f"{row.product}: {tariff_text(row.amount, row.unit)}"
    elif isinstance(row, ContractCeiling):
        what = ceiling_text(row.amount)
    else:
        what = row.name if isinstance(row, FundingLine) else row.title
    return _("%(what)s from %(day)s on") % {"what": what, "day": date_nl(row.start_date)}


def cancel_later(*, scope: Scope, subcontract: Subcontract) -> None:
    """Take out what begins after the last day; the contract is locked by the caller.

    Raises RuleError CON-62 where something rests on it already, such as a report.
    """
    if subcontract.end_date is None:
        return
    later = {"subcontract": subcontract, "start_date__gt": subcontract.end_date}
    _let_go_of_indexation(scope, subcontract, subcontract.end_date)
    TariffChange.objects.filter(
        subcontract=subcontract, is_applied=True, round__effective_date__gt=subcontract.end_date
    ).update(
        is_applied=False,
        new_tariff=None,
        new_amount=None,
        left_out=TariffChange.Reason.ENDED,
    )
    let_go_of_sunsets(FundingLine.objects.filter(**later))
    try:
        for model, verb in (
            (Tariff, "tariff.removed"),
            (FundingLineProduct, ""),
            (FundingLine, "funding_line.removed"),
            (SubcontractClause, "clause.removed"),
            (ContractCeiling, "ceiling.removed"),
        ):
            rows = model._default_manager.filter(**later)
            if verb:
                audit.record_many(scope, verb, list(rows))
            rows.delete()
    except ProtectedError as error:
        raise RuleError(
            "CON-62",
            _("Something that begins after that day is in use already. Choose a later last day."),
        ) from error


def let_go_of_sunsets(lines: QuerySet[FundingLine]) -> None:
    """Lines go: what followed in them is to be made again, and nothing follows on them."""
    FundingSunset.objects.filter(next_line__in=lines).update(next_line=None)
    FundingSunset.objects.filter(line__in=lines).delete()


def _let_go_of_indexation(scope: Scope, subcontract: Subcontract, end_date: date) -> None:
    """The lines of decided rounds that take effect later leave this contract out, as ended."""
    lines = IndexRoundLine.objects.filter(
        subcontract=subcontract, is_applied=True, round__effective_date__gt=end_date
    )
    rounds = set(lines.values_list("round", flat=True))
    lines.update(
        is_applied=False,
        new_tariff=None,
        new_line=None,
        new_ceiling=None,
        left_out=IndexRoundLine.Reason.ENDED,
        note=_("The contract ends before."),
    )
    letters = IndexLetter.objects.filter(
        subcontract=subcontract, round__in=rounds, withdrawn_at=None
    ).light()
    audit.record_many(scope, "index_letter.withdrawn", list(letters))
    IndexLetter.objects.filter(pk__in=[one.pk for one in letters]).update(withdrawn_at=scope.at)
