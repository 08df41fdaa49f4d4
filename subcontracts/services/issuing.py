"""Allocations that we make ourselves: in a municipality's name under mandate, or under the task.

A 301 is written as the municipality would, from its code to our own, checked by the same rules and
taken over by the same function as one that came from outside. Under mandate it is kept and goes in
copy to the municipality. Under the task it stays a thought: no message tells of such an allocation,
and the municipality hears of starts and stops by product and first day alone (IV096).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import issued
from messaging.istandaard import Finding, InvalidMessageError, validate
from messaging.models import IncomingMessage
from subcontracts import policies
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    Authority,
    CareRequest,
    ChangedProduct,
    Client,
)
from subcontracts.rules import deciding
from subcontracts.rules.raising import Terms
from subcontracts.selectors import authorities, current
from subcontracts.selectors.requests import others_open
from subcontracts.selectors.residences import elsewhere
from subcontracts.services import (
    allocations,
    change_lines,
    clients,
    requests,
)
from subcontracts.services.allocation_numbers import TASK_NUMBERS, next_for
from subcontracts.services.decided import Decision, message_of
from subcontracts.services.under_task import check_apart


@transaction.atomic
def grant(
    *,
    scope: Scope,
    request: CareRequest,
    terms: Mapping[int, Terms] | None = None,
    address: str = "",
) -> CareRequest:
    """Allocate what is asked; `terms` by key of the product where something else is decided.

    `address` of the client, where none is known: a 301 names it (TR006).

    Raises RuleError VOT-02, VOT-03, VOT-04 or VOT-12 as sending it up would, MAN-01 where the
    municipality decides, MAN-02 where the 301 breaks a rule, MAN-03 where the numbers are used
    up; ConflictError where somebody else was first.
    """
    request = requests.locked(scope, request)
    authority = authorities.of_request(request, scope.today)
    policies.check_can_grant(
        scope,
        request,
        authority,
        is_another_open=others_open(scope, request),
        elsewhere=elsewhere(scope, request),
    )
    if authority is None:  # refused above
        raise not_ours()
    client = request.client
    if address and not client.address:
        client = clients.learn_address(scope=scope, client=client, address=address)
    request.status, request.sent_at = CareRequest.Status.SENT, scope.at
    request.save(update_fields=["status", "sent_at"])
    if request.kind == CareRequest.Kind.CHANGE:
        decisions = _of_change(scope, request)
    else:
        decisions = _of_products(request, terms or {})
    audit.record(scope, "request.granted", request, number=request.number)
    _carry_out(scope, authority, client, request.municipality, decisions)
    return requests.locked(scope, request)


@transaction.atomic
def change(*, scope: Scope, allocation: Allocation, wanted: Terms, reason: str) -> None:
    """Give an allocation that we decide about other terms, from its first day or a later one.

    Raises RuleError MAN-01 where the municipality decides, MAN-02 where the 301 breaks a rule,
    MAN-04 where nothing changes or the reason is missing, MAN-05 for one that is deleted.
    """
    authority = _authority_over(scope, allocation)
    now = current.terms_of(allocation)
    if reason not in deciding.REASONS:
        raise RuleError("MAN-04", _("Choose the reason of the change."))
    if wanted == now:
        raise RuleError("MAN-04", _("Nothing would change. Fill in what becomes different."))
    found = _changed(allocation, wanted, reason, "")
    _carry_out(scope, authority, allocation.client, allocation.municipality, found)


@transaction.atomic
def withdraw(*, scope: Scope, allocation: Allocation) -> None:
    """Take an allocation that we decide about back, as if it was never made.

    Raises RuleError MAN-01, MAN-02 where approved lines rest on it (TR385), MAN-05 where it was
    deleted before.
    """
    authority = _authority_over(scope, allocation)
    decision = Decision(
        allocation=allocation,
        terms=deciding.never_sent(current.terms_of(allocation)),
        change_reason=deciding.DELETED,
    )
    _carry_out(scope, authority, allocation.client, allocation.municipality, [decision])


def not_ours() -> RuleError:
    """The refusal to decide what is the municipality's to decide."""
    return RuleError("MAN-01", _("The municipality decides about this. Send it a request."))


