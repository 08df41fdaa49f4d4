"""An authenticator app: its key is readable by nobody, its codes are those of the standard."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from hoofdaannemer.accounts.models import AuthenticatorApp, Membership
from hoofdaannemer.accounts.services import second_factor
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Role, Scope
from tests.accounts.people import (
    PASSWORD,
    Parties,
    app_of,
    code_for,
    key_shown,
    log_in,
    member,
)

ENROL = "/inloggen/tweede-stap/instellen/"
#: The key of the examples in RFC 6238, appendix B.
RFC_KEY = b"12345678901234567890".hex()


@pytest.fixture
def controller(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.CONTROLLER)


def stored() -> str:
    """Everything in the database as text: all rows of all tables, and what sessions hold."""
    scopes.apply(scopes.system())
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in sorted(tables):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT part::text FROM {name} part")  # noqa: S608  (a table's name)
            found += [row[0] for row in cursor.fetchall()]
    found += [repr(session.get_decoded()) for session in Session.objects.all()]
    return "\n".join(found).lower()


def written_as(key: str) -> set[str]:
    """The key in the forms in which a program or a database would show it, in lower case."""
    raw = bytes.fromhex(key)
    texts = {key, base64.b32encode(raw).decode(), base64.b64encode(raw).decode(), repr(raw)[2:-1]}
    return {text.lower() for text in texts} | {text.encode().hex() for text in texts}


def test_no_key_stands_readable_in_the_database(client: Client, controller: Membership) -> None:
    client.post("/inloggen/", {"username": controller.user.email, "password": PASSWORD})
    waiting = key_shown(client.get(ENROL))
    assert not {text for text in written_as(waiting) if text in stored()}
    client.post(ENROL, {"code": code_for(waiting)})
    assert AuthenticatorApp.objects.get().key == waiting
    second = key_shown(client.get("/account/app/"))
    everything = stored()
    for key in (waiting, second):
        assert not {text for text in written_as(key) if text in everything}
    # The search would find a key that is stored as the library did.
    Session.objects.create(session_key="x", session_data="", expire_date=timezone.now())
    Session.objects.filter(session_key="x").update(session_data=waiting)
    assert waiting in stored()


def test_a_waiting_key_is_of_no_use_to_another(
    system: Scope, at: Parties, controller: Membership
) -> None:
    other = member(system, at, Role.CONTROLLER).user
    kept = second_factor.sealed(RFC_KEY, controller.user)
    assert second_factor.opened(kept, controller.user) == RFC_KEY
    with pytest.raises(InvalidTag):
        second_factor.opened(kept, other)


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(
    controller: Membership, monkeypatch: pytest.MonkeyPatch, moment: int, code: str
) -> None:
    app = AuthenticatorApp.objects.create(user=controller.user, name="app", key=RFC_KEY)
    monkeypatch.setattr("hoofdaannemer.accounts.models.second_factor.time.time", lambda: moment)
    assert app.verify_token(code)
    assert not app.verify_token(code)  # used up


@pytest.mark.parametrize("late", [-2, -1, 0, 1, 2])
def test_a_code_is_accepted_half_a_minute_early_or_late(
    controller: Membership, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    app = AuthenticatorApp.objects.create(user=controller.user, name="app", key=RFC_KEY)
    moment = 59 + 30 * late
    monkeypatch.setattr("hoofdaannemer.accounts.models.second_factor.time.time", lambda: moment)
    assert app.verify_token("287082") is (abs(late) <= 1)


def test_each_wrong_code_doubles_the_wait(controller: Membership) -> None:
    app = app_of(controller.user)
    waits = []
    for _attempt in range(3):
        assert not app.verify_token("geen")
        is_allowed, reason = app.verify_is_allowed()
        assert not is_allowed
        waits.append((reason["locked_until"] - app.throttling_failure_timestamp).total_seconds())
        app.throttling_failure_timestamp = timezone.now() - timedelta(hours=1)
    assert waits == [1, 2, 4]


def test_the_picture_says_what_every_app_understands(controller: Membership) -> None:
    app = AuthenticatorApp(user=controller.user, key=RFC_KEY)
    email = controller.user.email.replace("@", "%40")
    assert app.address == (
        f"otpauth://totp/Hoofdaannemer%3A{email}?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&algorithm=SHA1&digits=6&period=30&issuer=Hoofdaannemer"
    )


def test_a_session_from_before_asks_for_a_code(client: Client, controller: Membership) -> None:
    log_in(client, controller)
    session = client.session
    session["otp_device_id"] = f"otp_totp.totpdevice/{app_of(controller.user).pk}"
    session.save()
    assert client.get("/account/").headers["Location"] == "/inloggen/tweede-stap/"
