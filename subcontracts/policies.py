"""Who may do what with contracts, clients, allocations and placements (docs/access.md)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from messaging.models import OutgoingMessage
from subcontracts.models import (
    Allocation,
    Authority,
    CareRequest,
    Client,
    ClientStop,
    EmergencyAccess,
    ForeseenEnd,
    FormalDecision,
    Placement,
    RequestedProduct,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules.combining import Spell
from subcontracts.rules.delivery import TEXTS
from subcontracts.rules.parts import Share
from subcontracts.rules.residence import Elsewhere


def check_can_manage_contracts(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a contract manager of this main contractor acts."""
    if scope.is_system:
        return
    if scope.role != Role.CONTRACT_MANAGER or scope.main_contractor_id != main_contractor_id:
        raise NotAllowedError(_("Only a contract manager changes contracts and tariffs."))


def check_can_change_own_team(scope: Scope, team: Subcontractor) -> None:
    """As contracts; raises RuleError CON-263 for what is no own team."""
    check_can_manage_contracts(scope, team.main_contractor_id)
    if not team.is_own_team:
        raise RuleError("CON-263", _("This is no own team: its contract says until when it runs."))


def check_can_ask_client_stop(scope: Scope, subcontract: Subcontract) -> None:
    """Raises NotAllowedError unless somebody of the subcontractor acts."""
    is_own = scope.organisation_id == subcontract.provider_organisation_id
    if scope.role not in SUBCONTRACTOR or not is_own:
        raise NotAllowedError(_("Only the subcontractor asks for a client stop."))


def check_can_end_client_stop(scope: Scope, stop: ClientStop) -> None:
    """Raises NotAllowedError unless a contract manager acts, or who asked for the stop."""
    is_own = scope.organisation_id == stop.provider_organisation_id
    if not (scope.role in SUBCONTRACTOR and is_own and stop.is_asked):
        check_can_manage_contracts(scope, stop.main_contractor_id)


def check_not_closed(subcontract: Subcontract) -> None:
    """Raises RuleError CON-77 for a contract that was closed: it is only read."""
    if subcontract.status == Subcontract.Status.ENDED:
        raise RuleError("CON-77", _("This contract is closed. Nothing in it changes any more."))


def check_not_on_offer(subcontract: Subcontract) -> None:
    """Raises RuleError CON-27 while what it says was offered or signed, and has not begun; CON-77
    once it is closed.
    """
    check_not_closed(subcontract)
    if subcontract.status in Subcontract.FIXED:
        raise RuleError(
            "CON-27",
            _("This contract was offered, so it does not change. Take the offer back first."),
        )


