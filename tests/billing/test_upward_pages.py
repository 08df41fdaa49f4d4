"""The controller looks at what goes up, sends it, and decides about what came back."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from billing import worklist
from billing.models import UpwardDeclaration, UpwardLine
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.lineage import RECEIVED, SENT, Ref, story
from subcontracts.models import Client, UpwardTariff
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.services.upward_terms import set_terms
from tests.billing.build import JANUARY, declare, placement, priced
from tests.billing.upward import after, answer_to, answered, part, pay_by_unit, receive, send
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world


@pytest.fixture
def chain(system: Scope) -> World:
    made = world(system)
    pay_by_unit(made)
    return made


def month_url(chain: World, month: Month = JANUARY) -> str:
    return reverse("upward_month", args=[part(chain).pk, str(month)])


def test_it_says_where_the_contract_pays_what_was_allocated(chain: World) -> None:
    """A 323 carries what was delivered, whatever is paid."""
    browser = visitor(chain, Role.CONTROLLER)
    assert browser.get(month_url(chain)).context["basis"] == ""
    as_system()
    set_terms(
        scope=chain.system,
        contract=chain.youth,
        start_date=chain.youth.start_date,
        values={"pxq_basis": "allocated"},
    )
    browser = visitor(chain, Role.CONTROLLER)
    assert browser.get(month_url(chain)).context["basis"]


def test_looked_at_and_confirmed(chain: World) -> None:
    seen, sealed = placement(chain), placement(chain)
    much = placement(chain, volume=1)
    declare(chain, priced(seen, 3), priced(sealed, 2), priced(much, 1))
    type(much.allocation).objects.filter(pk=much.allocation_id).update(is_deleted=True)
    Client.objects.filter(pk=sealed.client_id).update(is_sealed=True)
    browser = visitor(chain, Role.CONTROLLER)
    overview = browser.get(reverse("upward_overview")).content.decode()
    assert reverse("upward_month", args=[part(chain).pk, "2026-01"])[:-8] in overview
    page = browser.get(month_url(chain))
    text = page.content.decode()
    # The sealed client counts in the sums, and stands nowhere.
    assert "€ 350,00" in text.replace("\xa0", " ")
    assert seen.client.pseudonym in text
    assert much.client.pseudonym in text
    assert "TR384" in text
    assert sealed.client.pseudonym not in text
    as_system()
    assert not UpwardDeclaration.objects.exists()
    browser.post(month_url(chain), {"seen": "something else"})
    as_system()
    assert not UpwardDeclaration.objects.exists()
    answer = browser.post(month_url(chain), {"seen": page.context["found"].digest})
    as_system()
    declaration = UpwardDeclaration.objects.get()
    assert answer.headers["Location"] == declaration.get_absolute_url()
    assert (declaration.submitted, declaration.line_count) == (Decimal("350.00"), 2)
    detail = browser.get(declaration.get_absolute_url()).content.decode()
    assert seen.client.pseudonym in detail
    assert sealed.client.pseudonym not in detail
    as_system()
    listed = browser.get(reverse("upward_declaration_list")).content.decode()
    assert declaration.number in listed
    exported = browser.get(reverse("upward_declaration_list"), {"_export": "csv"})
    assert declaration.number in b"".join(exported.streaming_content).decode()


def test_others_look_at_most(chain: World) -> None:
    declare(chain, priced(placement(chain), 3))
    declaration = send(chain)
    manager = visitor(chain, Role.CONTRACT_MANAGER)
    assert manager.get(declaration.get_absolute_url()).status_code == 200
    assert manager.get(month_url(chain)).status_code == 403
    for role in (Role.SUBCONTRACTOR_USER, Role.MUNICIPAL_VIEWER, Role.QUALITY_OFFICER):
        other = visitor(chain, role)
        assert other.get(declaration.get_absolute_url()).status_code == 403
        as_system()


def test_refused_lines_come_on_the_work_list_and_are_decided(chain: World) -> None:
    declare(chain, priced(placement(chain), 3), priced(placement(chain), 5))
    declaration = send(chain)
    first, second = declaration.lines.order_by("line")
    answered(chain, declaration, **{first.reference: "9321", second.reference: "9338"})
    scope = become(chain.at(Role.CONTROLLER, at=after(JANUARY)))
    addresses = [one.url for one in worklist.items(scope)]
    assert declaration.get_absolute_url() in addresses
    browser = visitor(chain, Role.CONTROLLER)
    page = browser.get(declaration.get_absolute_url()).content.decode()
    # The return code in plain words, and what can be done.
    assert "(9321)" in page
    assert reverse("upward_line_again", args=[first.pk]) in page
    browser.post(reverse("upward_line_again", args=[first.pk]))
    give_up = reverse("upward_line_give_up", args=[second.pk])
    assert browser.get(give_up).status_code == 200
    browser.post(give_up, {"reason": ""})
    as_system()
    assert UpwardLine.objects.undecided().get() == second
    browser.post(give_up, {"reason": "Geen zorg van ons."})
    as_system()
    second.refresh_from_db()
    assert (second.decision, second.decision_reason) == ("given_up", "Geen zorg van ons.")
    become(scope)
    assert declaration.get_absolute_url() not in [one.url for one in worklist.items(scope)]


def test_a_refused_line_of_a_sealed_client_is_decided_about_without_its_name(chain: World) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    Client.objects.filter(pk=placed.client_id).update(is_sealed=True)
    declaration = send(chain)
    row = declaration.lines.get()
    answered(chain, declaration, **{row.reference: "9321"})
    scope = become(chain.at(Role.CONTROLLER, at=after(JANUARY)))
    (item,) = [one for one in worklist.items(scope) if one.url == declaration.get_absolute_url()]
    assert item.is_sealed
    page = visitor(chain, Role.CONTROLLER).get(declaration.get_absolute_url()).content.decode()
    assert placed.client.pseudonym not in page
    assert reverse("upward_line_again", args=[row.pk]) in page


def test_a_month_to_declare_and_a_refused_declaration_are_work(chain: World) -> None:
    declare(chain, priced(placement(chain), 3))
    scope = become(chain.at(Role.CONTROLLER, at=after(JANUARY)))
    assert month_url(chain) in [one.url for one in worklist.items(scope)]
    as_system()
    declaration = send(chain)
    become(scope)
    assert month_url(chain) not in [one.url for one in worklist.items(scope)]
    as_system()
    receive(chain, answer_to(declaration, header="0001"))
    become(scope)
    assert {declaration.get_absolute_url(), month_url(chain)} <= {
        one.url for one in worklist.items(scope)
    }
    page = visitor(chain, Role.CONTROLLER).get(declaration.get_absolute_url())
    assert month_url(chain) in page.content.decode()


def test_the_contract_keeps_tariffs_and_messages(system: Scope) -> None:
    chain = world(system)
    browser = visitor(chain, Role.CONTRACT_MANAGER)
    tariff = reverse("municipal_contract_tariff", args=[chain.youth.pk])
    asked = {"product": chain.products["guidance"].pk, "amount": "", "first": "01-01-2026"}
    assert browser.post(tariff, asked).status_code == 200
    as_system()
    assert not UpwardTariff.objects.exists()
    browser.post(tariff, asked | {"amount": "70,00", "first": "15-01-2026"})
    browser.post(tariff, asked | {"amount": "72,50", "first": "01-03-2026"})
    as_system()
    first, second = UpwardTariff.objects.order_by("start_date")
    assert (str(first.start_date), str(first.end_date)) == ("2026-01-01", "2026-02-28")
    assert (second.amount, second.end_date) == (Decimal("72.50"), None)
    messages = reverse("municipal_contract_messages_in_use", args=[chain.youth.pk])
    filled = {
        "start_date": "01-04-2026",
        "messages": ["323", "301", "305"],
        "number_first": "900000000",
        "number_last": "999999999",
    }
    browser.post(messages, filled)
    as_system()
    assert exchange_on(chain.youth, date(2026, 4, 1)).messages == ["301", "305", "323"]
    page = browser.get(reverse("municipal_contract_detail", args=[chain.youth.pk]))
    assert "72,50" in page.content.decode()
    assert visitor(chain, Role.CONTROLLER).get(tariff).status_code == 403


def test_command(chain: World) -> None:
    declare(chain, priced(placement(chain), 3))
    out = io.StringIO()
    call_command("send_declaration", "2026-01", "--json", "--dry-run", stdout=out)
    assert not UpwardDeclaration.objects.exists()
    call_command("send_declaration", "2026-01", "--json", stdout=out)
    call_command("send_declaration", "2026-01", "--json", stdout=out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    of_first = [one for one in told if one["municipality"] == chain.municipality.code]
    assert [(one["lines"], one["amount"]) for one in of_first] == [
        (1, "210.00"),
        (1, "210.00"),
        (0, "0.00"),
    ]
    assert of_first[1]["declaration"] == UpwardDeclaration.objects.get().number
    assert of_first[2]["rule"] == "BIL-74"
    with pytest.raises(CommandError, match="2026-03"):
        call_command("send_declaration", "januari")
    running = str(Month.of(timezone.localdate()))
    with pytest.raises(CommandError, match="could not be declared"):
        call_command("send_declaration", running, stdout=io.StringIO())


def test_from_a_line_upward_to_the_lines_below(chain: World) -> None:
    placed = placement(chain)
    below = declare(chain, priced(placed, 3)).declaration
    declaration = send(chain)
    answer = receive(chain, answer_to(declaration))
    upward = Ref("upward_declaration", declaration.pk)
    sent = Ref(SENT, declaration.message_id)
    scope = become(chain.at(Role.CONTROLLER))
    for start in (Ref("placement", placed.pk), sent):
        told = story(scope, start)
        above = {one.node.ref: one.follows.ref for one in told.lines if one.follows}
        assert above[upward] == Ref("declaration", below.pk)
        assert above[sent] == upward
        assert above[Ref(RECEIVED, answer.pk)] == sent
    # A subcontractor is told nothing of what goes up.
    provider = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq))
    told = story(provider, Ref("placement", placed.pk))
    assert upward not in {one.node.ref for one in told.lines}
