"""The clock of a ceiling: notice, a talk within two weeks, a decision within two weeks of it.

Source: contract standard art. 1.5. Declared and committed care both count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts import gates, policies
from subcontracts.ceiling_pdf import Notice, notice_pdf
from subcontracts.models import CeilingSignal, Subcontract
from subcontracts.rules import ceiling as rules
from subcontracts.services import client_stops
from subcontracts.services.client_stops import StopFacts

Decision = CeilingSignal.Decision
#: Notices go to Dutch organisations.
LANGUAGE = "nl"


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What was decided on a day; `stop_from` is the first day of a client stop, if that is it."""

    decision: CeilingSignal.Decision
    day: date
    note: str
    stop_from: date | None = None


@transaction.atomic
def give_notice(*, scope: Scope) -> list[CeilingSignal]:
    """Give notice wherever the signal of a ceiling was reached and none was given for it yet.

    Does nothing twice: one notice for each contract, year and ceiling.
    """
    lock_text("ceiling signals")
    running = list(
        Subcontract.objects.visible_to(scope)
        .running_on(scope.today)
        .filter(ceilings__amount__isnull=False)
        .distinct()
        .select_related("provider_organisation")
        .prefetch_related("ceilings")
        .order_by("pk")
    )
    year = scope.today.year
    spent = gates.spent([one.pk for one in running], year, scope.today)
    known = set(
        CeilingSignal.objects.visible_to(scope)
        .filter(year=year, subcontract__in=running)
        .values_list("subcontract", "ceiling")
    )
    reached = {
        one: amount
        for one in running
        if (amount := one.ceiling_on(scope.today)) is not None
        and (one.pk, amount) not in known
        and rules.Ceiling(amount, spent[one.pk], one.ceiling_signal).is_signalled
    }
    return _noticed(scope, reached, spent)


def _noticed(
    scope: Scope, reached: Mapping[Subcontract, Decimal], spent: Mapping[int, Decimal]
) -> list[CeilingSignal]:
    owners = {one.main_contractor_id for one in reached}
    rows = MainContractor.objects.filter(pk__in=owners).select_related("organisation")
    senders = {row.pk: row.organisation.name for row in rows}
    made = CeilingSignal.objects.bulk_create(
        _signal(
            scope,
            one,
            senders[one.main_contractor_id],
            rules.Ceiling(amount, spent[one.pk], one.ceiling_signal),
        )
        for one, amount in reached.items()
    )
    audit.record_many(scope, "ceiling_signal.given", made)
    return made


def _signal(
    scope: Scope, contract: Subcontract, sender: str, ceiling: rules.Ceiling
) -> CeilingSignal:
    talk = rules.talk_due(scope.today)
    party = contract.provider_organisation
    notice = Notice(
        sender=sender,
        receiver=party.name,
        address=tuple(
            line for line in (party.street, f"{party.postcode} {party.city}".strip()) if line
        ),
        contract=contract.number,
        year=scope.today.year,
        ceiling=ceiling.amount,
        used=ceiling.used,
        signal=ceiling.signal,
        noticed_on=scope.today,
        talk_due=talk,
        decision_due=rules.decision_due(talk),
    )
    with translation.override(LANGUAGE):
        letter = notice_pdf(notice)
    return CeilingSignal(
        main_contractor_id=contract.main_contractor_id,
        provider_organisation_id=contract.provider_organisation_id,
        subcontract=contract,
        year=notice.year,
        ceiling=ceiling.amount,
        used=ceiling.used,
        noticed_on=notice.noticed_on,
        letter=letter,
        talk_due=notice.talk_due,
        decision_due=notice.decision_due,
    )


@transaction.atomic
def confirm(*, scope: Scope, signal: CeilingSignal) -> CeilingSignal:
    """Let the subcontractor say that it has read the notice; said once.

    Raises NotAllowedError for anybody else.
    """
    is_own = scope.organisation_id == signal.provider_organisation_id
    if scope.role not in SUBCONTRACTOR or not is_own:
        raise NotAllowedError(_("Only the subcontractor confirms that it has read the notice."))
    signal = _locked(scope, signal)
    if signal.confirmed_at is None:
        signal.confirmed_at, signal.confirmed_by_id = scope.at, scope.user_id or None
        signal.save(update_fields=["confirmed_at", "confirmed_by"])
        audit.record(scope, "ceiling_signal.confirmed", signal)
    return signal


@transaction.atomic
def record_talk(*, scope: Scope, signal: CeilingSignal, day: date, note: str) -> CeilingSignal:
    """Record the talk; the decision is due two weeks after it.

    Raises NotAllowedError for anybody but a contract manager, ConflictError once it is decided,
    RuleError CON-84 for a day before the notice or to come.
    """
    signal = _undecided(scope, signal)
    if not signal.noticed_on <= day <= scope.today:
        raise RuleError("CON-84", _("The talk was on a day between the notice and today."))
    signal.talked_on, signal.talk_note = day, note
    signal.decision_due = rules.decision_due(day)
    signal.save(update_fields=["talked_on", "talk_note", "decision_due"])
    audit.record(scope, "ceiling_signal.talked", signal)
    return signal


@transaction.atomic
def decide(*, scope: Scope, signal: CeilingSignal, decided: Decided) -> CeilingSignal:
    """Record what was decided; with a client stop that is set at once.

    Raises NotAllowedError for anybody but a contract manager, ConflictError where it was decided,
    RuleError CON-85 before there was a talk or for a day that does not fit, CON-86 for a ceiling
    that is said to be raised and is not in the contract, CON-87 for a client stop without a first
    day, and those of `client_stops.impose`.
    """
    signal = _undecided(scope, signal)
    if signal.talked_on is None or not signal.talked_on <= decided.day <= scope.today:
        raise RuleError("CON-85", _("A decision follows the talk, and is not of a day to come."))
    contract = signal.subcontract
    if decided.decision == Decision.RAISED and not _is_raised(contract, signal):
        raise RuleError(
            "CON-86",
            _("The ceiling in the contract is not higher yet. Amend the contract first."),
        )
    if decided.decision == Decision.CLIENT_STOP:
        _stop(scope, contract, decided)
    signal.decision, signal.decision_note = decided.decision, decided.note
    signal.decided_on, signal.decided_by_id = decided.day, scope.user_id or None
    signal.save(update_fields=["decision", "decision_note", "decided_on", "decided_by"])
    audit.record(scope, "ceiling_signal.decided", signal, decision=signal.decision)
    return signal


def _is_raised(contract: Subcontract, signal: CeilingSignal) -> bool:
    """Whether the year of the notice ends with a higher ceiling, or with none."""
    now = contract.ceiling_on(date(signal.year, 12, 31))
    return now is None or now > signal.ceiling


def _stop(scope: Scope, contract: Subcontract, decided: Decided) -> None:
    if decided.stop_from is None:
        raise RuleError("CON-87", _("Say from which day on no new clients are sent."))
    reason = decided.note or _("Ceiling")
    facts = StopFacts(start_date=decided.stop_from, reason=reason[:200])
    client_stops.impose(scope=scope, subcontract=contract, facts=facts)


def _undecided(scope: Scope, signal: CeilingSignal) -> CeilingSignal:
    policies.check_can_manage_contracts(scope, signal.main_contractor_id)
    signal = _locked(scope, signal)
    if signal.decision:
        raise ConflictError(_("This was decided already. Reload the page."))
    return signal


def _locked(scope: Scope, signal: CeilingSignal) -> CeilingSignal:
    rows = CeilingSignal.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.select_related("subcontract").get(pk=signal.pk)
