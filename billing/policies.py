"""Who may do what with money, and in which state (docs/access.md)."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from billing.models import (
    AccountChange,
    Adjustment,
    DeclarationFile,
    Dispute,
    FteReport,
    Hold,
    InvoiceLine,
    OfficeFile,
    OwnTeamReport,
    PaymentRun,
    ProductionPart,
    ProductionStatement,
    ReceivedInvoice,
    RecoveryPlan,
    Settlement,
    SettlementRound,
    Statement,
    TrajectoryResult,
    UpwardLine,
    UpwardSettlement,
)
from billing.models.account_changes import COOLING_DAYS
from billing.models.readers import HOLDS, MONEY
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from subcontracts.models import Subcontractor


def check_can_declare(scope: Scope, subcontractor: Subcontractor) -> None:
    """Raises NotAllowedError unless the subcontractor's own people, or the system, act."""
    check_is_provider(scope, subcontractor.provider_organisation_id)


def check_is_provider(scope: Scope, organisation_id: int) -> None:
    """Raises NotAllowedError unless this organisation's own people act."""
    if scope.is_system:
        return
    if scope.role not in SUBCONTRACTOR or scope.organisation_id != organisation_id:
        raise NotAllowedError(_("Only the organisation that delivers the care does this."))


def check_can_change_report(scope: Scope, report: FteReport) -> None:
    """Raises RuleError BIL-11 for a report that was handed in."""
    check_is_provider(scope, report.provider_organisation_id)
    if report.submitted_at:
        raise RuleError("BIL-11", _("This report was handed in. Make a correction to change it."))


def check_can_report_own_team(scope: Scope, team: Subcontractor) -> None:
    """Raises NotAllowedError unless the team's own people or a controller act, and for who is paid.

    RuleError BIL-220 for a subcontractor, which sends declarations or reports instead.
    """
    if scope.role == Role.CONTROLLER:
        _check_controller(scope, team.main_contractor_id)
    else:
        check_is_provider(scope, team.provider_organisation_id)
    if not team.is_own_team:
        raise RuleError("BIL-220", _("Only an own team reports its costs here."))


def check_can_change_own_team(scope: Scope, report: OwnTeamReport) -> None:
    """Raises RuleError BIL-221 for a report that was handed in."""
    check_can_report_own_team(scope, report.subcontractor)
    if report.submitted_at:
        raise RuleError("BIL-221", _("This report was handed in. Make a correction to change it."))


