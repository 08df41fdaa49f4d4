"""Notice of a subcontract: given, withdrawn, and the contract closed when all is settled.

Contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import Subcontract, SubcontractNotice
from subcontracts.rules.notice import earliest_end
from subcontracts.selectors.ending import todos
from subcontracts.services import amending, contract_life, restoring
from subcontracts.services.contract_life import MOST_BYTES, PDF

_Status = Subcontract.Status


@dataclass(frozen=True, kw_only=True)
class Given:
    """Notice: by whom, on which day, as of which last day, why, and the signed letter."""

    by: str
    given_on: date
    last_day: date
    reason: str
    letter: bytes = b""


@transaction.atomic
def give(*, scope: Scope, subcontract: Subcontract, given: Given) -> SubcontractNotice:
    """End a running contract on a day, with its lines and tariffs; care is not ended by it.

    Raises RuleError CON-76 for a last day within the term of notice, unless both agree or for
    breach; CON-77 for a contract that does not run or of which notice was given; CON-79 without a
    reason, for a day of notice to come or a last day after the present one; CON-62 for a last day
    that has passed or lies before the first; CON-25 for a letter that is no PDF.
    """
    subcontract = contract_life.locked(scope, subcontract)
    _check_runs(subcontract)
    _check(scope, subcontract, given)
    old_end, cancelled, kept = subcontract.end_date, [], {}
    if given.last_day != old_end:
        kept = restoring.keep(subcontract, given.last_day)
        ended = amending.end_on(
            scope=scope,
            subcontract=subcontract,
            end_date=given.last_day,
            agreed_on=given.given_on,
            reason=_("Notice: %(reason)s") % {"reason": given.reason.strip()},
        )
        cancelled = ended.cancelled
    notice = SubcontractNotice.objects.create(
        main_contractor_id=subcontract.main_contractor_id,
        provider_organisation_id=subcontract.provider_organisation_id,
        subcontract=subcontract,
        by=given.by,
        given_on=given.given_on,
        last_day=given.last_day,
        old_end_date=old_end,
        reason=given.reason.strip(),
        cancelled=cancelled,
        kept=kept,
        letter=given.letter,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "notice.given", notice, last_day=given.last_day.isoformat(), by=given.by)
    if subcontract.status == _Status.ACTIVE:
        contract_life.move_to(scope=scope, subcontract=subcontract, status=_Status.ENDING)
    return notice


def _check_runs(subcontract: Subcontract) -> None:
    is_given = subcontract.notices.standing().exists()
    if subcontract.status not in Subcontract.RUNNING or is_given:
        raise RuleError(
            "CON-77",
            _("Notice is given once, of a contract that runs. Reload the page to see how it is."),
        )


def _check(scope: Scope, subcontract: Subcontract, given: Given) -> None:
    if not given.reason.strip() or given.given_on > scope.today:
        raise RuleError("CON-79", _("Fill in why it ends, and a day of notice that has passed."))
    if subcontract.end_date is not None and given.last_day > subcontract.end_date:
        raise RuleError(
            "CON-79",
            _("The contract ends on %(day)s already. Choose that day or an earlier one.")
            % {"day": date_long(subcontract.end_date)},
        )
    earliest = earliest_end(given.given_on, subcontract.notice_months)
    is_bound = given.by in SubcontractNotice.BOUND
    if given.last_day < given.given_on or (is_bound and given.last_day < earliest):
        raise RuleError(
            "CON-76",
            _("With this term of notice the contract ends on %(day)s at the earliest.")
            % {"day": date_long(max(earliest, given.given_on))},
        )
    if given.letter and (not given.letter.startswith(PDF) or len(given.letter) > MOST_BYTES):
        raise RuleError("CON-25", _("Upload the letter as a PDF of at most 10 MB."))


@transaction.atomic
def withdraw(*, scope: Scope, subcontract: Subcontract, reason: str) -> SubcontractNotice:
    """Take notice back before the contract ends: it goes on until the last day it had before.

    What was cancelled with it comes back where that is still possible; `lost` of the notice says in
    words what does not. Raises RuleError CON-77 where no notice stands, or the last day has passed;
    CON-79 without a reason.
    """
    subcontract = contract_life.locked(scope, subcontract)
    rows = SubcontractNotice.objects.visible_to(scope).standing().filter(subcontract=subcontract)
    notice = rows.light().select_for_update(of=("self",)).first()
    is_past = notice is not None and notice.last_day < scope.today
    if notice is None or is_past or subcontract.status not in Subcontract.RUNNING:
        raise RuleError(
            "CON-77", _("There is no notice to take back, or the contract has ended by now.")
        )
    if not reason.strip():
        raise RuleError("CON-79", _("Fill in why the notice is taken back."))
    if notice.old_end_date != subcontract.end_date:
        amending.end_on(
            scope=scope,
            subcontract=subcontract,
            end_date=notice.old_end_date,
            agreed_on=scope.today,
            reason=_("Notice taken back: %(reason)s") % {"reason": reason.strip()},
            moves_ends=partial(_put_back, scope, notice),
        )
    notice.withdrawn_by_id, notice.withdrawn_at = scope.user_id or None, scope.at
    notice.withdrawn_reason = reason.strip()
    notice.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason", "lost"])
    audit.record(scope, "notice.withdrawn", notice)
    if subcontract.status == _Status.ENDING:
        contract_life.move_to(scope=scope, subcontract=subcontract, status=_Status.ACTIVE)
    return notice


def _put_back(
    scope: Scope, notice: SubcontractNotice, subcontract: Subcontract, old_end: date | None
) -> None:
    lost = restoring.put_back(
        scope=scope, subcontract=subcontract, old_end=old_end, kept=notice.kept
    )
    # Notices from before what they cut off was kept have words only.
    notice.lost = lost if notice.kept else [*notice.cancelled, *lost]


@transaction.atomic
def close(*, scope: Scope, subcontract: Subcontract) -> Subcontract:
    """Close a contract that has ended and of which nothing remains; from then on it only is read.

    Raises RuleError CON-78 while something must still happen, CON-77 for one that does not run.
    """
    subcontract = contract_life.locked(scope, subcontract)
    if subcontract.status not in Subcontract.RUNNING:
        raise RuleError("CON-77", _("Only a contract that runs or has ended is closed."))
    open_ones = [one for one in todos(scope, subcontract) if one.blocks]
    if open_ones:
        raise RuleError(
            "CON-78",
            _("Something must still happen before it is closed: %(text)s")
            % {"text": open_ones[0].text},
        )
    return contract_life.move_to(scope=scope, subcontract=subcontract, status=_Status.ENDED)
