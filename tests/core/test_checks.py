"""What production refuses to start with, and what the table of settings says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client as Browser
from pytest_django import Settings

from hoofdaannemer.core.checks import production_settings, refuse_unsafe_start

ROOT = Path(__file__).parents[2]
SAFE = {
    "DEBUG": False,
    "SECRET_KEY": "k" * 50,
    "SHOW_DEMO_LOGINS": False,
    "DATA_KEYS": {"k1": b"x" * 32},
    "ALLOWED_HOSTS": ["hoofdaannemer.example"],
    "DEMO": False,
}
UNSAFE = [
    ("hoofdaannemer.E001", "DEBUG", True),
    ("hoofdaannemer.E002", "SECRET_KEY", "k" * 49),
    ("hoofdaannemer.E003", "SHOW_DEMO_LOGINS", True),
    ("hoofdaannemer.E004", "DATA_KEYS", {}),
    ("hoofdaannemer.E005", "ALLOWED_HOSTS", []),
]


@pytest.fixture
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch, db: None) -> Settings:
    # A process that starts lets go of its connection; this one holds the test's transaction.
    monkeypatch.setattr(connection, "close", lambda: None)
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


def test_nothing_is_wrong_with_safe_settings(production: Settings) -> None:
    assert production_settings(None) == []
    refuse_unsafe_start()


@pytest.mark.parametrize(("code", "name", "value"), UNSAFE)
def test_production_refuses(production: Settings, code: str, name: str, value: object) -> None:
    setattr(production, name, value)

    assert [one.id for one in production_settings(None)] == [code]
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe_start()


def test_a_demo_may_start_with_them(production: Settings) -> None:
    production.DEMO = True
    production.SHOW_DEMO_LOGINS = True
    refuse_unsafe_start()


def test_every_page_forbids_scripts_within_it(db: None, client: Browser) -> None:
    policy = client.get("/inloggen/").headers["Content-Security-Policy"]

    rules = dict(one.strip().split(" ", 1) for one in policy.split(";") if " " in one.strip())
    assert rules["default-src"] == "'self'" or "'none'" in rules["default-src"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert rules["frame-ancestors"] == "'none'"


def test_the_table_names_every_setting() -> None:
    """Settings of the environment, against the table of docs/operators.md."""
    source = (ROOT / "hoofdaannemer/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', source))
    table = set(
        re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operators.md").read_text(encoding="utf-8"))
    )

    assert read
    assert read <= table
