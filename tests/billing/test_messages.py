"""A 323 in, a 325 out: by the in-tray, by the upload page and by the command."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from billing.models import Declaration, DeclaredLine, Statement
from billing.services import uploads
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.istandaard import parse
from messaging.models import OutgoingMessage
from tests.billing.build import JANUARY, declare, line, moment, placement, priced
from tests.billing.messages import declaration
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, bsn, world

AT = moment(date(2026, 2, 10))


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def document(chain: World) -> bytes:
    """A good line, one of too many hours, and one of a client that nobody knows."""
    good, too_much, unknown = (placement(chain) for _ in range(3))
    return declaration(
        chain,
        JANUARY,
        (str(good.client.bsn), line(good, reference="A1")),
        (str(too_much.client.bsn), priced(too_much, 13, reference="A2")),
        (bsn(), line(unknown, reference="A3")),
    )


def test_answered_with_the_rejected_lines(chain: World, document: bytes) -> None:
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=AT))
    message = uploads.receive(scope=scope, raw=document)
    assert message.state == "handled"
    as_system()
    stored = Declaration.objects.get()
    assert (stored.status, stored.granted) == ("partly", Decimal("198.00"))
    reply = OutgoingMessage.objects.get(message_type="325")
    answer = parse(opened(reply)).message
    content = answer.answer
    assert content.return_codes == ("0200",)
    assert (content.total_submitted.cents, content.total_awarded.cents) == (125400, 19800)
    told = {
        one.reference.number: (client.return_codes, one.return_codes)
        for client in content.clients
        for one in client.service_lines
    }
    assert told == {"A2": (("0200",), ("9321",)), "A3": (("8187",), ("0233",))}


def test_the_same_document_twice_counts_once(chain: World, document: bytes) -> None:
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=AT))
    first = uploads.receive(scope=scope, raw=document)
    assert uploads.receive(scope=scope, raw=document).pk == first.pk
    as_system()
    assert Declaration.objects.count() == 1
    assert DeclaredLine.objects.count() == 3


def test_upload_page_checks_first_and_hands_in(chain: World, document: bytes) -> None:
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)

    def send(button: str) -> object:
        upload = SimpleUploadedFile("d.xml", document, content_type="application/xml")
        return browser.post(
            reverse("declaration_upload"), {"file": upload, button: "1"}, follow=True
        )

    checked = send("check")
    assert b"TR321" in checked.content  # type: ignore[attr-defined]
    as_system()
    assert not Declaration.objects.exists()
    send("hand_in")
    as_system()
    detail = browser.get(reverse("declaration_detail", args=[Declaration.objects.get().pk]))
    assert b"TR321" in detail.content
    nonsense = SimpleUploadedFile("d.xml", b"<a/>", content_type="application/xml")
    page = browser.post(reverse("declaration_upload"), {"file": nonsense, "check": "1"})
    assert b"BIL-60" in page.content


def test_command_gives_one_line_of_json_a_service_line(
    chain: World, document: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "d.xml"
    file.write_bytes(document)
    out = io.StringIO()
    call_command("check_declaration", str(file), "--json", stdout=out)
    *lines, totals = [json.loads(text) for text in out.getvalue().splitlines()]
    assert lines == [
        {"line": 1, "reference": "A1", "accepted": True, "codes": []},
        {"line": 2, "reference": "A2", "accepted": False, "codes": ["9321"]},
        {"line": 3, "reference": "A3", "accepted": False, "codes": ["8187"]},
    ]
    assert totals == {"submitted": "1254.00", "granted": "198.00"}
    assert not Declaration.objects.exists()
    (tmp_path / "x.xml").write_bytes(b"<a/>")
    with pytest.raises(CommandError, match="BIL-60"):
        call_command("check_declaration", str(tmp_path / "x.xml"))


def test_command_refuses_an_error_within_the_message(chain: World, tmp_path: Path) -> None:
    placed = placement(chain)
    twice = [(str(placed.client.bsn), line(placed)) for _ in range(2)]  # TR416
    file = tmp_path / "d.xml"
    file.write_bytes(declaration(chain, JANUARY, *twice))
    out = io.StringIO()
    call_command("check_declaration", str(file), "--json", stdout=out, stderr=io.StringIO())
    *lines, totals = [json.loads(text) for text in out.getvalue().splitlines()]
    assert [one["codes"] for one in lines] == [["0001"], ["0001"]]
    assert totals["granted"] == "0.00"


def test_run_month_command(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    out = io.StringIO()
    for _ in range(2):
        call_command("run_month", "2026-01", "--json", stdout=out)
    told = [json.loads(text) for text in out.getvalue().splitlines()]
    assert [one["new"] for one in told] == [True, True, False, False]
    assert {one["payable"] for one in told} == {"660.00", "0.00"}
    assert Statement.objects.count() == 2
    with pytest.raises(CommandError):
        call_command("run_month", "januari")
