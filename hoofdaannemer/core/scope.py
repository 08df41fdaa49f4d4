"""Who acts, for whom, and at which moment: the one object that every selector and service takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles of the access policy; a person acts in one at a time."""

    CONTRACT_MANAGER = "contract_manager", _("contract manager")
    CARE_COORDINATOR = "care_coordinator", _("care coordinator")
    CONTROLLER = "controller", _("controller")
    QUALITY_OFFICER = "quality_officer", _("quality officer")
    ADMINISTRATOR = "administrator", _("administrator")
    SUBCONTRACTOR_ADMIN = "subcontractor_admin", _("subcontractor administrator")
    SUBCONTRACTOR_USER = "subcontractor_user", _("subcontractor user")
    OFFICE_USER = "office_user", _("administration office")
    MUNICIPAL_VIEWER = "municipal_viewer", _("municipal viewer")
    AUDITOR = "auditor", _("auditor")
    SYSTEM = "system", _("system")
    NOBODY = "nobody", _("nobody")


#: Roles of the main contractor's own people.
STAFF = frozenset(
    {
        Role.CONTRACT_MANAGER,
        Role.CARE_COORDINATOR,
        Role.CONTROLLER,
        Role.QUALITY_OFFICER,
        Role.ADMINISTRATOR,
    }
)
#: Roles of a subcontractor's or own team's people.
SUBCONTRACTOR = frozenset({Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER})
#: Roles that work with clients, messages, allocations and placements.
CARE = frozenset({Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR})
#: Roles for which a second factor is asked.
SECOND_FACTOR = STAFF | SUBCONTRACTOR | {Role.OFFICE_USER, Role.AUDITOR}


@dataclass(frozen=True)
class Scope:
    """A role and the party it acts for. No party is 0, never None: None finds ownerless rows.

    `at` is the moment this request or task began; only the scenario loader sets another.
    """

    role: Role
    user_id: int = 0
    main_contractor_id: int = 0
    organisation_id: int = 0
    municipality_id: int = 0
    #: Key of the received document that is being handled: what is done meanwhile follows from it.
    handling: int = 0
    #: The mandate under which an office acts for the organisation, and what it covers; 0 for none.
    mandate_id: int = 0
    subjects: frozenset[str] = frozenset()
    at: datetime = field(default_factory=timezone.now)

    @property
    def today(self) -> date:
        """The calendar day of `at` in Europe/Amsterdam."""
        return timezone.localdate(self.at)

    @property
    def is_system(self) -> bool:
        """Whether no person acts."""
        return self.role == Role.SYSTEM

    def moved_to(self, at: datetime) -> Scope:
        """Return the same scope at another moment (scenario loader only)."""
        return replace(self, at=at)


#: A request before or without a role: sees nothing.
NOBODY = Scope(role=Role.NOBODY, at=datetime.min.replace(tzinfo=timezone.get_fixed_timezone(0)))


def system(at: datetime | None = None, *, main_contractor_id: int = 0) -> Scope:
    """Return the scope of work without a person; made only in tasks, handlers and commands."""
    return Scope(role=Role.SYSTEM, main_contractor_id=main_contractor_id, at=at or timezone.now())


def apply(scope: Scope) -> tuple[str, ...]:
    """Set the row-level-security settings for the rest of this transaction; return the old ones.

    For a municipal viewer it also steps down to a database role without access to client-level
    tables. Raises TransactionManagementError outside a transaction, where nothing would hold.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a scope holds inside a transaction only")
    municipal = scope.role == Role.MUNICIPAL_VIEWER
    return _set(
        scope.role.value,
        str(scope.user_id),
        str(scope.main_contractor_id),
        str(scope.organisation_id),
        str(scope.municipality_id),
        str(scope.mandate_id),
        settings.DATABASE_MUNICIPAL_ROLE if municipal else "none",
    )


@contextmanager
def acting_as(scope: Scope) -> Iterator[Scope]:
    """Open a transaction in which the database shows what `scope` may see.

    Nested, the outer scope's settings come back at the end.
    """
    with transaction.atomic():
        before = apply(scope)
        yield scope
        if not connection.needs_rollback:
            _set(*before)


@contextmanager
def on_behalf_of(scope: Scope, main_contractor_id: int) -> Iterator[Scope]:
    """Let the main contractor's administration react to what another party did.

    A subcontractor that reports a start may not see the other placements of the allocation, but
    the report upward depends on them. Services use this at such points only; a test lists them.
    The user stays on record.
    """
    widened = replace(scope, role=Role.SYSTEM, main_contractor_id=main_contractor_id)
    if widened == scope:  # the system sees everything, so there is nothing to widen
        with transaction.atomic():
            yield scope
        return
    with acting_as(widened):
        yield widened


#: The settings that policies read; the last is PostgreSQL's own: the role one has stepped down to.
_NAMES = (
    "app.role",
    "app.user",
    "app.main_contractor",
    "app.organisation",
    "app.municipality",
    "app.mandate",
    "role",
)
_READ = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _NAMES)
_WRITE = ", ".join(f"set_config('{name}', %s, true)" for name in _NAMES)


def _set(*values: str) -> tuple[str, ...]:
    """Write the settings; return what they were. A select list is evaluated from left to right."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_READ}, {_WRITE}", values)
        return tuple((cursor.fetchone() or ())[: len(_NAMES)])
