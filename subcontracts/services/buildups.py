"""Build-ups of tariffs: drafted, changed line by line, and settled by a second person.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import buildup_policies as policies
from subcontracts.buildup_words import fault_text
from subcontracts.models import BuildupParameter, Product, TariffBuildup
from subcontracts.models.buildups import as_lines
from subcontracts.rules.buildup import MOST_DECIMALS, Kind, Outcome, worked_out

Status = TariffBuildup.Status
#: More lines than this is no build-up that anybody can follow.
MOST_LINES = 40


@dataclass(frozen=True, kw_only=True)
class ParameterFacts:
    """One line: what it is, what it does with what stands above it, and where it comes from."""

    name: str
    element: str
    kind: str
    value: Decimal
    source: str
    source_date: date | None = None
    base: BuildupParameter | None = None


@transaction.atomic
def draft(
    *,
    scope: Scope,
    product: Product,
    like: TariffBuildup | None = None,
    decimals: int = 2,
    note: str = "",
) -> TariffBuildup:
    """Begin a new version of a product, empty or with the lines of another version.

    Raises RuleError CON-100 for decimals outside 2 to 4 and for a version of another unit, CON-105
    where a draft of this product is open already.
    """
    policies.check_can_prepare(scope, product.main_contractor_id)
    # Numbers of one product are given one at a time.
    product = Product.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=product.pk)
    rows = TariffBuildup.objects.visible_to(scope).filter(product=product)
    if rows.filter(status=Status.DRAFT).exists():
        raise RuleError("CON-105", _("There is a draft of this product already. Finish that one."))
    if not 2 <= decimals <= MOST_DECIMALS or (like and like.unit != product.unit):
        raise RuleError("CON-100", _("Choose two to four decimals, and a version of this unit."))
    row = TariffBuildup.objects.create(
        main_contractor_id=product.main_contractor_id,
        product=product,
        number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
        unit=product.unit,
        decimals=decimals,
        note=note,
        like=like,
        prepared_by_id=scope.user_id,
        prepared_at=scope.at,
    )
    if like:
        _copy_lines(scope, like, row)
    _count_anew(row)
    audit.record(scope, "buildup.drafted", row, product=product.pk, number=row.number)
    return row


def _copy_lines(scope: Scope, like: TariffBuildup, row: TariffBuildup) -> None:
    before = list(BuildupParameter.objects.visible_to(scope).filter(buildup=like))
    made = BuildupParameter.objects.bulk_create(
        BuildupParameter(
            main_contractor_id=row.main_contractor_id,
            buildup=row,
            position=one.position,
            name=one.name,
            element=one.element,
            kind=one.kind,
            value=one.value,
            source=one.source,
            source_date=one.source_date,
        )
        for one in before
    )
    copy_of = {one.pk: new for one, new in zip(before, made, strict=True)}
    with_base = [(copy_of[one.pk], copy_of[one.base_id]) for one in before if one.base_id]
    for new, base in with_base:
        new.base = base
    BuildupParameter.objects.bulk_update([new for new, _base in with_base], ["base"])


@transaction.atomic
def set_parameter(
    *,
    scope: Scope,
    buildup: TariffBuildup,
    facts: ParameterFacts,
    parameter: BuildupParameter | None = None,
    position: int | None = None,
) -> BuildupParameter:
    """Add a line to a draft, or say another thing in one; `position` counts from 1, last if None.

    Whoever does this drew the version up, so that another person settles it. Raises RuleError
    CON-101 for a value that does not fit the kind, CON-102 for a percentage of a line that does
    not stand above it, CON-103 for a name that another line has, CON-104 for too many lines.
    """
    buildup = _locked(scope, buildup)
    lines = _lines(scope, buildup)
    others = [one for one in lines if parameter is None or one.pk != parameter.pk]
    _check_facts(facts, others)
    place = len(others) if position is None else min(max(position, 1) - 1, len(others))
    if facts.base and facts.base not in others[:place]:
        raise RuleError("CON-102", _("A percentage is taken of a line that stands above it."))
    if parameter is None:
        if len(lines) >= MOST_LINES:
            raise RuleError("CON-104", _("A build-up has at most forty lines."))
        row = BuildupParameter(main_contractor_id=buildup.main_contractor_id, buildup=buildup)
    else:
        row = next(one for one in lines if one.pk == parameter.pk)
    values = asdict(facts) | {"base": facts.base}
    for name, value in values.items():
        setattr(row, name, value)
    row.position = place + 1 if row.pk else len(lines) + 1
    row.save()
    _put_in_order([*others[:place], row, *others[place:]])
    _drawn_up(scope, buildup)
    audit.record(
        scope, "buildup.changed", buildup, line=row.position, kind=row.kind, value=str(row.value)
    )
    return row


@transaction.atomic
def remove_parameter(*, scope: Scope, parameter: BuildupParameter) -> None:
    """Take a line out of a draft. Raises RuleError CON-102 where a percentage is taken of it."""
    buildup = _locked(scope, parameter.buildup)
    lines = _lines(scope, buildup)
    if any(one.base_id == parameter.pk for one in lines):
        raise RuleError(
            "CON-102", _("Another line is a percentage of this one. Change that first.")
        )
    parameter.delete()
    _put_in_order([one for one in lines if one.pk != parameter.pk])
    _drawn_up(scope, buildup)
    audit.record(scope, "buildup.changed", buildup, removed=parameter.name)


@transaction.atomic
def settle(*, scope: Scope, buildup: TariffBuildup) -> TariffBuildup:
    """Fix a version, so that it can be proposed to subcontractors.

    Raises NotAllowedError for who drew it up, RuleError CON-106 where its lines give no tariff or
    one of them names no source.
    """
    buildup = _locked(scope, buildup)
    policies.check_can_settle(scope, buildup)
    lines = _lines(scope, buildup)
    outcome = worked_out(as_lines(lines), buildup.decimals)
    if outcome.fault is not None:
        raise RuleError("CON-106", fault_text(outcome))
    if any(not one.source.strip() for one in lines):
        raise RuleError("CON-106", _("Name the source of every line first."))
    buildup.status = Status.SETTLED
    buildup.amount = outcome.tariff
    buildup.settled_by_id, buildup.settled_at = scope.user_id, scope.at
    buildup.save(update_fields=["status", "amount", "settled_by", "settled_at"])
    audit.record(scope, "buildup.settled", buildup, amount=str(buildup.amount))
    return buildup


@transaction.atomic
def withdraw(*, scope: Scope, buildup: TariffBuildup) -> TariffBuildup:
    """Give up a draft; it stays to be read."""
    buildup = _locked(scope, buildup)
    buildup.status = Status.WITHDRAWN
    buildup.save(update_fields=["status"])
    audit.record(scope, "buildup.withdrawn", buildup)
    return buildup


def _locked(scope: Scope, buildup: TariffBuildup) -> TariffBuildup:
    rows = TariffBuildup.objects.visible_to(scope).select_for_update(of=("self",))
    row = rows.get(pk=buildup.pk)
    policies.check_can_change(scope, row)
    return row


def _lines(scope: Scope, buildup: TariffBuildup) -> list[BuildupParameter]:
    return list(BuildupParameter.objects.visible_to(scope).filter(buildup=buildup))


def _check_facts(facts: ParameterFacts, others: Sequence[BuildupParameter]) -> None:
    is_share = facts.kind in (Kind.HOURS_OFF_PERCENT, Kind.PRODUCTIVE)
    is_number = facts.kind in (Kind.TIMES, Kind.DIVIDED)
    if facts.value < 0 or (is_share and facts.value > 100) or (is_number and not facts.value):
        raise RuleError(
            "CON-101", _("This value does not fit the kind of line: choose another value or kind.")
        )
    if facts.base and facts.kind != Kind.PERCENT:
        raise RuleError("CON-102", _("Only a percentage on top is taken of another line."))
    if any(one.name.casefold() == facts.name.casefold() for one in others):
        raise RuleError("CON-103", _("Another line has this name already. Choose another name."))


def _put_in_order(lines: Sequence[BuildupParameter]) -> None:
    for number, one in enumerate(lines, start=1):
        one.position = number
    BuildupParameter.objects.bulk_update(lines, ["position"])


def _drawn_up(scope: Scope, buildup: TariffBuildup) -> None:
    """Whoever changed it last drew it up: somebody else settles it."""
    buildup.prepared_by_id, buildup.prepared_at = scope.user_id, scope.at
    buildup.save(update_fields=["prepared_by", "prepared_at"])
    _count_anew(buildup)


def _count_anew(buildup: TariffBuildup) -> Outcome:
    outcome = worked_out(as_lines(list(buildup.parameters.all())), buildup.decimals)
    buildup.amount = outcome.tariff
    buildup.save(update_fields=["amount"])
    return outcome
