"""The connections to the hubs, as the operator describes them in one TOML file (setting HUBS).

A connection belongs to one main contractor and one hub: where to send, with which certificate,
and what whoever delivers to us must show.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.exchange.transports import Parcel, TransportError, https, stuf, vsp
from messaging.exchange.transports.envelopes import Envelope
from messaging.exchange.transports.https import Identity

GGK, VECOZO = "ggk", "vecozo"
KINDS: Final = (GGK, VECOZO)
_TIMEOUT: Final = 30
_MOST_TIMEOUT: Final = 120
_KVK: Final = re.compile(r"[0-9]{8}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_VERSION: Final = re.compile(r"[0-9]{4}\Z")
_FILES: Final = ("certificate", "key", "authority")
_REQUIRED: Final = {
    GGK: ("application", "other_application"),
    VECOZO: ("own_role", "other_role", "actions"),
}
_OPTIONAL: Final = {GGK: ("version", "subversion"), VECOZO: ()}
_COMMON: Final = ("hub", "main_contractor", "url", "certificate", "key")
_COMMON_OPTIONAL: Final = ("authority", "timeout", "token_sha256", "client_sha256")


class HubSettingsError(ValueError):
    """The file of the operator cannot be used; says which connection and why."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One hub for one main contractor."""

    hub: str
    main_contractor: str
    url: str
    identity: Identity
    timeout: float
    #: SHA-256 of the token that a deliverer gives; empty where none is asked.
    token_sha256: str
    #: SHA-256 of the certificates of who may deliver; empty where none is asked.
    client_sha256: tuple[str, ...]
    application: stuf.Application | None = None
    routing: vsp.Routing | None = None

    @property
    def receives(self) -> bool:
        """Whether it says how a deliverer proves who it is; without that nobody may deliver."""
        return bool(self.token_sha256 or self.client_sha256)

    def send(self, parcel: Parcel) -> None:
        """Hand a parcel over. Raises TransportError, or RefusedError."""
        envelope = Envelope(
            kind=parcel.kind,
            sender=parcel.sender,
            receiver=parcel.party,
            reference=parcel.reference,
            answers=parcel.answers,
            conversation=parcel.conversation,
            sent_at=parcel.sent_at,
            payload=parcel.content,
        )
        if self.application is not None:
            headers = {
                "Content-Type": stuf.XML,
                "SOAPAction": f'"{stuf.action_of(stuf.code_for(envelope))}"',
            }
            answer = self._posted(stuf.encode(envelope, self.application), headers)
            stuf.check_receipt(answer.status, answer.body, envelope.reference)
        elif self.routing is not None:
            body, content_type = vsp.encode(envelope, self.routing)
            answer = self._posted(body, {"Content-Type": content_type})
            vsp.check_receipt(answer.status, answer.body)

    def _posted(self, body: bytes, headers: Mapping[str, str]) -> https.Answer:
        return https.post(self.url, body, headers, self.identity, self.timeout)


@dataclass(frozen=True, slots=True)
class Unconfigured:
    """Stands where a channel goes by a hub of which the settings say nothing."""

    hub: str

    def send(self, parcel: Parcel) -> None:
        """Raises TransportError: the operator must describe the connection first."""
        text = _("The settings describe no connection with the hub %(hub)s.")
        raise TransportError(text % {"hub": self.hub})


def connection_of(hub: str, main_contractor: str) -> Connection | None:
    """The connection of a main contractor with a hub, where the operator describes one."""
    return next(
        (one for one in connections() if (one.hub, one.main_contractor) == (hub, main_contractor)),
        None,
    )


def connections() -> tuple[Connection, ...]:
    """All of them. Raises HubSettingsError for a file that cannot be used."""
    if not settings.HUBS:
        return ()
    path = Path(settings.HUBS)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise HubSettingsError(f"{path}: {error.strerror}") from error


