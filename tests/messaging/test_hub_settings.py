"""The operator's file with the connections: used as a whole, or refused with place and reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from messaging import checks
from messaging.exchange.transports import hubs
from tests.messaging import hub_world


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {name: tmp_path / f"{name}.pem" for name in ("certificate", "key")}
    for path in found.values():
        path.touch()
    return found


def written(settings: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "hubs.toml"
    path.write_text(text)
    settings.HUBS = str(path)


def test_without_a_file_there_is_no_hub(settings: Any) -> None:
    settings.HUBS = ""
    assert hubs.connections() == ()
    assert checks.hub_connections(None) == []


def test_both_hubs_for_one_main_contractor(
    settings: Any, tmp_path: Path, files: dict[str, Path]
) -> None:
    both = [hub_world.connection(hub, "https://x.example/", files) for hub in hubs.KINDS]
    written(settings, tmp_path, "".join(both))
    assert checks.hub_connections(None) == []
    found = hubs.connection_of("vecozo", "10000001")
    assert found and found.routing and found.routing.actions["JW305"] == "MeldenStart"
    assert hubs.connection_of("ggk", "10000002") is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hub": "gkk"}, "hub must be one of"),
        ({"url": "http://x.example/"}, "url must begin with https://"),
        ({"url": None}, "url is missing"),
        ({"main_contractor": "1"}, "trade register number"),
        ({"certificate": "/nowhere.pem"}, "there is no file /nowhere.pem"),
        ({"token_sha256": "secret"}, "64 hexadecimal digits"),
        ({"client_sha256": ["AB"]}, "64 hexadecimal digits"),
        ({"timeout": 500}, "at most 120"),
        ({"version": "4"}, "version must be four digits"),
        ({"tokn": "x"}, "tokn is not known"),
        ({"application": 4}, "application must be a text"),
    ],
)
def test_a_wrong_file_names_place_and_reason(
    settings: Any,
    tmp_path: Path,
    files: dict[str, Path],
    changes: dict[str, Any],
    reason: str,
) -> None:
    hub = changes.pop("hub", "ggk")
    given = {"url": "https://x.example/", **changes}
    text = hub_world.connection("ggk", given.pop("url"), files, **given)
    written(settings, tmp_path, text.replace('hub = "ggk"', f'hub = "{hub}"'))
    [error] = checks.hub_connections(None)
    assert (error.id, reason in str(error.msg)) == ("messaging.E003", True)
    assert "connection 1" in str(error.msg)


@pytest.mark.parametrize("text", ["x = 1", "[[connection", "connection = 3"])
def test_a_file_of_something_else(settings: Any, tmp_path: Path, text: str) -> None:
    written(settings, tmp_path, text)
    assert [error.id for error in checks.hub_connections(None)] == ["messaging.E003"]


def test_certificates_need_the_header_of_a_proxy(
    settings: Any, tmp_path: Path, files: dict[str, Path]
) -> None:
    asked = hub_world.connection(
        "ggk", "https://x.example/", files, token_sha256=None, client_sha256=["ab" * 32]
    )
    written(settings, tmp_path, asked)
    assert [error.id for error in checks.hub_connections(None)] == ["messaging.E004"]
    settings.CLIENT_CERTIFICATE_HEADER = "X-Client-Sha256"
    assert checks.hub_connections(None) == []
