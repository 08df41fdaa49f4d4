"""What the columns of an organisation's files mean: pointed out once, changed, forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import ColumnMapping
from billing.rules.filecolumns import NEEDED, Field, Layout, own_heads, signature
from billing.rules.ftefile import FteLayout
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope


@transaction.atomic
def remember(*, scope: Scope, heads: Sequence[str], layout: Layout) -> ColumnMapping:
    """Keep what these headings mean, in place of what was kept of the same ones.

    Raises RuleError BIL-141 where nothing says which placement a row is about, or when; BIL-142
    where one column has two meanings, or is none of the file's.
    """
    _check_may(scope)
    check(heads, layout)
    return _kept(scope, heads, signature(heads), layout)


@transaction.atomic
def remember_fte(*, scope: Scope, heads: Sequence[str], layout: FteLayout) -> ColumnMapping:
    """The same of a file of an FTE report. Raises RuleError BIL-250 as `check_fte`."""
    _check_may(scope)
    check_fte(heads, layout)
    return _kept(scope, heads, fte_signature(heads), layout)


def _kept(
    scope: Scope, heads: Sequence[str], known_by: str, layout: Layout | FteLayout
) -> ColumnMapping:
    row, _is_new = ColumnMapping.objects.visible_to(scope).update_or_create(
        provider_organisation_id=scope.organisation_id,
        signature=known_by,
        defaults={
            "heads": own_heads(heads),
            "layout": layout.as_json,
            "saved_by_id": scope.user_id or None,
            "saved_at": scope.at,
            "used_at": scope.at,
        },
    )
    audit.record(scope, "column_mapping.saved", row, columns=len(layout.columns))
    return row


@transaction.atomic
def forget(*, scope: Scope, mapping: ColumnMapping) -> None:
    """Throw a mapping away; files that were read by it stay as they are."""
    _check_may(scope)
    row = ColumnMapping.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=mapping.pk)
    audit.record(scope, "column_mapping.deleted", row)
    row.delete()


def recall(scope: Scope, heads: Sequence[str]) -> ColumnMapping | None:
    """The mapping of a file with these headings, if they were pointed out before."""
    mappings = ColumnMapping.objects.visible_to(scope)
    return mappings.filter(signature=signature(heads)).first()


def fte_signature(heads: Sequence[str]) -> str:
    """That of a file of an FTE report: the same headings mean something else in a declaration."""
    return signature([*heads, "fte_report"])


def check(heads: Sequence[str], layout: Layout) -> None:
    """Raises RuleError BIL-141 or BIL-142, as `remember`."""
    lacking = [one for one in NEEDED if one not in layout.columns]
    if lacking or not {Field.MONTH, Field.START} & layout.columns.keys():
        raise RuleError(
            "BIL-141",
            _("Point out at least the number of the placement, and the month or the first day."),
        )
    said = list(layout.columns.values())
    if len(set(said)) < len(said) or not set(said) <= set(heads):
        raise RuleError(
            "BIL-142", _("Each column has one meaning. Choose another for one of them.")
        )


def check_fte(heads: Sequence[str], layout: FteLayout) -> None:
    """Raises RuleError BIL-250 where nothing says who or how much, or a column has two meanings."""
    said = list(layout.columns.values())
    if not layout.is_enough or len(set(said)) < len(said) or not set(said) <= set(heads):
        raise RuleError(
            "BIL-250",
            _("Point out in which column the FTE stands, and in which the number or the name."),
        )


def _check_may(scope: Scope) -> None:
    if scope.role not in SUBCONTRACTOR:
        raise NotAllowedError(_("Only the organisation that delivers the care does this."))
