"""The logins of the canary scenario: one a role and party."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.scenarios.canary import catalogue
from hoofdaannemer.scenarios.canary.cast import (
    OFFICE_NAME,
    PROVIDER_NAMES,
    STAFF_NAMES,
    VIEWER_NAME,
    address,
)


@dataclass(frozen=True)
class Login:
    """Somebody of the canary scenario in a role. `user_id` 0 is nobody."""

    email: str
    role: Role
    party: str
    user_id: int = 0
    membership_id: int = 0

    def scope(self) -> Scope:
        """The scope in which this person acts now."""
        return selectors.scope_in(Membership.objects.get(pk=self.membership_id))


#: Somebody who has not logged in.
STRANGER = Login("", Role.NOBODY, "")


def logins() -> list[Login]:
    """One login of each role in each party. Raises RuleError SCE-02 before canary is loaded."""
    wanted = _addresses()
    held = Membership.objects.active().filter(user__email__in=wanted).select_related("user")
    found = {
        one.user.email: Login(
            one.user.email, Role(one.role), wanted[one.user.email], one.user_id, one.pk
        )
        for one in held.order_by("pk")
    }
    if not found:
        raise RuleError("SCE-02", "Load the scenario canary first: manage.py scenario load canary")
    return [found[email] for email in wanted if email in found]


def _addresses() -> dict[str, str]:
    """E-mail address and party, leaving out second people in the same role."""
    found: dict[str, str] = {}
    for task in catalogue.TASKS:
        found |= _of(task.main, STAFF_NAMES)
    for _main, provider in catalogue.RELATIONS:
        found |= _of(provider, PROVIDER_NAMES)
    for party in catalogue.MUNICIPALITIES:
        found[address(VIEWER_NAME, party)] = party
    for party in catalogue.OFFICES:
        found[address(OFFICE_NAME, party)] = party
    return found


def _of(party: str, people: Mapping[str, Role]) -> dict[str, str]:
    first: dict[Role, str] = {}
    for name, role in people.items():
        first.setdefault(role, name)
    return {address(name, party): party for name in first.values()}
