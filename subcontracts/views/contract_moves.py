"""Moves of care on the page of a subcontract: those from it, and those that brought care to it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import CARE, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import CareMove, Subcontract
from subcontracts.selectors.moving import of_contract


def move_table(scope: Scope, contract: Subcontract) -> dict[str, Any]:
    """Each with how many placements moved; for who may open it."""
    rows = list(_rows(scope, contract)) if scope.role in CARE else []
    return {
        "caption": _("Moves of care"),
        "headers": [
            _("First day elsewhere"),
            _("From"),
            _("Reason"),
            _("Status"),
            _("Moved"),
            _("Remaining"),
        ],
        "rows": rows,
    }


def _rows(scope: Scope, contract: Subcontract) -> Any:
    moves = of_contract(scope, contract).exclude(status=CareMove.Status.DISCARDED)
    for move in moves.with_counts().select_related("subcontract__provider_organisation"):
        yield (
            format_html(
                '<a class="ha-link" href="{}">{}</a>',
                reverse("care_move_detail", args=[move.pk]),
                date_nl(move.day),
            ),
            move.subcontract.provider_organisation.name,
            move.get_reason_display(),
            move.get_status_display(),
            getattr(move, "moved", 0),
            getattr(move, "remaining", 0),
        )
