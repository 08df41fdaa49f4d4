"""The canary scenario for the tests of separation: loaded in a transaction, gone after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from hoofdaannemer import scenarios
from hoofdaannemer.accessmatrix import Login, logins
from hoofdaannemer.accounts import entry
from hoofdaannemer.accounts.models import AuthenticatorApp, User
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.scenarios.canary import catalogue

_OF_NORTH = {catalogue.NORTH, catalogue.ALFA, catalogue.GAMMA}
_OF_SOUTH = {catalogue.SOUTH, catalogue.BETA, catalogue.GAMMA}
#: Names that a login of a party may meet: its own, and those it works with.
SEES: dict[str, set[str]] = {
    catalogue.NORTH: {*_OF_NORTH, catalogue.OFFICE, catalogue.BUREAU},
    catalogue.SOUTH: {*_OF_SOUTH, catalogue.BUREAU},
    catalogue.ALFA: {catalogue.ALFA, catalogue.NORTH, catalogue.OFFICE},
    catalogue.BETA: {catalogue.BETA, catalogue.SOUTH, catalogue.BUREAU},
    catalogue.GAMMA: {catalogue.GAMMA, catalogue.NORTH, catalogue.SOUTH, catalogue.BUREAU},
    catalogue.OFFICE: {catalogue.OFFICE, catalogue.ALFA},
    catalogue.BUREAU: {catalogue.BUREAU, catalogue.BETA, catalogue.GAMMA},
    catalogue.WAD: {catalogue.NORTH},
    catalogue.DUNE: {catalogue.NORTH, catalogue.SOUTH},
}
STAFF_PARTIES = (catalogue.NORTH, catalogue.SOUTH)
#: Longer than the tests of the folder take.
LASTS = timedelta(hours=1)


@contextmanager
def loaded() -> Iterator[None]:
    """Load the scenario in a transaction that is rolled back."""
    with transaction.atomic():
        scenarios.load("canary")
        yield
        transaction.set_rollback(True)


def as_system() -> None:
    """Let the test see everything again after a request."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
    scopes.apply(scopes.system())


def browser(login: Login) -> Client:
    """A browser in which this person has logged in with the second factor."""
    # The static files' middleware warns of a folder that is not there.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    client = Client(raise_request_exception=False)
    if login.user_id:
        as_system()
        user = User.objects.get(pk=login.user_id)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        # Else each request would note that it was seen, for each is undone.
        session[entry.SEEN] = timezone.now().timestamp() + LASTS.total_seconds()
        device = AuthenticatorApp.objects.filter(user=user).first()
        if device is not None:
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


def everybody() -> list[Login]:
    """All logins of the scenario."""
    as_system()
    return logins()


#: Where a municipality meets the subcontractors under its own contracts, which show them.
SHOWS_SUBCONTRACTORS = frozenset({"release_subcontractors", "release_subcontractors_file"})


def secrets_of_others(login: Login, page: str = "") -> list[str]:
    """Names and numbers that this person may meet nowhere, or not on this page."""
    seen = {*SEES[login.party]}
    if page in SHOWS_SUBCONTRACTORS:
        seen |= _providers_under(login)
    named = (*catalogue.ORGANISATIONS, *catalogue.OFFICES)
    hidden = [name for name in named if name not in seen]
    if login.party not in STAFF_PARTIES:
        # That a municipality exists is no secret to who chooses one; whose client one is, is.
        hidden += [
            name
            for name in catalogue.MUNICIPALITIES
            if name != login.party and name not in _municipalities_of(login)
        ]
    for case in catalogue.CASES:
        mine = case.main == login.party or login.party in case.providers
        if not mine:
            hidden += [case.bsn, case.surname]
    return hidden


def _providers_under(login: Login) -> set[str]:
    """Who works under contracts with this municipality; nobody for any other party."""
    mains = {task.main for task in catalogue.TASKS if login.party in task.shares}
    return {provider for main, provider in catalogue.RELATIONS if main in mains}


def _municipalities_of(login: Login) -> set[str]:
    """Whose clients one serves: their name is on everything."""
    tasks = [task for task in catalogue.TASKS if task.main in SEES[login.party]]
    return {name for task in tasks for name in task.shares}