def check_can_run_month(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a controller of this main contractor acts."""
    _check_controller(scope, main_contractor_id)


def check_can_ask_what_if(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a contract manager or controller of this main contractor acts.

    It computes and changes no money, so one person is enough.
    """
    _check_handles_money(scope, main_contractor_id)


def check_can_agree_on_term(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a contract manager or controller of this main contractor acts.

    It records what the contract says; when something is paid, the database holds to the law.
    """
    _check_handles_money(scope, main_contractor_id)


def check_can_forecast(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a contract manager or controller of this main contractor acts.

    It looks ahead and changes no money, so one person is enough.
    """
    _check_handles_money(scope, main_contractor_id)


def check_can_assess(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a controller of this main contractor acts."""
    _check_controller(scope, main_contractor_id)


def check_can_settle(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a controller of this main contractor acts."""
    _check_controller(scope, main_contractor_id)


def check_can_propose(scope: Scope, settlement_round: SettlementRound) -> None:
    """Raises NotAllowedError unless a controller acts: a person, never the system."""
    _check_controller(scope, settlement_round.main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("A settlement is proposed and locked by people."))


def check_can_agree(scope: Scope, settlement: Settlement) -> None:
    """Raises NotAllowedError unless somebody of the subcontractor acts: a person."""
    check_is_provider(scope, settlement.provider_organisation_id)
    if not scope.user_id:
        raise NotAllowedError(_("A settlement is agreed upon by people."))


def check_can_lock(scope: Scope, settlement_round: SettlementRound) -> None:
    """Raises NotAllowedError for who proposed it, ConflictError for what is not proposed."""
    check_can_propose(scope, settlement_round)
    if settlement_round.status != SettlementRound.Status.PROPOSED:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    if settlement_round.proposed_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else locks a settlement than who proposed it."))


def check_can_lock_upward(scope: Scope, settlement: UpwardSettlement) -> None:
    """Raises NotAllowedError for who filled it in, ConflictError for what is locked."""
    _check_controller(scope, settlement.main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("A settlement is proposed and locked by people."))
    if settlement.status != UpwardSettlement.Status.DRAFT:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    if settlement.filled_in_by_id in (None, scope.user_id):
        raise NotAllowedError(_("Somebody else locks a settlement than who filled it in."))


def check_can_put_forward(scope: Scope, statement: ProductionStatement) -> None:
    """Raises NotAllowedError unless a controller acts: a person, never the system."""
    _check_controller(scope, statement.main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("A production statement is put forward by people."))


def check_can_establish(scope: Scope, statement: ProductionStatement) -> None:
    """Raises NotAllowedError for who put it forward, ConflictError for what is not open for it."""
    check_can_put_forward(scope, statement)
    if statement.status != ProductionStatement.Status.PROPOSED:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    if statement.proposed_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else establishes it than who put it forward."))


def check_can_confirm_production(scope: Scope, part: ProductionPart) -> None:
    """Raises NotAllowedError unless an administrator of the subcontractor acts: a person."""
    check_is_provider(scope, part.provider_organisation_id)
    if scope.role != Role.SUBCONTRACTOR_ADMIN:
        raise NotAllowedError(_("An administrator of the organisation confirms its production."))


def check_can_audit(scope: Scope, statement: ProductionStatement) -> None:
    """Raises NotAllowedError unless a controller acts, RuleError BIL-186 before it is established.

    For samples, and for the opinion that follows from them.
    """
    _check_controller(scope, statement.main_contractor_id)
    if statement.status != ProductionStatement.Status.LOCKED:
        raise RuleError("BIL-186", _("Establish the production statement first."))


def check_can_answer(scope: Scope, dispute: Dispute) -> None:
    """Raises NotAllowedError unless a controller or contract manager of the main contractor acts.

    An answer moves no money: what it grants is put right by the steps that are for two people.
    """
    _check_handles_money(scope, dispute.main_contractor_id)


def check_can_hand_over(scope: Scope, hold: Hold) -> None:
    """Raises NotAllowedError unless a person acts who handles holds here, or whose turn it is.

    RuleError BIL-240 for a hold that was released.
    """
    is_ours = scope.role in HOLDS and scope.main_contractor_id == hold.main_contractor_id
    if not scope.user_id or not is_ours:
        check_is_provider(scope, hold.provider_organisation_id)
        if not scope.user_id or hold.owner != Hold.Owner.SUBCONTRACTOR:
            raise NotAllowedError(_("Only who has to act hands it over."))
    if hold.released_at:
        raise RuleError("BIL-240", _("This was released. Nobody has to act any more."))


def check_can_decide_adjustment(scope: Scope, adjustment: Adjustment) -> None:
    """Raises NotAllowedError for who proposed it, ConflictError for what was decided about."""
    check_can_prepare(scope, adjustment.main_contractor_id)
    if adjustment.status != Adjustment.Status.PROPOSED:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    if adjustment.proposed_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else decides about an amount than who proposed it."))


def check_can_show_result(scope: Scope, result: TrajectoryResult) -> None:
    """Raises NotAllowedError unless somebody of the subcontractor acts: a person."""
    check_is_provider(scope, result.provider_organisation_id)
    if not scope.user_id:
        raise NotAllowedError(_("A result is shown and judged by people."))


def check_can_judge_result(scope: Scope, result: TrajectoryResult) -> None:
    """Raises NotAllowedError unless a controller or contract manager acts: a person."""
    _check_handles_money(scope, result.main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("A result is shown and judged by people."))


def check_can_decide_result(scope: Scope, result: TrajectoryResult) -> None:
    """Raises NotAllowedError for who judged it, or who judges no results at all."""
    check_can_judge_result(scope, result)
    if result.judged_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else decides about an objection than who judged."))


def check_can_plan_recovery(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a controller acts: a person, never the system."""
    _check_controller(scope, main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("A recovery plan is proposed and agreed upon by people."))


def check_can_agree_to_plan(scope: Scope, plan: RecoveryPlan) -> None:
    """Raises NotAllowedError unless somebody of the subcontractor acts: a person."""
    check_is_provider(scope, plan.provider_organisation_id)
    if not scope.user_id:
        raise NotAllowedError(_("A recovery plan is proposed and agreed upon by people."))


def check_can_record_plan(scope: Scope, plan: RecoveryPlan) -> None:
    """Raises NotAllowedError unless another controller acts than who proposed the plan."""
    check_can_plan_recovery(scope, plan.main_contractor_id)
    if plan.proposed_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else records an agreement than who proposed the plan."))


def check_can_declare_upward(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a controller of this main contractor, or the system, acts."""
    _check_controller(scope, main_contractor_id)


def check_can_decide_upward(scope: Scope, line: UpwardLine) -> None:
    """Raises ConflictError for a line that was not refused, or about which was decided before."""
    _check_controller(scope, line.main_contractor_id)
    if line.status != UpwardLine.Status.REFUSED or line.decision:
        raise ConflictError(_("This line needs no decision any more. Reload the page."))


def check_can_prepare(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a controller acts: a person, never the system."""
    _check_controller(scope, main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("A payment run is prepared and released by people."))


def check_can_release(scope: Scope, run: PaymentRun) -> None:
    """Raises NotAllowedError for who prepared it, RuleError PAY-02 for a run that is not open."""
    check_can_prepare(scope, run.main_contractor_id)
    if run.status != PaymentRun.Status.PREPARED:
        raise RuleError("PAY-02", _("This payment run was released or cancelled before."))
    if run.prepared_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else releases a run than who prepared it."))


def check_can_cancel(scope: Scope, run: PaymentRun) -> None:
    """Raises RuleError PAY-02 for a run that is not open."""
    check_can_prepare(scope, run.main_contractor_id)
    if run.status != PaymentRun.Status.PREPARED:
        raise RuleError("PAY-02", _("This payment run was released or cancelled before."))


def is_cooling(subcontractor: Subcontractor, day: date) -> bool:
    """Whether the account is too young to be paid on."""
    since = subcontractor.iban_since
    return since is None or day < since + timedelta(days=COOLING_DAYS)


def check_can_ask_account(scope: Scope, subcontractor: Subcontractor) -> None:
    """Raises NotAllowedError unless its own people, or a controller of the main contractor, act."""
    if scope.role == Role.CONTROLLER:
        _check_controller(scope, subcontractor.main_contractor_id)
    else:
        check_is_provider(scope, subcontractor.provider_organisation_id)


def check_can_confirm_account(scope: Scope, change: AccountChange) -> None:
    """Raises NotAllowedError unless an administrator of the subcontractor acts."""
    check_is_provider(scope, change.provider_organisation_id)
    if scope.role != Role.SUBCONTRACTOR_ADMIN:
        raise NotAllowedError(_("An administrator of the organisation confirms an account."))


def check_can_decide_account(scope: Scope, change: AccountChange) -> None:
    """Raises NotAllowedError unless a controller acts who did not ask it: never the system."""
    check_can_prepare(scope, change.main_contractor_id)
    if change.asked_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else decides about an account than who asked for it."))


def check_can_agree_to_invoices(scope: Scope, organisation_id: int) -> None:
    """Raises NotAllowedError unless an administrator of the subcontractor acts."""
    check_is_provider(scope, organisation_id)
    if not scope.is_system and scope.role != Role.SUBCONTRACTOR_ADMIN:
        raise NotAllowedError(_("An administrator of the organisation does this."))


def check_can_make_invoice(scope: Scope, statement: Statement) -> None:
    """Raises NotAllowedError unless its own people, or a controller of the main contractor, act."""
    if scope.role == Role.CONTROLLER:
        _check_controller(scope, statement.main_contractor_id)
    else:
        check_is_provider(scope, statement.provider_organisation_id)


def check_can_undo_account(scope: Scope, change: AccountChange) -> None:
    """Raises NotAllowedError unless an administrator of the subcontractor or a controller acts."""
    if scope.role == Role.CONTROLLER:
        _check_controller(scope, change.main_contractor_id)
    else:
        check_can_confirm_account(scope, change)


def _check_handles_money(scope: Scope, main_contractor_id: int) -> None:
    if scope.is_system:
        return
    if scope.role not in MONEY or scope.main_contractor_id != main_contractor_id:
        raise NotAllowedError(_("Only a controller or a contract manager does this."))


def _check_controller(scope: Scope, main_contractor_id: int) -> None:
    if scope.is_system:
        return
    if scope.role != Role.CONTROLLER or scope.main_contractor_id != main_contractor_id:
        raise NotAllowedError(_("Only a controller does this."))


def check_can_change_file(scope: Scope, file: DeclarationFile) -> None:
    """Raises RuleError BIL-154 for a declaration file that is handed in, or being worked at."""
    check_is_provider(scope, file.provider_organisation_id)
    if file.status == DeclarationFile.Status.SENT:
        raise RuleError("BIL-154", _("This file was handed in. Correct it with a new file."))
    if file.is_busy:
        raise RuleError("BIL-154", _("This file is being worked at. Try again in a minute."))


def check_can_map_file(scope: Scope, file: DeclarationFile) -> None:
    """As `check_can_change_file`; BIL-285 for an office at its part, BIL-286 for what was erased.

    An office points columns out in its own file, for all practices at once.
    """
    check_can_change_file(scope, file)
    if file.erased_at:
        raise RuleError("BIL-286", _("This file was erased, for its term is over."))
    if file.office_file_id and scope.mandate_id:
        raise RuleError("BIL-285", _("Point out the columns in the file of your office."))


def check_can_discard_file(scope: Scope, file: DeclarationFile) -> None:
    """Raises RuleError BIL-154 for a declaration file that was, or is being, handed in."""
    check_is_provider(scope, file.provider_organisation_id)
    if file.status in (DeclarationFile.Status.SENT, DeclarationFile.Status.SENDING):
        raise RuleError("BIL-154", _("This file was handed in. Correct it with a new file."))


def check_can_send_file(scope: Scope, file: DeclarationFile) -> None:
    """Raises RuleError BIL-157 for a declaration file that was not checked, BIL-155 as below."""
    check_can_change_file(scope, file)
    if file.status != DeclarationFile.Status.CHECKED:
        raise RuleError("BIL-157", _("This file was not checked yet. Point out its columns."))
    check_has_good_rows(file)


def check_can_change_office_file(scope: Scope, file: OfficeFile) -> None:
    """Raises RuleError BIL-285 for a file of which a part was handed in, or that is worked at.

    NotAllowedError for anybody but its office.
    """
    if scope.role != Role.OFFICE_USER or scope.organisation_id != file.office_id:
        raise NotAllowedError(_("Only the office itself does this."))
    if file.handed_in_at:
        text = _("A part of this file was handed in. Go on with the others in their practice.")
        raise RuleError("BIL-285", text)
    if file.status == OfficeFile.Status.DISCARDED:
        raise RuleError("BIL-285", _("This file was thrown away. Upload it anew."))
    if file.is_busy:
        raise RuleError("BIL-285", _("This file is being worked at. Try again in a minute."))


def check_can_map_office_file(scope: Scope, file: OfficeFile) -> None:
    """As above; RuleError BIL-286 once the file was erased."""
    check_can_change_office_file(scope, file)
    if not file.content:
        raise RuleError("BIL-286", _("This file was erased, for its term is over."))


def check_can_send_office_file(scope: Scope, file: OfficeFile) -> None:
    """Raises RuleError BIL-284 for a file that was not divided yet; NotAllowedError as above."""
    if scope.role != Role.OFFICE_USER or scope.organisation_id != file.office_id:
        raise NotAllowedError(_("Only the office itself does this."))
    if file.status != OfficeFile.Status.DIVIDED:
        raise RuleError("BIL-284", _("This file was not divided yet. Point out its columns."))


def check_has_good_rows(file: DeclarationFile) -> None:
    """Raises RuleError BIL-155 for a declaration file of which no row can be read."""
    if not file.good_count:
        raise RuleError("BIL-155", _("No row of this file can be declared. Mend the rows first."))


def check_can_record_indication(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a care coordinator or contract manager acts.

    Who pays by it does not record it: that is somebody else's word.
    """
    if scope.is_system:
        return
    if scope.role not in CARE or scope.main_contractor_id != main_contractor_id:
        raise NotAllowedError(_("Only a care coordinator or a contract manager does this."))


def check_can_enter_invoice(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a controller of this main contractor, or the system, acts."""
    _check_controller(scope, main_contractor_id)


def check_can_decide_invoice(scope: Scope, invoice: ReceivedInvoice) -> None:
    """Raises NotAllowedError for who entered it, and for the system: a person answers for it."""
    check_can_prepare(scope, invoice.main_contractor_id)
    if invoice.entered_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else decides about an invoice than who entered it."))


def check_can_decide_invoice_line(scope: Scope, line: InvoiceLine) -> None:
    """Raises ConflictError for a line about which was decided, and as above."""
    check_can_decide_invoice(scope, line.invoice)
    if line.state != InvoiceLine.State.WAITING:
        raise ConflictError(_("This went on meanwhile. Reload the page."))


def check_can_refuse_invoice_line(scope: Scope, line: InvoiceLine) -> None:
    """Raises ConflictError for a line about which was decided.

    Whoever entered an invoice may refuse: nothing is paid by it.
    """
    check_can_prepare(scope, line.main_contractor_id)
    if line.state != InvoiceLine.State.WAITING:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
