"""Who gets the weekly mail about the work list, and who has had it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from hoofdaannemer.accounts.models import User, WeeklyDigest
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope


@transaction.atomic
def choose(*, scope: Scope, user: User, wanted: bool) -> None:
    """Switch one's own weekly mail on or off."""
    user.wants_digest = wanted
    user.save(update_fields=["wants_digest"])
    audit.record(scope, "user.digest_chosen", user, wanted=wanted)


def claim(*, scope: Scope, user_id: int, week: date) -> bool:
    """Whether this person's mail of the week is the caller's to make; for one caller it is.

    Another that asks meanwhile waits until the first has ended, and gets the turn where it failed.
    """
    _row, is_new = WeeklyDigest.objects.get_or_create(
        user_id=user_id, week=week, defaults={"made_at": scope.at}
    )
    return is_new
