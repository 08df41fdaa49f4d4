"""How often terms were met in time, by leg and by subcontractor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db.models import Count, F, Q

from hoofdaannemer.core.scope import Scope
from messaging.models import Leg
from subcontracts.models import Deadline

#: Days over which it is counted: long enough for figures that rest on something.
DAYS: Final = 90
#: Whose turn it is.
THEIRS, OURS, MUNICIPALITIES = "theirs", "ours", "municipalities"


@dataclass(frozen=True)
class Share:
    """How many terms came due, and how many of them were met in time."""

    in_time: int = 0
    due: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.in_time + other.in_time, self.due + other.due)

    @property
    def percentage(self) -> int | None:
        """Rounded down, so that one hundred means all of them; None where nothing came due."""
        return 100 * self.in_time // self.due if self.due else None


@dataclass
class Timeliness:
    """The shares by leg, in all and for each subcontractor, whose name is the key."""

    of_leg: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    of_subcontractor: dict[str, dict[str, Share]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Share))
    )


def timeliness(scope: Scope) -> Timeliness:
    """Of the terms that came due lately, counted in one statement.

    A term that runs on its last day has not come due yet.
    """
    in_time = Q(met_at__isnull=False) & Q(met_at__date__lte=F("due_date"))
    rows = (
        Deadline.objects.visible_to(scope)
        .listed_for(scope)
        .filter(due_date__gt=scope.today - timedelta(days=DAYS), due_date__lte=scope.today)
        .exclude(met_at=None, due_date=scope.today)
        # Where nothing is relayed, what is due below is nobody's but ours, and counts above.
        .exclude(leg=Leg.DOWN, provider_organisation=None)
        .order_by()
        .values_list("leg", "kind", "placement__provider_organisation__name")
        .annotate(in_time=Count("pk", filter=in_time), due=Count("pk"))
    )
    found = Timeliness()
    for leg, kind, name, met, due in rows:
        share, whose = Share(met, due), _whose(leg, kind)
        found.of_leg[whose] += share
        if name is not None:
            found.of_subcontractor[name][whose] += share
    return found


def _whose(leg: str, kind: str) -> str:
    if leg == Leg.DOWN:
        return THEIRS
    return MUNICIPALITIES if kind == Deadline.Kind.ANSWER else OURS
