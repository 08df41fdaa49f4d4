"""The money's part of a story: what was declared of a placement, and its answer."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from billing.models import Declaration
from billing.services import uploads
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.lineage import RECEIVED, SENT, Ref, story
from messaging.models import IncomingMessage, OutgoingMessage
from tests.billing.build import JANUARY, declare, line, moment, placement
from tests.billing.messages import declaration
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import world

AT = moment(date(2026, 2, 10))


def test_a_declaration_follows_from_the_placements_in_it(system: Scope) -> None:
    chain = world(system)
    first, second = placement(chain), placement(chain)
    lines = [(str(one.client.bsn), line(one)) for one in (first, second)]
    sender = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=AT))
    received = uploads.receive(scope=sender, raw=declaration(chain, JANUARY, *lines))
    declared = Ref("declaration", Declaration.objects.get().pk)
    answer = Ref(SENT, OutgoingMessage.objects.get(message_type="325").pk)
    message = Ref(RECEIVED, received.pk)
    for role in (Role.CONTROLLER, Role.CONTRACT_MANAGER):
        told = story(become(chain.at(role)), Ref("placement", first.pk))
        below = {one.node.ref: one.follows.ref for one in told.lines if one.follows}
        assert below[message] == Ref("placement", first.pk)
        assert below[declared] == below[answer] == message
        # What else is declared in it is on the page of the declaration.
        assert Ref("placement", second.pk) not in below
        assert told.clients == {first.client_id}
    coordinator = become(chain.at(Role.CARE_COORDINATOR))
    seen = {one.node.ref for one in story(coordinator, message).lines}
    assert seen == {message, answer}


def test_what_was_declared_on_the_month_page_stands_below_the_placement(system: Scope) -> None:
    chain = world(system)
    placed = placement(chain)
    declare(chain, line(placed))
    assert not IncomingMessage.objects.exists()
    told = story(become(chain.at(Role.CONTROLLER)), Ref("placement", placed.pk))
    assert [one.node.ref.kind for one in told.lines] == ["allocation", "placement", "declaration"]
    browser = visitor(chain, Role.CONTROLLER)
    page = browser.get(reverse("placement_lineage", args=[placed.pk]))
    as_system()
    address = reverse("declaration_detail", args=[Declaration.objects.get().pk])
    assert address in page.content.decode()
