"""An office acts for practices: under a mandate, in what it covers, while it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from billing.models import AccountChange, Declaration, DeclaredLine, MonthDraft
from billing.selectors.offices import next_to_declare, practices
from billing.services import account_changes, disputes, fte, month_page, months
from billing.services.account_changes import NewAccount
from billing.services.disputes import Asked
from billing.services.month_page import Entry
from hoofdaannemer.accessmatrix import names
from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import (
    MandateStep,
    OfficeMandate,
    Organisation,
    OutgoingMail,
    User,
)
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import mandates, offices, roles
from hoofdaannemer.accounts.services.mandates import NewMandate
from hoofdaannemer.audit.models import AccessRecord, ChangeRecord, RefusedAttempt
from hoofdaannemer.audit.words import said
from hoofdaannemer.core import mandates as covering
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope, system
from subcontracts.models import Client as CareClient
from subcontracts.models import Placement, Subcontract
from subcontracts.services import deliveries
from tests.billing.balans import Office, withdrawn
from tests.billing.build import placement
from tests.conftest import become
from tests.factories import Party, World, party, professional, world

ENDED = Month.of(timezone.localdate()).previous()
_numbers = count(1)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def office(chain: World) -> Office:
    return Office(chain)


@pytest.fixture
def neighbour(chain: World) -> Party:
    """A second practice, which gave no mandate."""
    goods = [chain.products["guidance"]]
    return party(chain.system, chain.main, chain.youth, "Praktijk Buur", "pxq", goods)


def test_one_login_declares_for_two_practices_each_under_its_own_mandate(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Every record names who did it, for whom, and under which mandate."""
    placed = {of: placement(chain, of) for of in (chain.pxq, neighbour)}
    held = {of: office.held(of) for of in placed}
    client = office.browser()
    home = client.get("/kantoor/")
    assert [row["practice"].to_fill for row in home.context["rows"]] == [1, 1]
    page = reverse("month_page", args=[str(ENDED)])
    for of, mine in placed.items():
        become(system())
        act = reverse("office_mandate_act", args=[held[of].pk])
        assert client.post(act, {"next": page}).url == page
        shown = client.get(page)
        assert [card.card.placement.pk for card in shown.context["rows"]] == [mine.pk]
        assert of.organisation.name in shown.content.decode()
        client.post(page, {f"volume_{mine.pk}": "3", "hand_in": "1"})
    become(system())
    for of, mine in placed.items():
        made = Declaration.objects.get(provider_organisation=of.organisation)
        record = ChangeRecord.objects.get(verb="month.handed_in", row=made.pk)
        who = (record.user_id, record.acting_organisation, record.mandate)
        assert who == (office.person.pk, of.organisation.pk, held[of].pk)
        seen = AccessRecord.objects.filter(client=mine.client_id).values_list("mandate", flat=True)
        assert set(seen) == {held[of].pk}
    rows = client.get("/kantoor/").context["rows"]
    assert [(row["practice"].to_fill, row["practice"].done) for row in rows] == [(0, 1), (0, 1)]


