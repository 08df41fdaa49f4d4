"""Holding the municipality's administration against ours, and explaining what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import AllocatedBy, Difference, MunicipalContract, Reconciliation
from subcontracts.rules import reconciling
from subcontracts.selectors.reconciliations import Held, held, unlisted

_Kind = Difference.Kind


@transaction.atomic
def reconcile(
    *,
    scope: Scope,
    main_contractor_id: int,
    municipality: Municipality,
    family: str,
    raw: bytes,
) -> Reconciliation:
    """Compare a file of the municipality with what we have now; the file is kept.

    Clients whose data may not be passed on stand in no list, so that their rows count only.

    Raises RuleError AAN-05 for a municipality for which we do not allocate, CSV-01 to CSV-04 for a
    file that cannot be read.
    """
    policies.check_can_manage_care(scope, main_contractor_id)
    _check_mandate(main_contractor_id, municipality, family)
    file = reconciling.read(raw)
    hidden = unlisted(scope, main_contractor_id, municipality, family)
    theirs = [record for record in file.records if record.key not in hidden]
    ours = {one.record.key: one for one in held(scope, main_contractor_id, municipality, family)}
    found = list(
        reconciling.deviations([one.record for one in ours.values()], theirs, file.columns)
    )
    differing = {one.key for one in found}
    row = Reconciliation.objects.create(
        main_contractor_id=main_contractor_id,
        municipality=municipality,
        family=family,
        content=raw.decode("utf-8-sig"),
        row_count=file.row_count,
        held_count=len(ours),
        equal_count=len(ours.keys() - differing),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    Difference.objects.bulk_create(
        [
            *(_unreadable(row, one) for one in file.unreadable),
            *_differences(row, found, ours),
        ]
    )
    audit.record(scope, "reconciliation.made", row, rows=file.row_count, differences=len(found))
    return row


def _check_mandate(main_contractor_id: int, municipality: Municipality, family: str) -> None:
    """Also where a mandate has ended: what was allocated under it runs on."""
    contracts = MunicipalContract.objects.filter(
        main_contractor=main_contractor_id,
        family=family,
        municipalities__municipality=municipality,
        authorities__allocated_by=AllocatedBy.MANDATE,
    )
    if not contracts.exists():
        raise RuleError("AAN-05", _("You never allocated for this municipality under a mandate."))


def _unreadable(row: Reconciliation, one: reconciling.Unreadable) -> Difference:
    return Difference(
        main_contractor_id=row.main_contractor_id,
        reconciliation=row,
        kind=_Kind.UNREADABLE,
        line=one.line,
        column=one.column,
        theirs=f"{one.text} ({one.rule})"[:80],
    )


def _differences(
    row: Reconciliation,
    found: list[reconciling.Deviation],
    ours: Mapping[reconciling.Key, Held],
) -> Iterator[Difference]:
    for one in found:
        own = ours.get(one.key)
        yield Difference(
            main_contractor_id=row.main_contractor_id,
            reconciliation=row,
            kind=_kind_of(one),
            receiver=one.key[0],
            number=one.key[1],
            line=one.line or None,
            column=one.column,
            ours=one.ours[:80],
            theirs=one.theirs[:80],
            allocation=own.allocation if own else None,
            placement=own.placement if own else None,
        )


def _kind_of(one: reconciling.Deviation) -> Difference.Kind:
    if one.column:
        return _Kind.OTHERWISE
    return _Kind.ONLY_HERE if one.is_here else _Kind.ONLY_THERE


@transaction.atomic
def settle(*, scope: Scope, difference: Difference, note: str) -> Difference:
    """Say how a difference is explained or put right.

    Raises RuleError AAN-06 without words, ConflictError where a colleague was first.
    """
    policies.check_can_manage_care(scope, difference.main_contractor_id)
    rows = Difference.objects.visible_to(scope).select_for_update(of=("self",))
    row = rows.get(pk=difference.pk)
    if row.settled_at is not None:
        raise ConflictError(_("A colleague explained this difference before."))
    if not note.strip():
        raise RuleError("AAN-06", _("Say how the difference is explained or put right."))
    row.settled_at, row.settled_by_id = scope.at, scope.user_id or None
    row.settled_note = note.strip()
    row.save(update_fields=["settled_at", "settled_by", "settled_note"])
    audit.record(scope, "difference.settled", row)
    return row