def _authority_over(scope: Scope, allocation: Allocation) -> Authority:
    is_ours = authorities.may_change(allocation, scope.today)
    policies.check_can_decide(scope, allocation, is_ours=is_ours)
    found = authorities.in_force(allocation.municipal_contract, scope.today)
    if found is None:  # refused above
        raise not_ours()
    return found


def _of_products(request: CareRequest, terms: Mapping[int, Terms]) -> list[Decision]:
    return [
        Decision(
            product=asked.product,
            terms=terms.get(asked.pk) or current.terms_of(asked),
            reference=asked.reference,
        )
        for asked in request.products.select_related("product").order_by("pk")
    ]


def _of_change(scope: Scope, request: CareRequest) -> list[Decision]:
    """Every line that changes or is new carries the reference of the change (IV097)."""
    found: list[Decision] = []
    reference = request.change.reference
    for line in change_lines.complete(scope=scope, request=request):
        if line.what == ChangedProduct.What.NEW:
            wanted = change_lines.wanted_of(line)
            found.append(Decision(product=line.product, terms=wanted, reference=reference))
        elif line.what == ChangedProduct.What.CHANGED and line.allocation is not None:
            wanted = change_lines.wanted_of(line)
            found += _changed(line.allocation, wanted, deciding.ASKED, reference)
    return found


def _changed(allocation: Allocation, wanted: Terms, reason: str, reference: str) -> list[Decision]:
    steps = deciding.steps(current.terms_of(allocation), wanted)
    found = [
        Decision(
            allocation=allocation,
            terms=steps.becomes,
            change_reason=reason,
            reference=reference,
        )
    ]
    if steps.begins is not None:
        found.append(Decision(product=allocation.product, terms=steps.begins, reference=reference))
    return found


def _carry_out(
    scope: Scope,
    authority: Authority,
    client: Client,
    municipality: Municipality,
    decisions: Sequence[Decision],
) -> None:
    """Write the 301, keep it where it is one, and take it over."""
    family = authority.municipal_contract.family
    is_task = authority.allocated_by == AllocatedBy.TASK
    if is_task:
        _check_apart(client, family, decisions)
    numbered = [(_number_for(authority, one), one) for one in decisions]
    message = message_of(scope, client, municipality, family, numbered)
    # Where nobody is sent the message, nobody misses an address in it.
    refuse([one for one in validate(message) if not is_task or "Contactgegevens" not in one.path])
    about: dict[str, Any] = {
        "main_contractor_id": client.main_contractor_id,
        "municipality": municipality,
        "message": message,
    }
    row = None
    if not is_task:
        row = _kept(scope, about)
    acting = replace(scope, handling=row.pk) if row else scope
    refuse(allocations.receive(scope=acting, incoming=row, **about))
    Allocation.objects.visible_to(scope).filter(
        main_contractor=client.main_contractor_id,
        family=family,
        municipality=municipality,
        number__in=[number for number, one in numbered if one.allocation is None],
    ).update(origin=authority.allocated_by)


def _kept(scope: Scope, about: Mapping[str, Any]) -> IncomingMessage:
    try:
        return issued.keep(scope=scope, **about)
    except InvalidMessageError as error:
        # Such as a street that is longer than a message can say.
        raise RuleError("MAN-02", _("Something in this is too long for a message.")) from error


def _check_apart(client: Client, family: str, decisions: Sequence[Decision]) -> None:
    wanted = [
        (
            one.allocation.product_id if one.allocation else getattr(one.product, "pk", None),
            one.terms.period,
        )
        for one in decisions
    ]
    about = [one.allocation.pk for one in decisions if one.allocation is not None]
    check_apart(client, family, wanted, about)


def _number_for(authority: Authority, decision: Decision) -> int:
    if decision.allocation is not None:
        return decision.allocation.number
    numbers = TASK_NUMBERS
    if authority.number_first is not None and authority.number_last is not None:
        numbers = range(authority.number_first, authority.number_last + 1)
    family = authority.municipal_contract.family
    return next_for(authority.main_contractor_id, family, authority.allocated_by, numbers)


def refuse(findings: Sequence[Finding]) -> None:
    """Raises RuleError MAN-02 where something is wrong with a 301 of our own."""
    if findings:
        reasons = " ".join(f"{one.message} ({one.rule})" for one in findings)
        raise RuleError(
            "MAN-02", _("This cannot be allocated so. %(reasons)s") % {"reasons": reasons}
        )