def test_an_office_sees_nothing_of_who_gave_no_mandate(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Acting for one practice, the other's care is not there; acting for none, no care is."""
    mine, other = placement(chain), placement(chain, neighbour)
    scope = office.acting(office.held(chain.pxq))
    assert set(Placement.objects.all()) == {mine}
    become(office.scope())
    assert not Placement.objects.exists()
    client = office.browser()
    assert [row["practice"].name for row in client.get("/kantoor/").context["rows"]] == [
        chain.pxq.organisation.name
    ]
    become(system())
    client.post(reverse("office_mandate_act", args=[OfficeMandate.objects.get().pk]))
    assert client.get(reverse("placement_detail", args=[other.pk])).status_code == 404
    assert client.get(reverse("placement_detail", args=[mine.pk])).status_code == 200
    assert scope.organisation_id == chain.pxq.organisation.pk


def test_a_withdrawn_mandate_refuses_the_next_click(office: Office, chain: World) -> None:
    """With who withdrew it and why; then one is back among one's practices."""
    placed = placement(chain)
    mandate = office.held(chain.pxq)
    client = office.browser()
    page = reverse("month_page", args=[str(ENDED)])
    client.post(reverse("office_mandate_act", args=[mandate.pk]), {"next": page})
    assert client.get(page).status_code == 200
    withdrawn(office, mandate, chain.pxq)
    refused = client.post(page, {f"volume_{placed.pk}": "3", "hand_in": "1"})
    assert refused.status_code == 403
    assert "Ik doe het zelf" in refused.content.decode()
    become(system())
    assert not Declaration.objects.exists()
    attempt = RefusedAttempt.objects.get(path=page)
    assert (attempt.user_id, attempt.acting_organisation) == (office.person.pk, office.row.pk)
    assert client.get("/kantoor/").context["rows"] == []
    become(system())
    act = client.post(reverse("office_mandate_act", args=[mandate.pk]))
    assert act.url == "/kantoor/"


def test_the_database_shows_nothing_once_a_mandate_is_over(office: Office, chain: World) -> None:
    """Also to a request that began before, in whatever role it claims; nor does it take records."""
    placement(chain)
    mandate = office.held(chain.pxq)
    scope = office.acting(mandate)
    assert Placement.objects.count() == 1
    withdrawn(office, mandate, chain.pxq)
    for claimed in (scope, replace(scope, role=Role.SYSTEM)):
        become(claimed)
        assert not Placement.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT app_role()")
            assert cursor.fetchone() == ("lapsed",)
    assert not selectors.still_acts(scope)


@pytest.mark.parametrize("days", [1, -1])
def test_a_mandate_holds_on_its_days_only(days: int, office: Office, chain: World) -> None:
    today = timezone.localdate()
    mandate = office.held(chain.pxq, end_date=today + timedelta(days=2))
    assert office.acting(mandate).subjects == set(Subject.values)
    become(system())
    at = timezone.now() + (timedelta(days=3) if days > 0 else timedelta(days=-1))
    assert not OfficeMandate.objects.in_force(at).exists()
    assert OfficeMandate.objects.in_force(timezone.now()).exists()


def test_nobody_borrows_a_mandate(office: Office, chain: World, neighbour: Party) -> None:
    """A mandate of one practice opens no other, and nobody outside the office uses it."""
    placement(chain, neighbour)
    mandate = office.held(chain.pxq)
    scope = office.acting(mandate)
    become(replace(scope, organisation_id=neighbour.organisation.pk))
    assert not Placement.objects.exists()
    become(system())
    stranger = chain.at(Role.CONTROLLER, at=timezone.now())
    become(replace(scope, user_id=stranger.user_id))
    assert not Placement.objects.exists()
    become(system())
    roles.end_role(scope=system(), membership=office.membership)
    become(scope)
    assert not Placement.objects.exists()


def test_what_a_mandate_does_not_cover_is_refused_by_page_and_by_service(
    office: Office, chain: World
) -> None:
    mandate = office.held(chain.pxq, Subject.STATEMENTS)
    client = office.browser()
    client.post(reverse("office_mandate_act", args=[mandate.pk]))
    pages = ("statement_list", "month_current", "dispute_list", "account_change_list")
    answers = [client.get(reverse(name)).status_code for name in pages]
    assert answers == [200, 403, 403, 403]
    become(system())
    scope = office.acting(mandate)
    account = NewAccount(iban="NL91ABNA0417164300", account_holder="Praktijk", reason="Anders")
    with pytest.raises(NotAllowedError), transaction.atomic():
        account_changes.ask(scope=scope, subcontractor=chain.pxq.subcontractor, account=account)
    assert not AccountChange.objects.exists()
    with pytest.raises(NotAllowedError):
        mandates.give(
            scope=replace(scope, role=Role.SUBCONTRACTOR_ADMIN),
            mandate=NewMandate(
                office_kvk=office.row.kvk,
                subjects=["declare"],
                start_date=scope.today,
                end_date=None,
                ground="doorgeven",
            ),
        )


def test_each_subject_does_what_it_says(office: Office, chain: World) -> None:
    """Declaring, starting, reporting FTE and disputing go through under a mandate for all."""
    placed = placement(chain, start=ENDED.first, end=None)
    # As a message to the municipality wants them.
    CareClient.objects.filter(pk=placed.client_id).update(initials="AB")
    scope = office.acting(office.held(chain.pxq))
    start = deliveries.report_start(scope=scope, placement=placed, begin=ENDED.first)
    month_page.hand_in(scope=scope, month=ENDED, entries={placed.pk: Entry(volume=3)})
    become(system())
    assert start.placement_id == placed.pk
    assert DeclaredLine.objects.get().is_approved
    months.run_month(scope=system(), main_contractor_id=chain.main.pk, month=ENDED)
    become(scope)
    line = chain.pxq.subcontractor.statements.get().lines.first()
    assert line is not None
    one = disputes.ask(scope=scope, line=line, asked=Asked(text="Waarom?", expected=None))
    disputes.withdraw(scope=scope, dispute=one)
    become(system())
    worker = professional(system(), chain.fte)
    reporting = office.acting(office.held(chain.fte, Subject.FTE))
    assert chain.fte.line is not None
    report = fte.open_report(scope=reporting, funding_line=chain.fte.line, month=ENDED)
    fte.save(scope=reporting, report=report, rows={worker.pk: 1})
    fte.hand_in(scope=reporting, report=report)
    become(system())
    unnamed = ChangeRecord.objects.filter(user=office.person, role=Role.SUBCONTRACTOR_USER)
    assert unnamed.exists()
    assert not unnamed.filter(mandate=0).exists()


def test_an_office_goes_from_one_practice_to_the_next(
    office: Office, chain: World, neighbour: Party
) -> None:
    """In a circle over those whose month asks for something; a returned line asks for it too."""
    mine = placement(chain)
    placement(chain, neighbour)
    first, second = office.held(chain.pxq), office.held(neighbour)
    scope = office.acting(first)
    month_page.hand_in(scope=scope, month=ENDED, entries={mine.pk: Entry(volume=99)})
    become(office.scope())
    by_name = {one.name: one for one in practices(office.scope(), ENDED)}
    assert by_name[chain.pxq.organisation.name].returned == 1
    assert by_name["Praktijk Buur"].to_fill == 1
    assert next_to_declare(office.scope(), ENDED, first.pk) == second
    assert next_to_declare(office.scope(), ENDED, second.pk) == first
    become(scope)
    month_page.hand_in(scope=scope, month=ENDED, entries={mine.pk: Entry(volume=3)})
    become(office.scope())
    assert next_to_declare(office.scope(), ENDED, second.pk) is None
    client = office.browser()
    answer = client.post(reverse("office_next", args=[str(ENDED)]))
    assert answer.url == reverse("month_page", args=[str(ENDED)])
    assert client.session[selectors.MANDATE] == second.pk


def test_a_page_left_open_of_one_practice_overwrites_nothing_of_another(
    office: Office, chain: World, neighbour: Party
) -> None:
    """In one tab an office goes on to the next practice; the other tab keeps what was typed."""
    mine, theirs = placement(chain), placement(chain, neighbour)
    office.held(chain.pxq)
    mandate = office.held(neighbour)
    client = office.browser()
    page = reverse("month_page", args=[str(ENDED)])
    client.post(reverse("office_mandate_act", args=[mandate.pk]), {"next": page})
    client.post(page, {f"volume_{theirs.pk}": "3", "autosave": "1"})
    client.post(page, {f"volume_{mine.pk}": "7", "autosave": "1"})
    become(system())
    kept = MonthDraft.objects.values_list("placement", "volume")
    assert list(kept) == [(theirs.pk, 3)]


def test_a_main_contractor_refuses_an_office_where_its_contract_says_so(
    office: Office, chain: World
) -> None:
    mandate = office.held(chain.pxq)
    manager = become(chain.at(Role.CONTRACT_MANAGER, at=timezone.now()))
    assert OfficeMandate.objects.visible_to(manager).get() == mandate
    with pytest.raises(RuleError, match="MND-05"):
        mandates.refuse(scope=manager, mandate=mandate, reason="Niet onafhankelijk")
    become(system())
    Subcontract.objects.filter(pk=chain.pxq.subcontract.pk).update(may_refuse_office=True)  # type: ignore[union-attr]
    become(manager)
    with pytest.raises(RuleError, match="MND-07"):
        mandates.refuse(scope=manager, mandate=mandate, reason=" ")
    mandates.refuse(scope=manager, mandate=mandate, reason="Niet onafhankelijk")
    assert not OfficeMandate.objects.in_force(timezone.now()).exists()
    with pytest.raises(ConflictError):
        mandates.refuse(scope=manager, mandate=mandate, reason="Nog eens")
    become(system())
    told = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.OFFICE_MANDATE)
    assert told.filter(user=office.person).count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"office_kvk": "12345678"}, "MND-01"),
        ({"subjects": ()}, "MND-02"),
        ({"start_date": timezone.localdate() - timedelta(days=1)}, "MND-03"),
        ({"end_date": timezone.localdate() - timedelta(days=1)}, "MND-03"),
        ({"ground": " "}, "MND-06"),
        ({"document": b"<html>"}, "MND-06"),
    ],
)
def test_a_mandate_says_whom_what_when_and_why(
    changes: dict[str, object], code: str, office: Office, chain: World
) -> None:
    with pytest.raises(RuleError, match=code):
        office.given(chain.pxq, **changes)


