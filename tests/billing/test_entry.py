"""A declaration made by hand: its mistake is told before it is sent, and its 325 comes at once."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from billing.models import Declaration
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.exchange.entry import typed
from messaging.istandaard import parse
from messaging.models import IncomingMessage, OutgoingMessage
from tests.billing.build import JANUARY, line, placement
from tests.billing.messages import declaration
from tests.billing.visitors import as_system, visitor
from tests.factories import World, world

PAGE = "message_entry"
TOTAL = "Declaratie/TotaalIngediendBedrag/TotaalBedrag"
LINE = "Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"


def as_typed(chain: World, page: Any) -> dict[str, str]:
    """The declaration of one good line, as somebody would type it in the form that was opened."""
    placed = placement(chain)
    raw = declaration(chain, JANUARY, (str(placed.client.bsn), line(placed, reference="A1")))
    message = parse(raw).message
    assert message is not None
    desk = page.context["desk"]
    town = f"{chain.main.pk}-{chain.municipality.code}"
    return {**typed.values_of(message), "_number": desk.number, "_destination": town}


def test_a_practice_declares_by_a_323(system: Scope) -> None:
    chain = world(system)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    address, check = reverse(PAGE, args=["jw323"]), reverse(f"{PAGE}_check", args=["jw323"])
    page = browser.get(address)
    as_system()
    form = as_typed(chain, page)
    assert form[f"{LINE}/IngediendBedrag/Bedrag"] == form[TOTAL]

    wrong = {**form, TOTAL: "1,00"}
    told = browser.post(check, wrong).context["wrong"]
    assert [(one.remark.rule, one.remark.path) for one in told] == [
        ("TR358", TOTAL.rpartition("/")[0])
    ]
    kept = browser.post(address, {**wrong, "_send": "1"})
    assert kept.context["desk"].values[TOTAL] == "1,00"
    as_system()
    assert not Declaration.objects.exists()

    answer = browser.post(address, {**form, "_send": "1"})
    as_system()
    row = IncomingMessage.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    assert (row.state, row.source) == ("handled", "portal")
    assert Declaration.objects.get().status == "approved"
    reply = parse(opened(OutgoingMessage.objects.get(in_reply_to=row))).message
    assert reply is not None
    assert reply.number == "325"


def test_a_line_can_be_added_to_each_client(system: Scope) -> None:
    chain = world(system)
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    address = reverse(PAGE, args=["jw323"])
    page = browser.get(address)
    as_system()
    form = as_typed(chain, page)
    lines = LINE.removesuffix("[1]")
    second = browser.post(address, {**form, "_add": "Declaratie/Clienten/Client"})
    texts = second.context["desk"].values
    assert texts.items() >= {k: v for k, v in form.items() if not k.startswith("_")}.items()
    inner = lines.replace("Client[1]", "Client[2]")
    third = browser.post(address, {**texts, "_add": inner}).context["desk"].values
    assert f"{inner}[2]/ProductReferentie/ReferentieNummer" in third
    assert f"{lines}[2]/ProductReferentie/ReferentieNummer" not in third
