"""The main contractor's pages, from asking to publishing, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from hoofdaannemer.accountability.models import Release, Report
from hoofdaannemer.accountability.tasks import sweep_reports
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Role
from tests.accountability.build import drafted, logged_in, published, region, somebody
from tests.factories import World, world


def test_from_asking_to_publication(chain: World) -> None:
    region(chain)
    maker = logged_in(Client(), somebody(chain, Role.CONTRACT_MANAGER))
    reviewer = logged_in(Client(), somebody(chain, Role.QUALITY_OFFICER))
    form = maker.get("/rapportages/nieuw/")
    quarter = form.context["form"].fields["quarter"].choices[0][0]
    scopes.apply(scopes.system())
    answer = maker.post("/rapportages/nieuw/", {"contract": chain.youth.pk, "quarter": quarter})
    assert answer.status_code == 302
    page = answer.headers["Location"]
    assert "Refresh" in maker.get(page).headers
    scopes.apply(scopes.system())
    sweep_reports()
    answer = maker.get(page)
    assert "Refresh" not in answer.headers
    own = answer.content.decode()
    assert 'name="decision"' not in own
    maker.post(f"{page}toelichting/", {"narrative": "Rustig kwartaal."})
    others = reviewer.get(f"{page}?gemeente=0307").content.decode()
    assert 'name="decision"' in others
    assert "Rustig kwartaal." in others
    assert reviewer.post(f"{page}oordeel/", {"decision": "send_back"}).status_code == 200
    assert reviewer.post(f"{page}oordeel/", {"decision": "approve"}).status_code == 302
    assert maker.get(f"{page}publiceren/").status_code == 200
    assert maker.post(f"{page}publiceren/").status_code == 302
    scopes.apply(scopes.system())
    report = Report.objects.get()
    assert report.status == Report.Status.PUBLISHED
    assert Release.objects.count() == 2
    assert maker.get(page).status_code == 200
    assert maker.get("/rapportages/").status_code == 200


def test_a_get_does_not_publish(chain: World) -> None:
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    maker = logged_in(Client(), somebody(chain, Role.CONTRACT_MANAGER))
    assert maker.get(f"/rapportages/{report.pk}/oordeel/").status_code == 405
    assert maker.get(f"/rapportages/{report.pk}/publiceren/").status_code == 200
    scopes.apply(scopes.system())
    report.refresh_from_db()
    assert report.status == Report.Status.DRAFT


def test_another_main_contractors_report_is_not_there(chain: World, system: Any) -> None:
    other = world(system)
    report = drafted(other, somebody(other, Role.CONTRACT_MANAGER))
    mine = logged_in(Client(), somebody(chain, Role.CONTRACT_MANAGER))
    for suffix in ("", "toelichting/", "publiceren/"):
        assert mine.get(f"/rapportages/{report.pk}/{suffix}").status_code == 404
    assert mine.post(f"/rapportages/{report.pk}/oordeel/", {}).status_code == 404


def test_command_prints_the_tables_and_keeps_nothing(
    chain: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    region(chain)
    call_command(
        "build_report",
        "KWARTAAL",
        "2026-Q1",
        json=True,
        contract=chain.youth.number,
        out=str(tmp_path),
    )
    tables = json.loads(capsys.readouterr().out)
    assert {"table", "dimensions", "cells"} <= set(tables[0])
    care = {
        tuple(c["keys"].values()): c
        for t in tables
        if t["table"] == "zorg"
        for c in t["cells"]
        if c["measure"] == "clients"
    }
    assert care["0307", "*"]["value"] == "30"
    assert care["0307", "54001"] | {"keys": None} == {
        "keys": None,
        "measure": "clients",
        "value": None,
        "suppressed": True,
    }
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".pdf", ".pdf", ".xlsx", ".xlsx"]
    scopes.apply(scopes.system())
    assert not Report.objects.exists()
    assert not Release.objects.exists()


def test_command_shows_what_a_release_would(
    chain: World, capsys: pytest.CaptureFixture[str]
) -> None:
    region(chain)
    report = published(chain)
    call_command(
        "build_report",
        "KWARTAAL",
        "2026-Q1",
        json=True,
        contract=chain.youth.number,
        as_known_on=report.as_known_on.isoformat(),
    )
    printed = json.loads(capsys.readouterr().out)
    scopes.apply(scopes.system())
    shown = {
        (t.code, json.dumps(c, sort_keys=True))
        for r in Release.objects.filter(report=report)
        for t in r.tables.all()
        for c in t.cells
    }
    assert shown == {
        (t["table"], json.dumps(c, sort_keys=True)) for t in printed for c in t["cells"]
    }


@pytest.mark.parametrize(
    ("period", "known"), [("2026-03", ""), ("nooit", ""), ("2026-Q1", "morgen")]
)
def test_command_refuses_what_it_cannot_read(chain: World, period: str, known: str) -> None:
    with pytest.raises(CommandError):
        call_command("build_report", "KWARTAAL", period, as_known_on=known)
