"""Whatever comes instead of an envelope: opened, or refused with a reason; never anything else."""

from __future__ import annotations

import contextlib
import uuid

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from messaging.exchange.transports import multipart, stuf, vsp
from messaging.exchange.transports.envelopes import Envelope, EnvelopeError, check
from tests.messaging.hub_world import APPLICATION, delivered

PAYLOADS = st.binary(min_size=1, max_size=300)
ROUTING = vsp.Routing("Gemeente", "Instelling", {"JW301": "Toewijzen", "JW302": "Retour"})


@settings(max_examples=150, deadline=None, derandomize=True)
@given(payload=PAYLOADS, answers=st.booleans())
def test_what_was_put_in_comes_out(payload: bytes, answers: bool) -> None:
    changes = {"kind": "JW302", "answers": str(uuid.uuid4())} if answers else {}
    made = delivered(payload, reference=str(uuid.uuid4()), **changes)
    for opened in (
        stuf.decode(stuf.encode(made, APPLICATION)),
        vsp.decode(*vsp.encode(made, ROUTING)),
    ):
        assert isinstance(opened, Envelope)
        for name in ("kind", "sender", "receiver", "reference", "answers", "payload"):
            assert getattr(opened, name) == getattr(made, name)
        check(opened, "98000001")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_a_damaged_envelope_is_refused_or_opened(data: st.DataObject) -> None:
    made = delivered(b"<Bericht/>")
    body, content_type = vsp.encode(made, ROUTING)
    for whole, decode in (
        (stuf.encode(made, APPLICATION), stuf.decode),
        (body, lambda raw: vsp.decode(raw, content_type)),
    ):
        begin = data.draw(st.integers(0, len(whole)))
        length = data.draw(st.integers(0, 40))
        damaged = whole[:begin] + data.draw(st.binary(max_size=20)) + whole[begin + length :]
        with contextlib.suppress(EnvelopeError):
            decode(damaged)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(raw=st.binary(max_size=200), content_type=st.text(max_size=60))
def test_anything_at_all(raw: bytes, content_type: str) -> None:
    with contextlib.suppress(EnvelopeError):
        stuf.decode(raw)
    with contextlib.suppress(EnvelopeError):
        vsp.decode(raw, content_type)
    with contextlib.suppress(ValueError):
        multipart.read(raw, content_type)


def test_the_elements_stand_in_the_published_order() -> None:
    """`ggk0210_msg_ggkberichten.xsd` and the types that it uses are sequences."""
    root = etree.fromstring(stuf.encode(delivered(b"x", answers=""), APPLICATION))
    inner = root.find(f"{{{stuf.SOAP}}}Body")[0]
    assert [etree.QName(one).localname for one in inner.iter()] == [
        "envelopHeenbericht-ggk_Di01",
        "stuurgegevens",
        "berichtcode",
        "zender",
        "organisatie",
        "applicatie",
        "ontvanger",
        "organisatie",
        "applicatie",
        "referentienummer",
        "tijdstipBericht",
        "functie",
        "parameters",
        "applicatieVersie",
        "applicatieSubversie",
        "functieVersie",
        "functieSubversie",
        "bericht",
        "xmlBestand",
    ]
