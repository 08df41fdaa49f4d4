"""API keys, the logs, break-glass, the demo's mail and the first main contractor."""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from hoofdaannemer.accounts import context, selectors
from hoofdaannemer.accounts.models import ApiToken, Membership
from hoofdaannemer.accounts.services import roles, tokens
from hoofdaannemer.audit import services as audit
from hoofdaannemer.audit.words import DEEDS, THINGS, said
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from tests.accounts.people import Parties, log_in, mailed, member
from tests.architecture import sources

NAMES = ("inzage", "wijzigingen", "geweigerd")


@pytest.fixture
def delegate(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.SUBCONTRACTOR_ADMIN)


def make_key(client: Client) -> str:
    values = {"label": "EPD", "may_send": "on", "may_fetch": "on"}
    return str(client.post("/api-sleutels/nieuw/", values).context["raw"])


def test_a_key_opens_something(client: Client, delegate: Membership) -> None:
    log_in(client, delegate)
    response = client.post("/api-sleutels/nieuw/", {"label": "EPD"})
    assert response.status_code == 200
    assert "Kies minstens een van de twee." in response.content.decode()
    scopes.apply(scopes.system())
    assert not ApiToken.objects.exists()
    with pytest.raises(RuleError, match="ACC-10"):
        tokens.create(
            scope=selectors.scope_in(delegate), label="EPD", may_send=False, may_fetch=False
        )


def test_a_key_is_shown_once_and_opens_the_own_organisation(
    client: Client, delegate: Membership, at: Parties
) -> None:
    log_in(client, delegate)
    raw = make_key(client)
    scopes.apply(scopes.system())
    token = tokens.use(raw, timezone.now())
    assert token is not None
    scope = tokens.scope_of(token, timezone.now())
    assert (scope.role, scope.organisation_id) == (Role.SUBCONTRACTOR_USER, at.practice.pk)
    assert scope.user_id == delegate.user_id
    assert raw not in client.get("/api-sleutels/").content.decode()
    assert raw not in str(ApiToken.objects.values())
    assert ApiToken.objects.get().used_at is not None
    assert tokens.use(raw + "x", timezone.now()) is None


def test_a_stopped_key_stays_stopped(client: Client, delegate: Membership) -> None:
    log_in(client, delegate)
    raw = make_key(client)
    scopes.apply(scopes.system())
    token = ApiToken.objects.get()
    assert client.get(f"/api-sleutels/{token.pk}/stoppen/").status_code == 200
    assert tokens.use(raw, timezone.now()) is not None
    client.post(f"/api-sleutels/{token.pk}/stoppen/")
    scopes.apply(scopes.system())
    assert tokens.use(raw, timezone.now()) is None


def test_a_key_ends_with_its_maker(client: Client, delegate: Membership) -> None:
    log_in(client, delegate)
    raw = make_key(client)
    scopes.apply(scopes.system())
    system = scopes.system()
    roles.block(scope=system, user=delegate.user)
    assert tokens.use(raw, timezone.now()) is None
    roles.unblock(scope=system, user=delegate.user)
    assert tokens.use(raw, timezone.now()) is not None
    roles.end_role(scope=system, membership=delegate)
    assert tokens.use(raw, timezone.now()) is None


def test_who_moved_takes_no_key_along(client: Client, delegate: Membership, at: Parties) -> None:
    log_in(client, delegate)
    raw = make_key(client)
    scopes.apply(scopes.system())
    roles.end_role(scope=scopes.system(), membership=delegate)
    member(scopes.system(), at, Role.SUBCONTRACTOR_ADMIN, other=True, user=delegate.user)
    assert tokens.use(raw, timezone.now()) is None


