"""After the command nothing needs the older key: whatever is encrypted, in whatever table."""

from __future__ import annotations

import base64
import json
from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from hoofdaannemer.accounts.models import AuthenticatorApp
from hoofdaannemer.core import crypto, rekeying
from hoofdaannemer.scenarios.logins import second_factor_key
from messaging.exchange import content
from messaging.exchange.models import IncomingMessage
from subcontracts.models import Client

NEW = "next:" + base64.b64encode(bytes(range(32))).decode()


def values_beginning_with(head: bytes) -> Counter[str]:
    """How many values of each binary column begin so."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'bytea'"
        )
        for table, column in cursor.fetchall():
            name, where = (connection.ops.quote_name(part) for part in (table, column))
            cursor.execute(
                f"SELECT count(*) FROM {name} WHERE substring({where} FROM 1 FOR %s) = %s",  # noqa: S608
                [len(head), head],
            )
            found[f"{table}.{column}"] = cursor.fetchone()[0]
    return +found


def renewed() -> Counter[str]:
    out = StringIO()
    call_command("renew_encryption", json=True, stdout=out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    return +Counter({f"{one['table']}.{one['column']}": one["renewed"] for one in told})


def test_everything_is_written_under_the_new_key(
    canary: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying, "BATCH", 3)
    old_head = crypto.current_head()
    before = values_beginning_with(old_head)
    # Of each kind the scenario holds some, or the rest would prove nothing.
    assert {
        "accounts_authenticatorapp.key",
        "messaging_incomingmessage.content",
        "messaging_outgoingmessage.content",
        "qualifications_evidence.file_content",
        "subcontracts_client.bsn",
    } <= set(before)
    settings.DATA_KEYS = [NEW, *settings.DATA_KEYS]
    assert renewed() == before
    assert values_beginning_with(old_head) == Counter()
    assert values_beginning_with(crypto.current_head()) == before
    assert renewed() == Counter()  # nothing is left to do

    settings.DATA_KEYS = [NEW]
    for app in AuthenticatorApp.objects.select_related("user"):
        assert app.key == second_factor_key(app.user.email)
    # Of clients whose take-over was undone nothing is kept.
    names = {client.surname for client in Client.objects.all()} - {""}
    assert names
    assert all(name.startswith("Kanarie") for name in names)
    assert all(b"<" in content.opened(row) for row in IncomingMessage.objects.all())


def test_a_value_whose_key_is_gone_is_not_lost(canary: None, settings: Any) -> None:
    old = settings.DATA_KEYS
    settings.DATA_KEYS = [NEW]
    with pytest.raises(ImproperlyConfigured):
        renewed()
    settings.DATA_KEYS = old
    for app in AuthenticatorApp.objects.select_related("user"):
        assert app.key == second_factor_key(app.user.email)
