"""Amending a subcontract that runs: other terms, and a version of what holds by now.

Lines, tariffs and clauses have days of their own and change on their own pages; what an amendment
keeps is the whole text with them in it. Contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    FundingLine,
    FundingLineProduct,
    Subcontract,
    SubcontractClause,
    SubcontractVersion,
    Tariff,
)
from subcontracts.selectors.contracttext import unrecorded
from subcontracts.services import cancelling, contract_ceilings, contract_life
from subcontracts.services.contract_life import Signature
from subcontracts.services.contracts import DATED_TERMS, SubcontractTerms

#: What says from when the contract is, and how it is known: not to be amended.
_FIXED = ("number", "start_date", *DATED_TERMS)
#: What lies within the period of the contract.
_DATED = (FundingLineProduct, FundingLine, Tariff, SubcontractClause)

#: What is done with a contract that got another last day, and with the last day that it had.
MovesEnds = Callable[[Subcontract, date | None], None]


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """The terms from now on, when and why the parties agreed, and the signed file if there is one.

    The number, first day and relay mode in `terms` are left as they are.
    """

    terms: SubcontractTerms
    agreed_on: date
    reason: str
    signature: Signature | None = None
    #: Moves last days from the old one of the contract to its new one, where not all that lasted as
    #: long as the contract goes on with it.
    moves_ends: MovesEnds | None = None


@dataclass(frozen=True)
class Ended:
    """The version with another last day, and what would have begun after it, in words."""

    version: SubcontractVersion
    cancelled: list[str]


@transaction.atomic
def end_on(
    *,
    scope: Scope,
    subcontract: Subcontract,
    end_date: date | None,
    agreed_on: date,
    reason: str,
    moves_ends: MovesEnds | None = None,
) -> Ended:
    """Give a running contract another last day and leave its terms. Raises as `amend`."""
    cancelled = cancelling.beginning_after(subcontract, end_date)
    names = SubcontractTerms.__dataclass_fields__.keys() - {*DATED_TERMS, "end_date"}
    terms = SubcontractTerms(
        **{name: getattr(subcontract, name) for name in names},
        end_date=end_date,
        ceiling=subcontract.ceiling_on(scope.today),
    )
    amendment = Amendment(
        terms=terms, agreed_on=agreed_on, reason=reason[:200], moves_ends=moves_ends
    )
    return Ended(amend(scope=scope, subcontract=subcontract, amendment=amendment), cancelled)


@transaction.atomic
def amend(*, scope: Scope, subcontract: Subcontract, amendment: Amendment) -> SubcontractVersion:
    """Give a running contract other terms, and keep the whole text as its next version.

    What held until the old last day holds until the new one; what would begin after it is
    cancelled, decided indexation too. Another ceiling holds from its day on. Raises RuleError
    CON-61 for a contract that does not run, CON-62 for a last day before today or before the
    contract begins, CON-63 without a reason or for a day of agreement to come, CON-64 where nothing
    differs from the newest version, CON-25 or CON-26 for a signature that is not whole, CON-190 for
    a ceiling from a day outside the contract.
    """
    subcontract = contract_life.locked(scope, subcontract)
    if subcontract.status not in Subcontract.RUNNING:
        raise RuleError("CON-61", _("Only a contract that runs is amended. Change the draft."))
    reason = amendment.reason.strip()
    if not reason or amendment.agreed_on > scope.today:
        raise RuleError("CON-63", _("Fill in why it was amended, and a day that has passed."))
    _check_end(scope, subcontract, amendment.terms.end_date)
    old_end = subcontract.end_date
    _change(subcontract, amendment.terms)
    if subcontract.end_date != old_end:
        cancelling.cancel_later(scope=scope, subcontract=subcontract)
        (amendment.moves_ends or _move_ends)(subcontract, old_end)
    _change_ceiling(scope, subcontract, amendment.terms)
    if subcontract.versions.exists() and not unrecorded(subcontract):
        raise RuleError("CON-64", _("Nothing differs from the newest version."))
    version = contract_life.keep_version(
        scope, subcontract, agreed_on=amendment.agreed_on, reason=reason
    )
    if amendment.signature is not None:
        contract_life.keep_signature(version, amendment.signature, amendment.agreed_on)
    audit.record(scope, "subcontract.amended", subcontract, version=version.number)
    return version


def _check_end(scope: Scope, subcontract: Subcontract, end_date: date | None) -> None:
    if end_date is None or end_date == subcontract.end_date:
        return
    if end_date < scope.today:
        raise RuleError("CON-62", _("The last day is today or later."))
    if end_date < subcontract.start_date:
        raise RuleError("CON-62", _("The last day is not before the first day of the contract."))


def _change(subcontract: Subcontract, terms: SubcontractTerms) -> None:
    values = {name: value for name, value in asdict(terms).items() if name not in _FIXED}
    for name, value in values.items():
        setattr(subcontract, name, value)
    subcontract.save(update_fields=list(values))


def _change_ceiling(scope: Scope, subcontract: Subcontract, terms: SubcontractTerms) -> None:
    """Another ceiling, from its day on; the one that holds on that day is left as it is."""
    day = terms.ceiling_from or max(scope.today, subcontract.start_date)
    if subcontract.ceiling_on(day) != terms.ceiling:
        contract_ceilings.set_ceiling(
            scope=scope, subcontract=subcontract, amount=terms.ceiling, start_date=day
        )


def _move_ends(subcontract: Subcontract, old_end: date | None) -> None:
    """What held until the old last day, or would hold after the new one, ends on the new one."""
    new_end = subcontract.end_date
    ends = Q(end_date=old_end)
    if new_end is not None:
        ends |= Q(end_date=None) | Q(end_date__gt=new_end)
    for model in _DATED:
        model.objects.filter(ends, subcontract=subcontract).update(end_date=new_end)


def ends_as_named(
    lines: Mapping[int, date | None], tariffs: Mapping[int, date | None]
) -> MovesEnds:
    """Lets each of these lines and tariffs (by key) last until its own day, and clauses be.

    None of them goes on after the contract. For who knows what the parties agreed of each.
    """

    def move(subcontract: Subcontract, _old_end: date | None) -> None:
        models: tuple[tuple[Any, str, Mapping[int, date | None]], ...] = (
            (FundingLine, "pk", lines),
            (FundingLineProduct, "funding_line_id", lines),
            (Tariff, "pk", tariffs),
        )
        for model, key, named in models:
            rows = list(model.objects.filter(subcontract=subcontract, **{f"{key}__in": named}))
            for row in rows:
                row.end_date = _earlier(named[getattr(row, key)], subcontract.end_date)
            model.objects.bulk_update(rows, ["end_date"])

    return move


def _earlier(day: date | None, other: date | None) -> date | None:
    days = [one for one in (day, other) if one is not None]
    return min(days) if days else None