def test_others_keys_are_not_found(
    client: Client, system: Scope, delegate: Membership, at: Parties
) -> None:
    other = log_in(Client(), member(system, at, Role.SUBCONTRACTOR_ADMIN, other=True))
    log_in(client, delegate)
    raw = make_key(client)
    scopes.apply(scopes.system())
    token = ApiToken.objects.get()
    assert other.get("/api-sleutels/").context["count"] == 0
    assert other.post(f"/api-sleutels/{token.pk}/stoppen/").status_code == 404
    scopes.apply(scopes.system())
    assert tokens.use(raw, timezone.now()) is not None
    with pytest.raises(NotAllowedError):
        user = member(scopes.system(), at, Role.SUBCONTRACTOR_USER)
        tokens.create(scope=selectors.scope_in(user), label="x")


def test_each_reads_its_own_part_of_the_log(system: Scope, at: Parties) -> None:
    readers = {
        name: member(system, at, role, other=other)
        for name, role, other in (
            ("administrator", Role.ADMINISTRATOR, False),
            ("controller", Role.CONTROLLER, False),
            ("coordinator", Role.CARE_COORDINATOR, False),
            ("delegate", Role.SUBCONTRACTOR_ADMIN, False),
            ("employee", Role.SUBCONTRACTOR_USER, False),
            ("stranger", Role.ADMINISTRATOR, True),
            ("other_delegate", Role.SUBCONTRACTOR_ADMIN, True),
        )
    }
    for number, name in enumerate(("controller", "coordinator", "employee", "stranger")):
        audit.looked_at(selectors.scope_in(readers[name]), [number], f"test.{name}")
    expected = {
        "administrator": {"test.controller", "test.coordinator"},
        "controller": {"test.controller"},
        "coordinator": {"test.coordinator"},
        "delegate": {"test.employee"},
        "employee": {"test.employee"},
        "stranger": {"test.stranger"},
        "other_delegate": set(),
    }
    for name, membership in readers.items():
        browser = log_in(Client(), membership)
        page = browser.get("/logboek/inzage/")
        rows = page.context["table"].rows
        assert {row.record.purpose for row in rows} == expected[name], name
        for path in NAMES:
            assert browser.get(f"/logboek/{path}/").status_code == 200
        export = browser.get("/logboek/inzage/?_export=csv")
        lines = b"".join(export.streaming_content).splitlines()  # type: ignore[attr-defined]
        assert len(lines) == 1 + len(expected[name])


def test_log_is_filtered_by_day_and_person(client: Client, system: Scope, at: Parties) -> None:
    administrator = member(system, at, Role.ADMINISTRATOR)
    scope = selectors.scope_in(administrator)
    audit.looked_at(scope, [1], "new")
    audit.looked_at(scope.moved_to(scope.at - timedelta(days=3)), [2], "old")
    log_in(client, administrator)
    today = f"{scope.today:%d-%m-%Y}"
    for query, count in (
        ("", 2),
        (f"since={today}", 1),
        (f"until={scope.today - timedelta(days=1):%d-%m-%Y}", 1),
        (f"until={today}", 2),
        ("purpose=o", 1),
        ("client=1", 1),
        (f"user={administrator.user_id}", 2),
    ):
        assert client.get(f"/logboek/inzage/?{query}").context["count"] == count, query


def test_refusals_are_logged(client: Client, system: Scope, at: Parties) -> None:
    log_in(client, member(system, at, Role.CONTROLLER))
    assert client.get("/api-sleutels/").status_code == 403
    page = client.get("/logboek/geweigerd/")
    assert [row.record.path for row in page.context["table"].rows] == ["/api-sleutels/"]