def test_an_office_holds_one_mandate_of_a_practice_at_a_time(office: Office, chain: World) -> None:
    """A wider one is another mandate, after the first was withdrawn; both stay to read."""
    first = office.held(chain.pxq, Subject.STATEMENTS)
    with pytest.raises(RuleError, match="MND-04"):
        office.given(chain.pxq)
    withdrawn(office, first, chain.pxq)
    second = office.given(chain.pxq)
    become(office.scope())
    mandates.leave(scope=office.scope(), mandate=second)
    become(system())
    kinds = list(MandateStep.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["accepted", "withdrawn", "declined"]


def test_who_is_no_administrator_gives_nothing_and_who_is_not_asked_accepts_nothing(
    office: Office, chain: World, neighbour: Party
) -> None:
    mandate = office.given(chain.pxq)
    for role in (Role.SUBCONTRACTOR_USER, Role.SUBCONTRACTOR_ADMIN):
        scope = become(chain.at(role, chain.pxq, at=timezone.now()))
        with pytest.raises(NotAllowedError):
            mandates.accept(scope=scope, mandate=mandate)
    become(office.scope())
    with pytest.raises(NotAllowedError):
        mandates.withdraw(scope=office.scope(), mandate=mandate)
    scope = become(chain.at(Role.SUBCONTRACTOR_ADMIN, neighbour, at=timezone.now()))
    with pytest.raises(OfficeMandate.DoesNotExist):
        mandates.withdraw(scope=scope, mandate=mandate)


def test_an_office_has_people_of_its_own_kind(office: Office, chain: World) -> None:
    """It is nobody's subcontractor, and no care organisation is an office."""
    user = User.objects.create_user("iemand@voorbeeld.test", name="Iemand")
    for role, organisation in (
        (Role.SUBCONTRACTOR_ADMIN, office.row),
        (Role.OFFICE_USER, chain.pxq.organisation),
    ):
        with pytest.raises(RuleError, match="MND-10"):
            roles.give_role(
                scope=system(),
                user=user,
                appointment=Appointment(role, chain.main.pk, organisation.pk),
            )
    with pytest.raises(RuleError, match="MND-08"):
        offices.take_in(scope=system(), name="Anders", kvk=chain.pxq.organisation.kvk)
    with pytest.raises(NotAllowedError):
        offices.take_in(scope=office.scope(), name="Anders", kvk="90999902")
    assert Organisation.objects.filter(kind=Organisation.Kind.OFFICE).get() == office.row


def test_no_subject_covers_what_stays_with_who_gave_it() -> None:
    """Accounts, signing, people, keys, mandates and logs are under no subject."""
    never = (
        "account_change",
        "subcontract_",
        "user_",
        "role_",
        "token_",
        "office_",
        "self_billing",
    )
    # What is expected to be paid is read with what was paid, and is no page of the contract.
    paid = {"subcontract_forecast", "subcontract_forecast_xlsx"}
    assert [name for name in covering.covered_pages() - paid if name.startswith(never)] == []
    assert not any("record_list" in name for name in covering.covered_pages())
    assert covering.covered_pages() <= set(names())


def test_what_an_office_did_has_words_in_the_log() -> None:
    for verb in ("given", "accepted", "declined", "returned", "withdrawn", "refused", "entered"):
        assert said(f"office_mandate.{verb}") != f"office_mandate.{verb}"
