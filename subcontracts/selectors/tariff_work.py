"""What tariffs in the open ask of somebody now, for the work list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import TariffBuildup, TariffInvitation, TariffReaction, TariffRound
from subcontracts.words import tariff_text
from subcontracts.worklist import WorkItem

TO_SETTLE: Final = gettext_lazy("Tariffs to settle")
TO_DECIDE: Final = gettext_lazy("Tariff rounds to decide about")
TO_REACT: Final = gettext_lazy("Tariffs on which you may react")


def items(scope: Scope) -> Iterator[WorkItem]:
    """What a contract manager settles or decides, and what a subcontractor is asked."""
    if scope.role == Role.CONTRACT_MANAGER:
        yield from _to_settle(scope)
        yield from _to_decide(scope)
    elif scope.role in SUBCONTRACTOR:
        yield from _to_react(scope)


def _to_settle(scope: Scope) -> Iterator[WorkItem]:
    """Versions that a colleague drew up and that give a tariff."""
    rows = (
        TariffBuildup.objects.visible_to(scope)
        .filter(status=TariffBuildup.Status.DRAFT)
        .exclude(amount=None)
        .exclude(prepared_by=scope.user_id)
        .select_related("product")
    )
    for row in rows:
        if row.amount is not None:
            yield WorkItem(
                kind=TO_SETTLE,
                text=str(row),
                url=reverse("buildup_detail", args=[row.pk]),
                verb=_("Settle version"),
                detail=tariff_text(row.amount, row.unit),
            )


def _to_decide(scope: Scope) -> Iterator[WorkItem]:
    """Rounds of which the reactions are closed, and those that a colleague laid before one."""
    closed = Q(status=TariffRound.Status.OPEN, closes_on__lt=scope.today)
    submitted = Q(status=TariffRound.Status.SUBMITTED) & ~Q(submitted_by=scope.user_id)
    for row in TariffRound.objects.visible_to(scope).filter(closed | submitted):
        is_open = row.status == TariffRound.Status.OPEN
        yield WorkItem(
            kind=TO_DECIDE,
            text=str(row),
            url=reverse("tariff_round_detail", args=[row.pk]),
            verb=_("Answer reactions") if is_open else _("Decide"),
            due=row.effective_date - timedelta(days=1),
            detail=_("from %(day)s") % {"day": date_long(row.effective_date)},
        )


def _to_react(scope: Scope) -> Iterator[WorkItem]:
    """Rounds in which the own organisation said nothing yet of a product it was asked about."""
    said = TariffReaction.objects.visible_to(scope).filter(line=OuterRef("line"))
    waiting = TariffInvitation.objects.visible_to(scope).exclude(Exists(said))
    rows = TariffRound.objects.visible_to(scope).filter(
        pk__in=waiting.values("round"),
        status=TariffRound.Status.OPEN,
        closes_on__gte=scope.today,
    )
    for row in rows:
        yield WorkItem(
            kind=TO_REACT,
            text=str(row),
            url=reverse("tariff_round_detail", args=[row.pk]),
            verb=_("React"),
            due=row.closes_on,
            detail=_("from %(day)s") % {"day": date_long(row.effective_date)},
        )