def test_demo_mail_is_shown_in_the_demo_only(
    client: Client, db: None, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_FOLDER = tmp_path
    connection = get_connection(
        "django.core.mail.backends.filebased.EmailBackend", file_path=tmp_path
    )
    body = f"Klik hier:\nhttp://127.0.0.1:8000/uitnodiging/{'abc-_' * 30}/\n\nné"
    connection.send_messages(
        [
            EmailMessage("Eerste", body, "van@x.test", ["aan@x.test"]),
            EmailMessage("Tweede", "kort", "van@x.test", ["ook@x.test"]),
        ]
    )
    settings.DEMO = True
    shown = client.get("/demo/post/").context["mails"]
    assert {one.subject for one in shown} == {"Eerste", "Tweede"}
    first = next(one for one in shown if one.subject == "Eerste")
    assert first.body.strip() == body
    page = client.get(f"/demo/post/{first.key}/").content.decode()
    assert f'href="http://127.0.0.1:8000/uitnodiging/{"abc-_" * 30}/"' in page
    assert client.get("/demo/post/..%2Fsecrets/").status_code == 404
    settings.DEMO = False
    assert client.get("/demo/post/").status_code == 404
    assert client.get(f"/demo/post/{first.key}/").status_code == 404


def test_first_main_contractor_by_command(client: Client, system: Scope) -> None:
    out = io.StringIO()
    options = {"kvk": "70000001", "agb": "40000001", "admin_email": "Baas@Voorbeeld.test"}
    call_command("create_main_contractor", name="Zorg", **options, json=True, stdout=out)
    made = json.loads(out.getvalue())
    path = "/" + made["link"].split("/", 3)[3]
    assert client.get(path).status_code == 200
    scopes.apply(scopes.system())
    invited = Membership.objects.get(main_contractor=made["main_contractor"])
    assert (invited.role, invited.user.email) == (Role.ADMINISTRATOR, "baas@voorbeeld.test")
    assert mailed()[-1].to == ["baas@voorbeeld.test"]
    with pytest.raises(CommandError):
        call_command("create_main_contractor", name="Nog een", **options)


def test_acting_tells_whom_one_is_and_may_be(client: Client, system: Scope, at: Parties) -> None:
    first = member(system, at, Role.CONTROLLER)
    second = member(system, at, Role.ADMINISTRATOR, user=first.user)
    log_in(client, first)
    request = client.get("/account/").context["request"]
    acting = context.acting(request)["acting"]
    assert acting["organisation"] == str(at.main)
    assert acting["others"] == [(second.pk, context.label_of(second))]


def test_a_new_administrator_by_command(client: Client, system: Scope, at: Parties) -> None:
    out = io.StringIO()
    person = {"email": "redder@voorbeeld.test", "name": "R. Edder"}
    call_command(
        "invite_user", main_contractor=at.main.organisation.kvk, **person, json=True, stdout=out
    )
    assert client.get("/" + json.loads(out.getvalue())["link"].split("/", 3)[3]).status_code == 200
    scopes.apply(scopes.system())
    assert Membership.objects.get(user__email=person["email"]).role == Role.ADMINISTRATOR
    for wrong in (
        {"main_contractor": "99999999", **person},
        {"main_contractor": at.main.organisation.kvk, **person},  # invited already
        {"main_contractor": at.main.organisation.kvk, "email": "geen adres", "name": "x"},
    ):
        with pytest.raises(CommandError):
            call_command("invite_user", **wrong)


def _recorded() -> Iterator[str]:
    """Every verb that the code records, as far as it stands there in full."""
    for path in sources.files():
        for node in ast.walk(sources.tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr not in {"record", "record_many"} or len(node.args) < 2:
                continue
            if isinstance(node.args[1], ast.Constant):
                yield str(node.args[1].value)


def test_the_log_speaks_in_words() -> None:
    verbs = set(_recorded())
    assert len(verbs) > 50
    told = {verb: said(verb) for verb in verbs}
    unsaid = {
        verb
        for verb in verbs
        if verb.partition(".")[0] not in THINGS or verb.partition(".")[2] not in DEEDS
    }
    assert unsaid == set()
    assert all("_" not in text for text in told.values())
    assert said("placement.made") == "Plaatsing: gemaakt"
    assert said("client.bsn") == "Cliënt: BSN getoond"
    assert said("client_list") == "Cliëntenlijst"
    assert said("unheard.of") == "Unheard: of"
