"""The settlement of a year: computed as a draft, proposed, agreed upon, and locked by a second.

Locked it is an entitlement that comes on the next statement. It never changes: what becomes known
later is a settlement of the same line and year over the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Entitlement, Settlement, SettlementEntry, SettlementRound
from billing.rules.settling import still_to_settle
from billing.rules.settling_words import changed, joined
from billing.rules.whatif.frozen import freeze
from billing.selectors.settling_facts import Settled, settled
from billing.services.settlement_figures import figures, inputs_of, new_columns, ready_subject
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts.models import FundingLine, Subcontractor

#: Characters of an entry, and bytes of a signed file.
MOST_TEXT: Final = 1000
MOST_BYTES: Final = 10 * 1024 * 1024
_PDF: Final = b"%PDF-"
State = Settlement.State
Status = SettlementRound.Status
Kind = SettlementEntry.Kind


@transaction.atomic
def begin(*, scope: Scope, funding_line: FundingLine, year: int) -> SettlementRound:
    """Settle a line for a year, or with it the whole pool; a draft for the main contractor.

    Where the year was settled before, it is a correction over the difference. Raises RuleError
    BIL-110 with everything that is missing, BIL-111 to BIL-114 where nothing can be settled.
    """
    policies.check_can_settle(scope, funding_line.main_contractor_id)
    subject = ready_subject(scope, funding_line, year)
    lock_text(f"settle:{subject.key}:{year}")
    known = SettlementRound.objects.visible_to(scope).filter(subject=subject.key, year=year)
    if known.open().exists():
        raise RuleError("BIL-113", _("This year is being settled already. Go on there."))
    made = SettlementRound.objects.create(
        main_contractor_id=funding_line.main_contractor_id,
        year=year,
        method=subject.method,
        subject=subject.key,
        number=known.count() + 1,
        made_by_id=scope.user_id or None,
        made_at=scope.at,
        computed_at=scope.at,
    )
    for one in settled(subject):
        row = Settlement.objects.create(**new_columns(made, one), **figures(made, one))
        _enter(scope, row, Kind.COMPUTED)
    audit.record(scope, "settlement_round.begun", made, year=year)
    return made


@transaction.atomic
def recompute(*, scope: Scope, settlement_round: SettlementRound) -> list[str]:
    """Compute a draft anew from what is known now; what changed, as sentences.

    Raises ConflictError for what is no draft, and RuleError as `begin` does, and BIL-115 where a
    line no longer belongs to it.
    """
    policies.check_can_settle(scope, settlement_round.main_contractor_id)
    row = _locked(scope, settlement_round, Status.DRAFT)
    differences: list[str] = []
    for known, one in _beside(scope, row):
        differences += _renewed(scope, row, known, one)
    row.computed_at = scope.at
    row.save(update_fields=["computed_at"])
    audit.record(scope, "settlement_round.computed", row, changes=len(differences))
    return differences


@transaction.atomic
def propose(*, scope: Scope, settlement_round: SettlementRound) -> SettlementRound:
    """Propose a draft to its subcontractors, who see it from now on.

    Raises ConflictError for what is no draft, RuleError BIL-116 where the figures are no longer
    those of the draft, BIL-117 for a correction by which nothing changes.
    """
    policies.check_can_propose(scope, settlement_round)
    row = _locked(scope, settlement_round, Status.DRAFT)
    pairs = _beside(scope, row)
    if any(known is None or known.inputs != freeze(one.inputs) for known, one in pairs):
        raise RuleError(
            "BIL-116", _("Figures changed since this was computed. Compute it again first.")
        )
    settlements = [known for known, _one in pairs if known]
    if row.is_correction and not any(one.amount for one in settlements):
        raise RuleError("BIL-117", _("Nothing changes by this correction, so it is not proposed."))
    for one in settlements:
        one.proposed_at = one.proposed_at or scope.at
        _move(one, State.PROPOSED, "proposed_at")
        _enter(scope, one, Kind.PROPOSED)
    row.proposed_by_id, row.proposed_at = scope.user_id, scope.at
    _move_round(row, Status.PROPOSED, "proposed_by", "proposed_at")
    audit.record(scope, "settlement_round.proposed", row)
    return row


@transaction.atomic
def take_back(*, scope: Scope, settlement_round: SettlementRound) -> SettlementRound:
    """Take a proposal back, agreed or not: it is a draft again. Raises ConflictError."""
    policies.check_can_settle(scope, settlement_round.main_contractor_id)
    row = _locked(scope, settlement_round, Status.PROPOSED)
    for one in _reopened(row):
        _enter(scope, one, Kind.TAKEN_BACK)
    audit.record(scope, "settlement_round.taken_back", row)
    return row


@transaction.atomic
def discard(*, scope: Scope, settlement_round: SettlementRound) -> None:
    """Throw away a draft that no subcontractor ever saw.

    Raises ConflictError for what is no draft, RuleError BIL-128 for one that was proposed before.
    """
    policies.check_can_settle(scope, settlement_round.main_contractor_id)
    row = _locked(scope, settlement_round, Status.DRAFT)
    if row.proposed_at:
        raise RuleError(
            "BIL-128", _("This was proposed before, so it is kept. Compute it again instead.")
        )
    audit.record(scope, "settlement_round.deleted", row, year=row.year)
    SettlementEntry.objects.filter(settlement__round=row).delete()
    Settlement.objects.filter(round=row).delete()
    row.delete()


@transaction.atomic
def agree(*, scope: Scope, settlement: Settlement) -> Settlement:
    """Agree with a proposal, as somebody of the subcontractor. Raises ConflictError."""
    policies.check_can_agree(scope, settlement)
    row = _proposed(scope, settlement)
    row.agreed_by_id, row.agreed_at = scope.user_id, scope.at
    _move(row, State.AGREED, "agreed_by", "agreed_at")
    _enter(scope, row, Kind.AGREED)
    audit.record(scope, "settlement.agreed", row, amount=str(row.amount))
    return row


@transaction.atomic
def record_agreement(
    *, scope: Scope, settlement: Settlement, reason: str, signed_file: bytes
) -> Settlement:
    """Record that the subcontractor agreed on paper, with the PDF that it signed.

    Raises ConflictError for what is not proposed, RuleError BIL-118 without a reason or a PDF of at
    most 10 MB.
    """
    policies.check_can_propose(scope, settlement.round)
    row = _proposed(scope, settlement)
    if not reason.strip() or not signed_file.startswith(_PDF) or len(signed_file) > MOST_BYTES:
        raise RuleError(
            "BIL-118", _("Say why it was agreed on paper, and add the signed PDF of at most 10 MB.")
        )
    row.agreed_by_id, row.agreed_at = scope.user_id, scope.at
    row.paper_reason, row.signed_file = reason.strip(), signed_file
    _move(row, State.AGREED, "agreed_by", "agreed_at", "paper_reason", "signed_file")
    _enter(scope, row, Kind.PAPER, row.paper_reason)
    audit.record(scope, "settlement.agreed", row, amount=str(row.amount))
    return row


@transaction.atomic
def object_to(*, scope: Scope, settlement: Settlement, text: str) -> Settlement:
    """Say why one does not agree; everything of the round is a draft again.

    Raises ConflictError for what is not proposed, RuleError BIL-119 without words.
    """
    policies.check_can_agree(scope, settlement)
    if not text.strip():
        raise RuleError("BIL-119", _("Say what is wrong, so that it can be looked into."))
    row = _proposed(scope, settlement)
    _enter(scope, row, Kind.OBJECTED, text.strip())
    audit.record(scope, "settlement.objected", row)
    # The other members of a pool are not the subcontractor's to see or change.
    with on_behalf_of(scope, row.main_contractor_id) as widened:
        together = SettlementRound.objects.select_for_update(of=("self",)).get(pk=row.round_id)
        for one in _reopened(together):
            if one.pk != row.pk:
                _enter(widened, one, Kind.TAKEN_BACK)
    row.refresh_from_db()
    return row


@transaction.atomic
def lock(*, scope: Scope, settlement_round: SettlementRound) -> SettlementRound:
    """Make what was agreed final: each amount is an entitlement on the next statement.

    Raises NotAllowedError for who proposed it, ConflictError for what is not proposed, RuleError
    BIL-120 where somebody did not agree.
    """
    row = _locked(scope, settlement_round, Status.PROPOSED)
    policies.check_can_lock(scope, row)
    settlements = list(
        row.settlements.select_related("funding_line")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if any(one.state != State.AGREED for one in settlements):
        raise RuleError("BIL-120", _("Not every subcontractor agreed yet. Wait for them."))
    # As when a month is closed: no statement is issued meanwhile.
    parties = {one.subcontractor_id for one in settlements}
    list(
        Subcontractor.objects.select_for_update(of=("self",)).filter(pk__in=parties).order_by("pk")
    )
    for one in settlements:
        one.entitlement = _entitled(scope, row, one)
        _move(one, State.LOCKED, "entitlement")
        _enter(scope, one, Kind.LOCKED)
    row.locked_by_id, row.locked_at = scope.user_id, scope.at
    _move_round(row, Status.LOCKED, "locked_by", "locked_at")
    total = sum((one.amount for one in settlements), ZERO)
    audit.record(scope, "settlement_round.locked", row, amount=str(total))
    return row


def _entitled(scope: Scope, row: SettlementRound, one: Settlement) -> Entitlement:
    why = still_to_settle(one.why, one.before, row.number, row.year)
    return Entitlement.objects.create(
        main_contractor_id=one.main_contractor_id,
        provider_organisation_id=one.provider_organisation_id,
        subcontractor_id=one.subcontractor_id,
        funding_line=one.funding_line,
        form=one.funding_line.form,
        month=Month.of(one.end_date).first,
        reference=f"{row.year}:{row.number}",
        amount=why.amount,
        explanation=why.as_dict(),
        recorded_at=scope.at,
    )


def _beside(scope: Scope, row: SettlementRound) -> list[tuple[Settlement | None, Settled]]:
    """Each line as it is settled now, beside its settlement in the round."""
    known = {
        one.funding_line_id: one
        for one in row.settlements.select_related("funding_line").select_for_update(of=("self",))
    }
    first = min(known.values(), key=lambda one: one.pk)
    subject = ready_subject(scope, first.funding_line, row.year)
    if subject.key != row.subject or set(known) - {part.line.pk for part in subject.parts}:
        raise RuleError(
            "BIL-115", _("A line no longer belongs to this settlement. Look at its contract.")
        )
    return [(known.get(one.part.line.pk), one) for one in settled(subject)]


def _renewed(
    scope: Scope, row: SettlementRound, known: Settlement | None, one: Settled
) -> list[str]:
    columns = figures(row, one)
    name = one.part.line.subcontract.subcontractor.provider_organisation.name
    if known is None:
        made = Settlement.objects.create(**new_columns(row, one), **columns)
        _enter(scope, made, Kind.COMPUTED)
        return [_("%(name)s joined.") % {"name": name}]
    differences = changed(inputs_of(known), one.inputs)
    for column, value in columns.items():
        setattr(known, column, value)
    known.save(update_fields=list(columns))
    if differences:
        _enter(scope, known, Kind.COMPUTED, joined(differences, MOST_TEXT))
    return [f"{name}, {text}" for text in differences]


def _locked(scope: Scope, row: SettlementRound, status: Status) -> SettlementRound:
    found = SettlementRound.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=row.pk)
    if found.status != status:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return found


def _proposed(scope: Scope, settlement: Settlement) -> Settlement:
    row = (
        Settlement.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("funding_line")
        .get(pk=settlement.pk)
    )
    if row.state != State.PROPOSED:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row


def _reopened(row: SettlementRound) -> Sequence[Settlement]:
    """The settlements of a round, which is a draft again; nobody agreed to anything any more."""
    settlements = list(row.settlements.select_for_update(of=("self",)).order_by("pk"))
    for one in settlements:
        one.agreed_by_id, one.agreed_at = None, None
        one.paper_reason, one.signed_file = "", None
        _move(one, State.DRAFT, "agreed_by", "agreed_at", "paper_reason", "signed_file")
    _move_round(row, Status.DRAFT)
    return settlements


def _enter(scope: Scope, row: Settlement, kind: Kind, text: str = "") -> None:
    SettlementEntry.objects.create(
        main_contractor_id=row.main_contractor_id,
        provider_organisation_id=row.provider_organisation_id,
        settlement=row,
        kind=kind,
        outcome=row.outcome,
        text=text,
        author_id=scope.user_id or None,
        recorded_at=scope.at,
    )


def _move(row: Settlement, state: State, *columns: str) -> None:
    if state not in Settlement.TRANSITIONS[State(row.state)]:
        raise ValueError(f"{row.state} does not become {state}")
    row.state = state
    row.save(update_fields=["state", *columns])


def _move_round(row: SettlementRound, status: Status, *columns: str) -> None:
    if status not in SettlementRound.TRANSITIONS[Status(row.status)]:
        raise ValueError(f"{row.status} does not become {status}")
    row.status = status
    row.save(update_fields=["status", *columns])
