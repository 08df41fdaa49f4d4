"""A declaration of a thousand lines, and lines with signs that the database reads its own way."""

from __future__ import annotations

from datetime import date

import pytest

from billing.models import Declaration, DeclaredLine
from billing.services import uploads
from hoofdaannemer.core.scope import Role, Scope
from messaging.models import IncomingMessage
from tests.billing.build import JANUARY, line, moment, placement
from tests.billing.messages import declaration
from tests.billing.visitors import as_system
from tests.conftest import become
from tests.factories import World, world

AT = moment(date(2026, 2, 10))
UNPLACED = 1000


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def _document(chain: World, *, twice: bool = False) -> bytes:
    """One good line, and a thousand of the same client that name no placement."""
    placed = placement(chain)
    good = line(placed)
    lines = [good, *(line(placed, number=1 + place) for place in range(UNPLACED))]
    if twice:
        lines.append(good)
    return declaration(chain, JANUARY, *((str(placed.client.bsn), one) for one in lines))


def _received(chain: World, document: bytes) -> IncomingMessage:
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=AT))
    message = uploads.receive(scope=scope, raw=document)
    as_system()
    return message


def test_the_good_line_goes_on(chain: World) -> None:
    assert _received(chain, _document(chain)).state == "handled"
    declared = Declaration.objects.get()
    assert (declared.line_count, declared.rejected_count) == (UNPLACED + 1, UNPLACED)


def test_a_broken_rule_within_the_message_undoes_it_all(chain: World) -> None:
    message = _received(chain, _document(chain, twice=True))
    assert message.state == "rejected"
    assert set(message.findings.values_list("rule", flat=True)) == {"TR101", "TR416"}
    assert not Declaration.objects.exists()
    assert not DeclaredLine.objects.exists()


@pytest.mark.parametrize("sign", ["\\", "\\N", "a\\tb"])
def test_signs_that_mean_something_to_the_database_stay_as_they_are(
    chain: World, sign: str
) -> None:
    placed = placement(chain)
    odd = line(placed, reference=sign)
    _received(chain, declaration(chain, JANUARY, (str(placed.client.bsn), odd)))
    assert DeclaredLine.objects.get().reference == sign
