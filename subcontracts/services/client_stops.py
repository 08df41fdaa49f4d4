"""Client stops: asked by a subcontractor and decided here, or set by the main contractor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import policies
from subcontracts.models import ClientStop, Product, Subcontract
from subcontracts.services.contracts import owners_of

Status = ClientStop.Status
_OPEN = (Status.ASKED, Status.GRANTED)


@dataclass(frozen=True, kw_only=True)
class StopFacts:
    """What is asked or set; no product is every product, no last day is until further notice."""

    start_date: date
    end_date: date | None = None
    product: Product | None = None
    reason: str


def earliest(scope: Scope, subcontract: Subcontract) -> date:
    """The first day from which a subcontractor may ask for a stop, by the notice agreed."""
    return scope.today + timedelta(days=subcontract.client_stop_notice_days or 0)


@transaction.atomic
def ask(*, scope: Scope, subcontract: Subcontract, facts: StopFacts) -> ClientStop:
    """Let a subcontractor ask to be sent no new clients. It holds once it is granted.

    Raises NotAllowedError for anybody but the subcontractor, RuleError CON-91 where it begins
    within the agreed days of notice, and as `impose` does.
    """
    policies.check_can_ask_client_stop(scope, subcontract)
    first = earliest(scope, subcontract)
    if facts.start_date < first:
        raise RuleError(
            "CON-91",
            _("By the notice in your contract a client stop begins on %(day)s or later.")
            % {"day": date_long(first)},
        )
    return _recorded(scope, subcontract, facts, Status.ASKED)


@transaction.atomic
def impose(*, scope: Scope, subcontract: Subcontract, facts: StopFacts) -> ClientStop:
    """Send a subcontractor no new clients from a day on.

    Raises NotAllowedError for anybody but a contract manager, RuleError CON-80 for days that have
    passed or lie outside the contract, CON-81 for a product that it does not cover, CON-82 where a
    stop was asked or holds on some of these days.
    """
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    return _recorded(scope, subcontract, facts, Status.GRANTED)


@transaction.atomic
def decide(*, scope: Scope, stop: ClientStop, is_granted: bool, answer: str) -> ClientStop:
    """Consent to a stop that was asked, or refuse it with a reason.

    Raises NotAllowedError for anybody but a contract manager, ConflictError where it was decided,
    RuleError CON-83 for a refusal without a reason.
    """
    policies.check_can_manage_contracts(scope, stop.main_contractor_id)
    stop = _locked(scope, stop)
    if stop.status != Status.ASKED:
        raise ConflictError(_("This client stop was decided already. Reload the page."))
    if not is_granted and not answer.strip():
        raise RuleError("CON-83", _("Say why the client stop is refused."))
    stop.status = Status.GRANTED if is_granted else Status.REFUSED
    stop.answer = answer
    stop.decided_by_id = scope.user_id or None
    stop.decided_at = scope.at
    stop.save(update_fields=["status", "answer", "decided_by", "decided_at"])
    audit.record(scope, f"client_stop.{stop.status}", stop, subcontract=stop.subcontract_id)
    return stop


@transaction.atomic
def end(*, scope: Scope, stop: ClientStop, last_day: date | None = None) -> ClientStop:
    """Let a stop hold no longer than a day; one that was not decided or begun goes altogether.

    Without a last day it is yesterday. Raises NotAllowedError for anybody but the contract manager
    and who asked for it, ConflictError where it no longer holds, RuleError CON-80 for a day that
    has passed, or after the end that it has.
    """
    policies.check_can_end_client_stop(scope, stop)
    stop = _locked(scope, stop)
    if stop.status not in _OPEN or (stop.end_date and stop.end_date < scope.today):
        raise ConflictError(_("This client stop no longer holds. Reload the page."))
    if stop.status == Status.ASKED or (last_day is None and stop.start_date >= scope.today):
        stop.status = Status.WITHDRAWN
    else:
        stop.end_date = _last_day(scope, stop, last_day)
    stop.save(update_fields=["status", "end_date"])
    audit.record(scope, "client_stop.ended", stop, subcontract=stop.subcontract_id)
    return stop


def _last_day(scope: Scope, stop: ClientStop, last_day: date | None) -> date:
    if last_day is None:
        return scope.today - timedelta(days=1)
    is_later = stop.end_date is not None and last_day > stop.end_date
    if last_day < max(scope.today, stop.start_date) or is_later:
        raise RuleError("CON-80", _("Choose a last day between today and the end that it has."))
    return last_day


def _recorded(
    scope: Scope, subcontract: Subcontract, facts: StopFacts, status: ClientStop.Status
) -> ClientStop:
    rows = Subcontract.objects.visible_to(scope).select_for_update(of=("self",))
    subcontract = rows.get(pk=subcontract.pk)
    _check(scope, subcontract, facts)
    is_asked = status == Status.ASKED
    stop = ClientStop.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        product=facts.product,
        status=status,
        start_date=facts.start_date,
        end_date=facts.end_date,
        reason=facts.reason,
        is_asked=is_asked,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
        decided_by_id=None if is_asked else scope.user_id or None,
        decided_at=None if is_asked else scope.at,
    )
    audit.record(scope, f"client_stop.{status}", stop, subcontract=subcontract.pk)
    return stop


def _check(scope: Scope, subcontract: Subcontract, facts: StopFacts) -> None:
    if subcontract.status not in Subcontract.RUNNING:
        raise RuleError("CON-80", _("A client stop is for a contract that runs."))
    is_backward = facts.end_date is not None and facts.end_date < facts.start_date
    if facts.start_date < scope.today or is_backward:
        raise RuleError(
            "CON-80", _("A client stop begins today or later, and ends after it began.")
        )
    whole = Period(subcontract.start_date, subcontract.end_date)
    if not whole.contains(facts.start_date):
        raise RuleError("CON-80", _("A client stop begins within the period of the contract."))
    same = subcontract.client_stops.filter(status__in=_OPEN)
    if facts.product is not None:
        if not subcontract.funding_lines.filter(line_products__product=facts.product).exists():
            raise RuleError("CON-81", _("The contract does not cover this product."))
        same = same.filter(Q(product=None) | Q(product=facts.product))
    if same.in_force_during(Period(facts.start_date, facts.end_date)).exists():
        raise RuleError(
            "CON-82",
            _("A client stop was asked or holds on some of these days. End that one first."),
        )


def _locked(scope: Scope, stop: ClientStop) -> ClientStop:
    rows = ClientStop.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.select_related("subcontract").get(pk=stop.pk)
