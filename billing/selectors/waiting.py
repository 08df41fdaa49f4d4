"""What of declarations waits behind the verdict; for the health of the message traffic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import Declaration
from billing.models.readers import MONEY
from hoofdaannemer.core.scope import Scope
from messaging.exchange.health import Waiting

#: Under which name the work of `tasks.entitle_declared` gives its sign of life.
ENTITLE: Final = "entitle-declared"


def waiting(scope: Scope) -> Iterable[Waiting]:
    """Declarations of which the entitlements are still to be recorded, for who handles money."""
    if scope.role not in MONEY:
        return
    rows = Declaration.objects.visible_to(scope).filter(entitled_at=None)
    found = rows.aggregate(count=Count("pk"), oldest=Min("recorded_at"))
    yield Waiting(
        label=_("Declarations with a verdict, of which the entitlements are not recorded yet"),
        count=found["count"],
        oldest=found["oldest"],
        normal=timedelta(minutes=settings.WAITING_MINUTES),
        url=f"{reverse('declaration_list')}?entitled=waiting",
    )
