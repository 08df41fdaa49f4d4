"""Changes of a municipal contract since it was put in: its name and term, and consent to relay.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import MunicipalChange, MunicipalContract, RelayConsent, Subcontract
from subcontracts.services.contracts import once
from subcontracts.services.upward_terms import check_within, locked


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a contract is called, how long it runs, and working days of each term for below."""

    number: str
    name: str
    end_date: date | None
    subcontractor_term_days: int


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """When and where it was agreed; `outlives`: that subcontracts go on after it was seen."""

    on: date
    source: str
    outlives: bool = False


def facts_of(contract: MunicipalContract) -> Facts:
    """As they are now."""
    return Facts(**{name: getattr(contract, name) for name in Facts.__dataclass_fields__})


def outliving(
    scope: Scope, contract: MunicipalContract, end_date: date | None
) -> list[Subcontract]:
    """Subcontracts that would go on after this last day, and do not after the present one."""
    if end_date is None:
        return []
    below = Subcontract.objects.visible_to(scope).filter(municipal_contract=contract)
    rows = below.exclude(status=Subcontract.Status.ENDED)
    later = [row for row in rows if row.end_date is None or row.end_date > end_date]
    now = contract.end_date
    return [
        row for row in later if now is None or (row.end_date is not None and row.end_date <= now)
    ]


@transaction.atomic
def change(
    *, scope: Scope, contract: MunicipalContract, facts: Facts, agreed: Agreed
) -> MunicipalChange:
    """Record what was agreed anew, and keep what it was before.

    Raises RuleError CON-264 for a last day before today, CON-265 where nothing changes or it is not
    said where it stands, CON-266 where subcontracts would outlive it unseen, CON-267 where an open
    option would be announced after the new end, CON-31 for a number in use.
    """
    contract = locked(scope, contract)
    before, after = differences(facts_of(contract), facts)
    if not after or not agreed.source.strip() or agreed.on > scope.today:
        raise RuleError(
            "CON-265",
            _("Change something, say where it stands, and choose a day that has passed."),
        )
    if "end_date" in after:
        _check_end(scope, contract, facts.end_date, outlives=agreed.outlives)
    with once("CON-31", _("This contract number is in use. Choose another one.")):
        for name in after:
            setattr(contract, name, getattr(facts, name))
        contract.save(update_fields=list(after))
    row = MunicipalChange.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        agreed_on=agreed.on,
        before=before,
        after=after,
        source=agreed.source.strip(),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "municipal_contract.changed", contract, fields=",".join(sorted(after)))
    return row


def differences(old: Facts, new: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they become; dates as text."""
    was, becomes = asdict(old), asdict(new)
    differ = [name for name in was if was[name] != becomes[name]]
    return (
        {name: _plain(was[name]) for name in differ},
        {name: _plain(becomes[name]) for name in differ},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _check_end(
    scope: Scope, contract: MunicipalContract, end_date: date | None, *, outlives: bool
) -> None:
    if end_date is None:
        return
    if end_date < max(scope.today, contract.start_date):
        raise RuleError("CON-264", _("The last day is today or later."))
    if contract.options.filter(outcome="", announce_by__gt=end_date).exists():
        raise RuleError(
            "CON-267",
            _("An option would be announced after this last day. Decide on that option first."),
        )
    if not outlives and (below := outliving(scope, contract, end_date)):
        raise RuleError(
            "CON-266",
            _("These subcontracts would go on after %(day)s: %(numbers)s. Say that you know.")
            % {"day": date_long(end_date), "numbers": ", ".join(one.number for one in below)},
        )


@transaction.atomic
def record_consent(
    *,
    scope: Scope,
    contract: MunicipalContract,
    start_date: date,
    is_given: bool,
    reference: str,
) -> RelayConsent:
    """Record from when allocations are relayed under the municipality's code, or no longer.

    What was relayed stays so. Raises RuleError CON-42 for a day outside the contract, CON-268 where
    nothing would change or it is not said where it stands.
    """
    contract = locked(scope, contract)
    check_within(contract, start_date)
    if not reference.strip():
        raise RuleError("CON-268", _("Say in which letter or decision it stands."))
    if contract.relays_on(start_date) == is_given:
        raise RuleError("CON-268", _("From that day on it is so already. Choose another day."))
    row = RelayConsent.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        start_date=start_date,
        is_given=is_given,
        reference=reference.strip(),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    verb = "relay_consent.given" if is_given else "relay_consent.withdrawn"
    audit.record(scope, verb, row, start=start_date.isoformat())
    return row
