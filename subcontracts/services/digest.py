"""The mail of Monday morning: how much there is on somebody's work list, and what is late.

It says numbers and kinds of work, never a client: a mail lies open in other people's systems.
"""

from __future__ import annotations

from datetime import date, time
from typing import Final

from django.db import transaction
from django.utils import timezone

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import Membership, OutgoingMail, User
from hoofdaannemer.accounts.services import digest, mail
from hoofdaannemer.core.scope import SECOND_FACTOR, Scope, acting_as
from subcontracts import worklist
from subcontracts.selectors.digest import lines

#: From this hour on Monday: before people begin, with what happened in the weekend.
FROM: Final = time(6)
_MONDAY: Final = 0


def waiting(scope: Scope) -> list[int]:
    """Who may still get this week's mail: on Monday from six, whoever has a work list and wants it.

    On Tuesday it would tell late what Monday's page tells.
    """
    if _week(scope) is None:
        return []
    working = Membership.objects.visible_to(scope).active().filter(role__in=SECOND_FACTOR)
    people = User.objects.visible_to(scope).filter(wants_digest=True)
    return list(
        people.filter(pk__in=working.values("user")).order_by("pk").values_list("pk", flat=True)
    )


@transaction.atomic
def send(*, scope: Scope, user_id: int) -> bool:
    """Put this week's mail in line, unless it was made before or there is nothing to do.

    Each role's items are gathered as that role sees them.
    """
    week = _week(scope)
    if week is None or not digest.claim(scope=scope, user_id=user_id, week=week):
        return False
    items: list[worklist.WorkItem] = []
    for membership in Membership.objects.visible_to(scope).active().filter(user=user_id):
        if membership.role in SECOND_FACTOR:
            with acting_as(selectors.scope_in(membership, scope.at)) as own:
                items += worklist.items(own)
    found = lines(items, week, scope.today)
    if not found:
        return False
    context = {
        "lines": found,
        "count": sum(line.count for line in found),
        "late": sum(line.late for line in found),
        "this_week": sum(line.this_week for line in found),
        "home": mail.link("home"),
        "account": mail.link("account"),
    }
    mail.send(scope, OutgoingMail.Kind.WEEKLY_DIGEST, to=[user_id], context=context)
    return True


def _week(scope: Scope) -> date | None:
    """The Monday that it is, in the Netherlands; None at any other time."""
    here = timezone.localtime(scope.at)
    return here.date() if here.weekday() == _MONDAY and here.time() >= FROM else None