@lru_cache(maxsize=4)
def _read(path: Path, changed_at: int) -> tuple[Connection, ...]:
    """`changed_at` is there for the cache: a file that was replaced is read again."""
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HubSettingsError(f"{path}: {error}") from error
    tables = given.pop("connection", [])
    if given or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise HubSettingsError(f"{path}: only [[connection]] tables may stand here")
    found = tuple(_connection(f"{path}, connection {n}", one) for n, one in enumerate(tables, 1))
    if len({(one.hub, one.main_contractor) for one in found}) != len(found):
        raise HubSettingsError(f"{path}: a main contractor has one connection with each hub")
    return found


def _connection(place: str, given: Mapping[str, Any]) -> Connection:
    hub = given.get("hub")
    if hub not in KINDS:
        raise HubSettingsError(f"{place}: hub must be one of {', '.join(KINDS)}")
    for fault in _faults(given, hub):
        raise HubSettingsError(f"{place}: {fault}")
    files = {name: Path(given[name]) for name in _FILES if name in given}
    return Connection(
        hub=hub,
        main_contractor=given["main_contractor"],
        url=given["url"],
        identity=Identity(files["certificate"], files["key"], files.get("authority")),
        timeout=given.get("timeout", _TIMEOUT),
        token_sha256=given.get("token_sha256", ""),
        client_sha256=tuple(given.get("client_sha256", ())),
        application=_application(given) if hub == GGK else None,
        routing=_routing(given) if hub == VECOZO else None,
    )


def _application(given: Mapping[str, Any]) -> stuf.Application:
    return stuf.Application(
        own=given["application"],
        other=given["other_application"],
        version=given.get("version", "0001"),
        subversion=given.get("subversion", "0001"),
    )


def _routing(given: Mapping[str, Any]) -> vsp.Routing:
    return vsp.Routing(given["own_role"], given["other_role"], dict(given["actions"]))


def _faults(given: Mapping[str, Any], hub: str) -> Iterator[str]:
    required = (*_COMMON, *_REQUIRED[hub])
    allowed = {*required, *_COMMON_OPTIONAL, *_OPTIONAL[hub]}
    yield from (f"{name} is missing" for name in required if not given.get(name))
    yield from (f"{name} is not known" for name in given if name not in allowed)
    yield from _wrong_texts(given)
    yield from _wrong_values(given)


def _wrong_texts(given: Mapping[str, Any]) -> Iterator[str]:
    others = {"timeout", "client_sha256", "actions"}
    for name, value in given.items():
        if name not in others and not isinstance(value, str):
            yield f"{name} must be a text between quotes"
    actions = given.get("actions", {})
    if not isinstance(actions, dict) or not all(isinstance(one, str) for one in actions.values()):
        yield "actions must be a table of message types and their action"
    prints = given.get("client_sha256", [])
    if not isinstance(prints, list) or not all(isinstance(one, str) for one in prints):
        yield "client_sha256 must be a list of texts"


def _wrong_values(given: Mapping[str, Any]) -> Iterator[str]:
    if not _KVK.fullmatch(str(given["main_contractor"])):
        yield "main_contractor must be a trade register number of 8 digits"
    if not str(given["url"]).startswith("https://"):
        yield "url must begin with https://"
    seconds = given.get("timeout", _TIMEOUT)
    if not isinstance(seconds, int | float) or not 0 < seconds <= _MOST_TIMEOUT:
        yield f"timeout must be a number of seconds, at most {_MOST_TIMEOUT}"
    versions = (name for name in ("version", "subversion") if name in given)
    yield from (f"{one} must be four digits" for one in versions if not _VERSION.match(given[one]))
    proofs = [*given.get("client_sha256", []), given.get("token_sha256", "0" * 64)]
    if not all(_SHA256.fullmatch(proof) for proof in proofs):
        yield "token_sha256 and client_sha256 are 64 hexadecimal digits in small letters"
    files = (given[name] for name in _FILES if name in given)
    yield from (f"there is no file {file}" for file in files if not Path(file).is_file())
