"""The life of an account: invited, given roles, blocked, ended. By HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import (
    AuthenticatorApp,
    Invitation,
    Membership,
    OpenSession,
    User,
)
from hoofdaannemer.accounts.services import invitations, roles
from hoofdaannemer.audit.models import ChangeRecord, RefusedAttempt
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import STAFF, Role, Scope
from tests.accounts.people import (
    PASSWORD,
    Parties,
    appointment,
    code_for,
    key_shown,
    link_in_mail,
    log_in,
    mailed,
    member,
)


@pytest.fixture
def administrator(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.ADMINISTRATOR)


@pytest.fixture
def delegate(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.SUBCONTRACTOR_ADMIN)


def invite(client: Client, **data: Any) -> Any:
    defaults = {"email": "nieuw@voorbeeld.test", "name": "Noor Jansen", "role": "controller"}
    return client.post("/gebruikers/uitnodigen/", {**defaults, **data})


def test_from_invitation_to_the_first_page(client: Client, administrator: Membership) -> None:
    log_in(client, administrator)
    assert invite(client).headers["Location"] == "/gebruikers/"
    assert mailed()[-1].to == ["nieuw@voorbeeld.test"]
    link = link_in_mail()
    newcomer = Client()
    assert newcomer.get(link).status_code == 200
    weak = newcomer.post(link, {"password": "kort", "again": "kort"})
    assert weak.context["form"].errors["password"]
    differs = newcomer.post(link, {"password": PASSWORD, "again": PASSWORD + "!"})
    assert differs.context["form"].errors["again"]
    answer = newcomer.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.headers["Location"] == "/inloggen/tweede-stap/instellen/"
    code = code_for(key_shown(newcomer.get("/inloggen/tweede-stap/instellen/")))
    codes = newcomer.post("/inloggen/tweede-stap/instellen/", {"code": code}).context["codes"]
    assert newcomer.get("/account/").status_code == 200
    assert newcomer.get("/gebruikers/").status_code == 403  # a controller manages nobody
    # The link worked once, and a stranger who finds it later gets nothing.
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 404
    # A lost phone: a recovery code works, once.
    for status in (302, 200):
        again = Client()
        again.post("/inloggen/", {"username": "nieuw@voorbeeld.test", "password": PASSWORD})
        tried = again.post("/inloggen/tweede-stap/", {"code": codes[0].upper()})
        assert tried.status_code == status
    scopes.apply(scopes.system())
    verbs = set(ChangeRecord.objects.values_list("verb", flat=True))
    assert {"user.invited", "invitation.accepted", "second_factor.recovered"} <= verbs


@pytest.mark.parametrize("role", sorted(STAFF))
def test_administrator_invites_own_people(
    client: Client, administrator: Membership, role: Role
) -> None:
    log_in(client, administrator)
    assert invite(client, role=role).status_code == 302
    scopes.apply(scopes.system())
    made = Membership.objects.get(user__email="nieuw@voorbeeld.test")
    assert (made.role, made.main_contractor_id) == (role, administrator.main_contractor_id)
    assert made.started_at is None


def test_administrator_invites_others(
    client: Client, administrator: Membership, at: Parties
) -> None:
    log_in(client, administrator)
    assert invite(client, role="subcontractor_admin").context["form"].errors
    sent = invite(client, role="subcontractor_admin", organisation=at.practice.pk)
    assert sent.status_code == 302
    sent = invite(client, role="municipal_viewer", municipality=at.municipality.pk)
    assert sent.status_code == 302
    assert invite(client, role="auditor").context["form"].errors
    assert invite(client, role="auditor", last_day="01-01-2020").context["form"].errors
    assert invite(client, role="auditor", last_day="31-12-2098").status_code == 302
    scopes.apply(scopes.system())
    made = {one.role: one for one in Membership.objects.filter(user__name="Noor Jansen")}
    assert made["subcontractor_admin"].organisation_id == at.practice.pk
    assert made["municipal_viewer"].municipality_id == at.municipality.pk
    assert timezone.localdate(made["auditor"].ended_at).isoformat() == "2099-01-01"


def test_foreign_subcontractor_is_no_choice(
    client: Client, administrator: Membership, at: Parties
) -> None:
    log_in(client, administrator)
    answer = invite(client, role="subcontractor_admin", organisation=at.other_practice.pk)
    assert answer.context["form"].errors["organisation"]


def test_delegate_invites_for_the_own_organisation_only(
    client: Client, delegate: Membership, at: Parties
) -> None:
    log_in(client, delegate)
    assert invite(client, role="controller").context["form"].errors["role"]
    sent = invite(client, role="subcontractor_user", organisation=at.other_practice.pk)
    assert sent.status_code == 302
    scopes.apply(scopes.system())
    made = Membership.objects.get(user__email="nieuw@voorbeeld.test")
    assert made.organisation_id == at.practice.pk
    assert made.main_contractor_id == delegate.main_contractor_id


def test_service_refuses_what_the_form_does_not_offer(
    system: Scope, at: Parties, administrator: Membership, delegate: Membership
) -> None:
    admin, own = selectors.scope_in(administrator), selectors.scope_in(delegate)
    refused = [
        (admin, appointment(at, Role.SUBCONTRACTOR_USER)),
        (admin, appointment(at, Role.CONTROLLER, other=True)),
        (own, appointment(at, Role.CONTROLLER)),
        (own, appointment(at, Role.SUBCONTRACTOR_USER, other=True)),
        (selectors.scope_in(member(system, at, Role.CONTROLLER)), appointment(at, Role.CONTROLLER)),
    ]
    for scope, asked in refused:
        with pytest.raises(NotAllowedError):
            invitations.invite(scope=scope, email="a@b.test", name="A", appointment=asked)


def test_nobody_gives_itself_a_role(client: Client, administrator: Membership, at: Parties) -> None:
    log_in(client, administrator)
    own = administrator.user
    answer = client.post(f"/gebruikers/{own.pk}/rol/", {"role": "controller"})
    assert "ACC-01" in str(answer.context["form"].errors)
    answer = invite(client, email=own.email)
    assert "ACC-01" in str(answer.context["form"].errors)
    client.post(f"/gebruikers/rollen/{administrator.pk}/beeindigen/")
    client.post(f"/gebruikers/{own.pk}/blokkeren/")
    client.post(f"/gebruikers/{own.pk}/tweede-stap/")
    scopes.apply(scopes.system())
    administrator.refresh_from_db()
    own.refresh_from_db()
    assert administrator.ended_at is None
    assert own.is_active
    assert AuthenticatorApp.objects.filter(user=own).exists()
    assert Membership.objects.filter(user=own).count() == 1


def test_a_known_address_gets_the_same_answer(
    client: Client,
    system: Scope,
    at: Parties,
    administrator: Membership,
) -> None:
    elsewhere = member(system, at, Role.CONTROLLER, other=True)
    User.objects.filter(pk=elsewhere.user_id).update(name="Iemand Anders")
    log_in(client, administrator)
    known = invite(client, email=elsewhere.user.email)
    new = invite(client)
    assert (known.status_code, known.headers["Location"]) == (
        new.status_code,
        new.headers["Location"],
    )
    # Until the invitation is accepted the list does not tell the name of who has an account.
    listed = client.get("/gebruikers/").content.decode()
    assert elsewhere.user.email in listed
    assert "Iemand Anders" not in listed
    detail = client.get(f"/gebruikers/{elsewhere.user_id}/").content.decode()
    assert "Iemand Anders" not in detail
    link = link_in_mail(-2)
    before = elsewhere.user.password
    page = Client().get(link)
    assert page.context["form"] is None
    assert Client().post(link, {"password": "x", "again": "x"}).headers["Location"] == "/inloggen/"
    scopes.apply(scopes.system())
    elsewhere.user.refresh_from_db()
    assert elsewhere.user.password == before
    assert len(selectors.memberships_of(elsewhere.user)) == 2


def test_twice_the_same_role_is_refused(client: Client, administrator: Membership) -> None:
    log_in(client, administrator)
    invite(client)
    assert "ACC-05" in str(invite(client).context["form"].errors)


def test_a_new_link_replaces_the_old_one(client: Client, administrator: Membership) -> None:
    log_in(client, administrator)
    invite(client)
    scopes.apply(scopes.system())
    made = Membership.objects.get(user__email="nieuw@voorbeeld.test")
    client.post(f"/gebruikers/rollen/{made.pk}/uitnodiging/")
    assert Client().get(link_in_mail(-2)).status_code == 404
    assert Client().get(link_in_mail(-1)).status_code == 200
    client.post(f"/gebruikers/rollen/{made.pk}/beeindigen/")
    assert Client().get(link_in_mail(-1)).status_code == 404


def test_a_link_expires(client: Client, administrator: Membership) -> None:
    log_in(client, administrator)
    invite(client)
    scopes.apply(scopes.system())
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link_in_mail()).status_code == 404


def test_only_the_hash_of_a_link_is_kept(system: Scope, at: Parties) -> None:
    invited = invitations.invite(
        scope=system, email="a@b.test", name="A", appointment=appointment(at, Role.CONTROLLER)
    )
    token = invited.link.rstrip("/").rpartition("/")[2]
    assert bytes(invited.invitation.token_hash) == selectors.hash_of(token)
    assert token not in str(Invitation.objects.values())


def test_others_people_are_not_found(
    client: Client, system: Scope, at: Parties, administrator: Membership, delegate: Membership
) -> None:
    theirs = member(system, at, Role.CONTROLLER, other=True)
    for manager, foreign in ((administrator, theirs), (delegate, administrator)):
        browser = log_in(Client(), manager)
        number = foreign.user_id
        for path in (f"{number}/", f"{number}/rol/", f"{number}/blokkeren/"):
            assert browser.get(f"/gebruikers/{path}").status_code == 404
        for path in (f"{number}/toelaten/", f"{number}/tweede-stap/", f"{number}/blokkeren/"):
            assert browser.post(f"/gebruikers/{path}").status_code == 404
        for path in ("beeindigen/", "uitnodiging/"):
            url = f"/gebruikers/rollen/{foreign.pk}/{path}"
            assert browser.post(url).status_code == 404
        assert foreign.user.email not in browser.get("/gebruikers/").content.decode()
    scopes.apply(scopes.system())
    assert not ChangeRecord.objects.filter(verb__in=("role.ended", "user.blocked")).exists()


def test_blocked_person_is_out_at_the_next_request(
    client: Client, system: Scope, at: Parties, administrator: Membership
) -> None:
    victim = member(system, at, Role.QUALITY_OFFICER)
    session = log_in(Client(), victim)
    assert session.get("/account/").status_code == 200
    log_in(client, administrator)
    assert client.get(f"/gebruikers/{victim.user_id}/blokkeren/").status_code == 200
    client.post(f"/gebruikers/{victim.user_id}/blokkeren/")
    assert session.get("/account/").headers["Location"] == "/inloggen/?next=/account/"
    scopes.apply(scopes.system())
    assert not OpenSession.objects.filter(user=victim.user).exists()
    tried = Client().post("/inloggen/", {"username": victim.user.email, "password": PASSWORD})
    assert tried.status_code == 200
    client.post(f"/gebruikers/{victim.user_id}/toelaten/")
    scopes.apply(scopes.system())
    log_in(Client(), victim)


def test_blocked_in_the_database_is_enough(client: Client, system: Scope, at: Parties) -> None:
    someone = member(system, at, Role.CONTROLLER)
    log_in(client, someone)
    User.objects.filter(pk=someone.user_id).update(is_active=False)
    assert client.get("/account/").status_code == 302


def test_ended_role_is_gone_at_the_next_request(
    client: Client, system: Scope, at: Parties, administrator: Membership
) -> None:
    someone = member(system, at, Role.ADMINISTRATOR)
    also = member(system, at, Role.QUALITY_OFFICER, user=someone.user)
    session = log_in(Client(), someone)
    assert session.get("/gebruikers/").status_code == 200
    log_in(client, administrator)
    client.post(f"/gebruikers/rollen/{someone.pk}/beeindigen/")
    assert session.get("/gebruikers/").status_code == 403  # acts in the other role now
    assert session.get("/account/").context["request"].scope.role == Role.QUALITY_OFFICER
    client.post(f"/gebruikers/rollen/{also.pk}/beeindigen/")
    assert session.get("/account/").headers["Location"] == "/inloggen/?next=/account/"
    scopes.apply(scopes.system())
    assert RefusedAttempt.objects.filter(user=someone.user, path="/gebruikers/").count() == 1


def test_who_moved_sees_the_new_organisation_only(
    system: Scope, at: Parties, delegate: Membership
) -> None:
    session = log_in(Client(), delegate)
    assert session.get("/account/").context["request"].scope.organisation_id == at.practice.pk
    scopes.apply(scopes.system())
    roles.end_role(scope=scopes.system(), membership=delegate)
    member(scopes.system(), at, Role.SUBCONTRACTOR_ADMIN, other=True, user=delegate.user)
    scope = session.get("/account/").context["request"].scope
    assert scope.organisation_id == at.other_practice.pk


def test_an_auditors_time_runs_out(client: Client, system: Scope, at: Parties) -> None:
    auditor = member(system, at, Role.AUDITOR)
    log_in(client, auditor)
    assert client.get("/account/").status_code == 200
    scopes.apply(scopes.system())
    auditor.ended_at = timezone.now() - timedelta(days=1)
    auditor.save()
    assert client.get("/account/").status_code == 302


def test_switching_roles(client: Client, system: Scope, at: Parties) -> None:
    first = member(system, at, Role.CONTROLLER)
    second = member(system, at, Role.ADMINISTRATOR, user=first.user)
    foreign = member(system, at, Role.ADMINISTRATOR)
    log_in(client, first)
    assert client.get("/gebruikers/").status_code == 403
    before = client.session.session_key
    assert client.get("/account/rol/").status_code == 405
    client.post("/account/rol/", {"assignment": foreign.pk})
    assert client.get("/gebruikers/").status_code == 403
    client.post("/account/rol/", {"assignment": second.pk})
    assert client.get("/gebruikers/").status_code == 200
    assert client.session.session_key != before
    scopes.apply(scopes.system())
    assert OpenSession.objects.get().session_key == client.session.session_key
    client.post("/account/rol/", {"assignment": first.pk})
    assert client.get("/gebruikers/").status_code == 403


def test_who_works_elsewhere_too_is_not_blocked(
    client: Client, system: Scope, at: Parties, administrator: Membership
) -> None:
    here = member(system, at, Role.CONTROLLER)
    member(system, at, Role.CONTROLLER, other=True, user=here.user)
    log_in(client, administrator)
    for path in ("blokkeren", "tweede-stap"):
        client.post(f"/gebruikers/{here.user_id}/{path}/")
    scopes.apply(scopes.system())
    here.user.refresh_from_db()
    assert here.user.is_active
    assert not ChangeRecord.objects.filter(verb="second_factor.reset").exists()
    # The role given here can be taken away here.
    client.post(f"/gebruikers/rollen/{here.pk}/beeindigen/")
    scopes.apply(scopes.system())
    assert [m.main_contractor_id for m in selectors.memberships_of(here.user)] == [at.other_main.pk]


def test_lost_second_factor_is_removed_by_an_administrator(
    client: Client,
    system: Scope,
    at: Parties,
    administrator: Membership,
) -> None:
    someone = member(system, at, Role.CONTROLLER)
    session = log_in(Client(), someone)
    log_in(client, administrator)
    client.post(f"/gebruikers/{someone.user_id}/tweede-stap/")
    assert mailed()[-1].to == [someone.user.email]
    assert session.get("/account/").status_code == 302
    scopes.apply(scopes.system())
    assert ChangeRecord.objects.get(verb="second_factor.reset").user == administrator.user
    answer = Client().post("/inloggen/", {"username": someone.user.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/inloggen/tweede-stap/instellen/"


def test_ended_role_cannot_be_ended_again(system: Scope, at: Parties) -> None:
    someone = member(system, at, Role.CONTROLLER)
    roles.end_role(scope=system, membership=someone)
    with pytest.raises(RuleError) as refusal:
        roles.end_role(scope=scopes.system(), membership=someone)
    assert refusal.value.code == "ACC-06"


def test_list_does_not_ask_more_for_more_people(
    client: Client,
    system: Scope,
    at: Parties,
    administrator: Membership,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    for _number in range(5):
        member(system, at, Role.CONTROLLER)
    log_in(client, administrator)
    with django_assert_max_num_queries(18):
        page = client.get("/gebruikers/")
    assert page.context["count"] == 6
    found = client.get("/gebruikers/?status=active&role=administrator")
    assert found.context["count"] == 1
    export = client.get("/gebruikers/?_export=csv")
    assert len(b"".join(export.streaming_content).splitlines()) == 7  # type: ignore[attr-defined]