def check_can_manage_care(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless the main contractor's care staff act."""
    if scope.is_system:
        return
    if scope.role not in CARE or scope.main_contractor_id != main_contractor_id:
        raise NotAllowedError(_("Only a care coordinator or contract manager does this."))


def check_can_place(scope: Scope, allocation: Allocation) -> None:
    """Raises NotAllowedError for a wrong role, RuleError PLA-01 for a deleted allocation."""
    check_can_manage_care(scope, allocation.main_contractor_id)
    if allocation.is_deleted:
        raise RuleError(
            "PLA-01",
            _("The municipality deleted this allocation. Nothing can be placed under it any more."),
        )


def check_can_decide_end(scope: Scope, foreseen: ForeseenEnd) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError where it is decided or lapsed."""
    check_can_manage_care(scope, foreseen.main_contractor_id)
    if not foreseen.is_open:
        raise ConflictError(_("This was decided already, or the care no longer ends then."))


def check_can_tell_elsewhere(scope: Scope, asked: RequestedProduct, *, is_offered: bool) -> None:
    """Whether a subcontractor can be told that somebody else gives what it asked for.

    `is_offered`: what was allocated is or was placed with it, which was its answer. Raises
    NotAllowedError for a wrong role, RuleError VOT-14 where there is nobody to tell or nothing to
    tell yet, ConflictError where it was told.
    """
    check_can_manage_care(scope, asked.main_contractor_id)
    if asked.elsewhere_at is not None:
        raise ConflictError(_("The subcontractor was told this already."))
    is_allocated = asked.answer == RequestedProduct.Answer.ALLOCATED
    if asked.provider_organisation_id is None or not is_allocated or is_offered:
        raise RuleError(
            "VOT-14",
            _(
                "This can be told only of care that a subcontractor asked for, that is allocated"
                " and that was never placed with it."
            ),
        )


def check_can_object(scope: Scope, decision: FormalDecision, *, is_disputed: bool) -> None:
    """Whether an objection to a decision can be recorded; `is_disputed`: one is open already.

    Raises NotAllowedError for a wrong role, RuleError BES-04 where there is nothing to object to,
    BES-05 while an objection is open.
    """
    check_can_manage_care(scope, decision.main_contractor_id)
    if not decision.is_given:
        raise RuleError("BES-04", _("No decision was given, so nobody can object to one."))
    if is_disputed:
        raise RuleError(
            "BES-05", _("An objection to this decision is open already. Record its outcome first.")
        )


def check_can_follow(scope: Scope, decision: FormalDecision, *, is_followed: bool) -> None:
    """Whether a new decision may follow; `is_followed`: one did.

    Raises NotAllowedError for a wrong role, RuleError BES-06 where none was given to follow,
    ConflictError where one followed already.
    """
    check_can_manage_care(scope, decision.main_contractor_id)
    if not decision.is_given:
        raise RuleError("BES-06", _("No decision was given yet. Record the first one."))
    if is_followed:
        raise ConflictError(_("A new decision was recorded already. Reload the page to see it."))


def check_can_end_emergency(scope: Scope, access: EmergencyAccess) -> None:
    """Raises NotAllowedError for anyone but the administrator whose access it is."""
    if scope.role != Role.ADMINISTRATOR or access.user_id != scope.user_id:
        raise NotAllowedError(_("Only who opened this emergency access ends it."))


def check_can_review_emergency(scope: Scope, access: EmergencyAccess) -> None:
    """Raises NotAllowedError for other roles and one's own use, ConflictError if reviewed."""
    is_manager = scope.role == Role.CONTRACT_MANAGER
    if not is_manager or access.main_contractor_id != scope.main_contractor_id:
        raise NotAllowedError(_("Only a contract manager reviews emergency access."))
    if access.user_id == scope.user_id:
        raise NotAllowedError(_("You opened this emergency access: a colleague reviews it."))
    if access.reviewed_at is not None:
        raise ConflictError(_("A colleague reviewed this already."))


def check_can_place_more(scope: Scope, allocation: Allocation, left: Share | None) -> None:
    """Raises ConflictError where all of the allocation is placed; else as `check_can_place`."""
    check_can_place(scope, allocation)
    if left is None:
        raise ConflictError(
            _("This allocation has already been placed. Reload the page to see with whom.")
        )


def check_can_tell_again(
    scope: Scope, allocation: Allocation, refused: Sequence[OutgoingMessage]
) -> None:
    """Raises RuleError MEL-01 where no report of the allocation waits to be put right."""
    check_can_manage_care(scope, allocation.main_contractor_id)
    if not refused:
        raise RuleError(
            "MEL-01", _("The municipality has not returned any report of this allocation.")
        )


def check_is_provider(scope: Scope, organisation_id: int) -> None:
    """Raises NotAllowedError unless this organisation's own people act."""
    if scope.is_system:
        return
    if scope.role not in SUBCONTRACTOR or scope.organisation_id != organisation_id:
        raise NotAllowedError(_("Only the organisation that delivers the care does this."))


def check_can_reply(scope: Scope, placement: Placement) -> None:
    """Raises RuleError PLA-10 where the placement no longer waits for a reply."""
    check_is_provider(scope, placement.provider_organisation_id)
    if placement.status != Placement.Status.OFFERED:
        raise RuleError(
            "PLA-10",
            _("This placement no longer waits for a reply. Reload the page to see its status."),
        )


def check_can_withdraw(scope: Scope, placement: Placement, spells: Sequence[Spell]) -> None:
    """Raises RuleError PLA-11 where it is not offered or accepted, PLA-14 while care goes on."""
    check_can_manage_care(scope, placement.main_contractor_id)
    if placement.status not in Placement.LIVE:
        raise RuleError("PLA-11", _("This placement has already ended."))
    if any(spell.ended_on is None for spell in spells):
        raise RuleError(
            "PLA-14",
            _("Care is given under this placement. It can end only with a report of the stop."),
        )


def check_can_name(scope: Scope, placement: Placement) -> None:
    """Raises RuleError PLA-17 where nobody delivers or delivered under the placement."""
    check_is_provider(scope, placement.provider_organisation_id)
    if placement.status in (Placement.Status.DECLINED, Placement.Status.WITHDRAWN):
        raise RuleError("PLA-17", _("Nobody gives care under this placement any more."))


def check_is_reporter(scope: Scope, placement: Placement) -> None:
    """Raises NotAllowedError unless who reports starts and stops of the placement acts.

    That is the provider. Where the contract relays nothing, the main contractor's care staff do
    it: the provider is not asked, and not refused either.
    """
    if scope.role in CARE and placement.is_kept_here(scope.today):
        check_can_manage_care(scope, placement.main_contractor_id)
    else:
        check_is_provider(scope, placement.provider_organisation_id)


def check_can_report(scope: Scope, placement: Placement) -> None:
    """Raises RuleError LEV-01 unless the placement was accepted."""
    check_is_reporter(scope, placement)
    if placement.status not in (Placement.Status.ACCEPTED, Placement.Status.ENDED):
        raise RuleError(
            "LEV-01",
            _("Accept the placement first. After that you can report the start of care."),
        )


def check_can_report_start(scope: Scope, placement: Placement, spells: Sequence[Spell]) -> None:
    """Whether any start can be reported in the portal today.

    Raises RuleError TR326 while care goes on, LEV-05 before the first day of the placement.
    """
    check_can_report(scope, placement)
    if any(spell.last_day is None for spell in spells):
        raise RuleError("TR326", str(TEXTS["TR326"]))
    if placement.start_date > scope.today:
        raise RuleError("LEV-05", _("Care under this placement has not begun yet."))


def check_can_report_stop(scope: Scope, placement: Placement, spells: Sequence[Spell]) -> None:
    """Whether any stop can be reported in the portal today.

    Raises RuleError TR382 where care never began, TR415 where all of it ended for good.
    """
    check_can_report(scope, placement)
    if all(spell.ended_on is not None for spell in spells):
        rule = "TR415" if spells else "TR382"
        raise RuleError(rule, str(TEXTS[rule]))


def check_can_dismiss(scope: Scope, request: CareRequest) -> None:
    """Raises RuleError VOT-03 where the request is not waiting to be sent."""
    check_can_manage_care(scope, request.main_contractor_id)
    waiting = (CareRequest.Status.RECEIVED, CareRequest.Status.FAULTY)
    if request.status not in waiting:
        raise RuleError("VOT-03", _("This request has already been sent or closed."))


def check_can_send_up(
    scope: Scope,
    request: CareRequest,
    *,
    is_another_open: bool,
    elsewhere: Elsewhere | None,
    authority: Authority | None,
) -> None:
    """Raises RuleError VOT-02, VOT-03, VOT-04, VOT-12 or VOT-13 where it cannot go up now.

    `is_another_open`: whether another request for the client waits for an answer (TR374);
    `elsewhere`: which other municipality is responsible on a day on which something is wanted;
    `authority`: by what we decide on it ourselves, if we do.
    """
    check_can_dismiss(scope, request)
    if authority is not None:
        raise RuleError(
            "VOT-13", _("You decide on this request yourself: allocate the care, or do not.")
        )
    _check_may_ask(request.client, is_another_open=is_another_open)
    _check_responsible(request, elsewhere)


def check_can_grant(
    scope: Scope,
    request: CareRequest,
    authority: Authority | None,
    *,
    is_another_open: bool,
    elsewhere: Elsewhere | None,
) -> None:
    """Whether we may allocate what is asked: as for sending it up, where it is ours to decide.

    Raises RuleError MAN-01 where it is the municipality's.
    """
    check_can_dismiss(scope, request)
    if authority is None:
        raise RuleError("MAN-01", _("The municipality decides about this. Send it a request."))
    _check_may_ask(request.client, is_another_open=is_another_open)
    _check_responsible(request, elsewhere)


def check_can_decide(scope: Scope, allocation: Allocation, *, is_ours: bool) -> None:
    """Whether we may change an allocation; `is_ours`: the contract leaves it to us today.

    Raises RuleError MAN-01 where the municipality decides, MAN-05 for one that was deleted,
    VOT-04 for a client without BSN or whose data may not be passed on (OP003).
    """
    check_can_manage_care(scope, allocation.main_contractor_id)
    if not is_ours:
        raise RuleError("MAN-01", _("The municipality decides about this. Send it a request."))
    if allocation.is_deleted:
        raise RuleError("MAN-05", _("This allocation was deleted before."))
    _check_may_ask(allocation.client, is_another_open=False)


def _check_responsible(request: CareRequest, elsewhere: Elsewhere | None) -> None:
    if elsewhere is not None:
        raise RuleError(
            "VOT-12",
            _(
                "On %(day)s not %(asked)s but %(town)s is responsible for this client. Request the"
                " care from %(town)s. If that is wrong, first record on the client's page which"
                " municipality is responsible."
            )
            % {
                "day": date_long(elsewhere.day),
                "asked": request.municipality,
                "town": elsewhere.town,
            },
        )


def _check_may_ask(client: Client, *, is_another_open: bool) -> None:
    if client.is_sealed or not client.bsn:
        raise RuleError(
            "VOT-04",
            _("No message may be sent about this client. Call the municipality."),
        )
    if is_another_open:
        raise RuleError(
            "VOT-02",
            _("Another request for this client is still open. Wait for the answer to it."),
        )


def check_can_request_change(
    scope: Scope, allocation: Allocation, *, is_another_open: bool
) -> None:
    """Raises RuleError VOT-02, VOT-04 or VOT-09 where no change can be asked of it now (OP306)."""
    check_can_manage_care(scope, allocation.main_contractor_id)
    _check_is_current(scope, allocation, is_gone=allocation.is_deleted)
    _check_may_ask(allocation.client, is_another_open=is_another_open)


def check_can_ask_change(scope: Scope, placement: Placement, *, is_another_open: bool) -> None:
    """The same for a subcontractor and what it delivers itself."""
    check_is_provider(scope, placement.provider_organisation_id)
    _check_is_current(scope, placement, is_gone=placement.status not in Placement.LIVE)
    _check_may_ask(placement.client, is_another_open=is_another_open)


def _check_is_current(scope: Scope, row: Allocation | Placement, *, is_gone: bool) -> None:
    if is_gone or (row.end_date is not None and row.end_date < scope.today):
        raise RuleError("VOT-09", _("This care has ended, so it cannot change. Request new care."))
