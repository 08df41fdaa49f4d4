"""Pages of indexation: a year from the first figure to the letter, by hand."""

from __future__ import annotations

import io
import zipfile
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import (
    IndexRound,
    IndexSeries,
    IndexTerms,
    SubcontractIndexing,
    Tariff,
)
from subcontracts.selectors import index_work
from subcontracts.services import index_rounds, index_undoing
from tests import factories
from tests.conftest import become
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.indexing import decided_for_next_year, follow, manager


def next_year() -> int:
    return timezone.localdate().year + 1


def test_a_scheme_by_hand_and_a_round_with_it(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    browser = browse(world, Role.CONTRACT_MANAGER)
    for name, figures in (("OVA", ("4,18", "")), ("Prijs", ("1,82", ""))):
        assert browser.post(reverse("index_series_new"), {"name": name}).status_code == 302
        become(system)
        series = IndexSeries.objects.get(name=name)
        for year, (provisional, definitive) in (
            (next_year(), figures),
            (next_year() - 1, ("4,94", "6,00") if name == "OVA" else ("2,51", "3,10")),
        ):
            typed = {
                "series": series.pk,
                "year": year,
                "provisional": provisional,
                "definitive": definitive,
            }
            assert browser.post(reverse("index_figure_new"), typed).status_code == 302
    become(system)
    weights = {
        f"weight_{row.pk}": weight
        for row, weight in zip(IndexSeries.objects.order_by("name"), ("90", "10"), strict=True)
    }
    typed = {
        "name": "Mix",
        "start_date": "2025-01-01",
        "method": "ratio",
        "first_year": "calendar",
        "percent_decimals": "3",
        "amount_decimals": "2",
    }
    page = reverse("index_scheme_new")
    wrong = browser.post(page, {**typed, **weights, next(iter(weights)): "80"})
    assert wrong.context["form"].non_field_errors()
    assert browser.post(page, {**typed, **weights}).status_code == 302
    become(system)
    scheme = IndexTerms.objects.get().scheme
    page = reverse("subcontract_indexing", args=[world.pxq.subcontract.pk])
    chosen = {"kind": "follow", "scheme": scheme.pk, "start_date": "2025-01-01"}
    assert "scheme" in browser.post(page, {**chosen, "scheme": ""}).context["form"].errors
    assert browser.post(page, chosen).status_code == 302
    day = date(next_year(), 1, 1)
    response = browser.post(reverse("index_round_new"), {"effective": day.isoformat()})
    assert response.status_code == 302
    shown = browser.get(response["Location"]).content.decode()
    assert "4,912%" in shown
    lines = browser.get(f"{response['Location']}regels/?part=new").content.decode()
    assert "69,24" in lines
    # Who prepared it gets no button, and no way around it.
    become(system)
    row = IndexRound.objects.get()
    decide = reverse("index_round_decide", args=[row.pk])
    assert decide not in shown
    assert browser.post(decide).status_code == 403
    become(system)
    assert not Tariff.objects.filter(start_date=day).exists()


def test_frozen_needs_a_reason(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("subcontract_indexing", args=[world.pxq.subcontract.pk])
    typed = {"kind": "freeze", "start_date": "2026-01-01", "reason": ""}
    assert "reason" in browser.post(page, typed).context["form"].errors
    browser.post(page, {**typed, "reason": "Prijs vast"})
    become(system)
    assert SubcontractIndexing.objects.get().reason == "Prijs vast"
    detail = reverse("subcontract_detail", args=[world.pxq.subcontract.pk])
    assert "Prijs vast" in browser.get(detail).content.decode()
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    assert "Prijs vast" not in provider.get(detail).content.decode()


def test_a_round_is_taken_apart_decided_and_undone(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    first = decided_for_next_year(world)
    assert world.pxq.subcontract
    browser = browse(world, Role.CONTRACT_MANAGER)
    undo = reverse("index_round_undo", args=[first.pk])
    assert "reason" in browser.post(undo, {"reason": ""}).context["form"].errors
    assert browser.post(undo, {"reason": "Verkeerd cijfer"}).status_code == 302
    become(system)
    first.refresh_from_db()
    assert first.status == IndexRound.Status.UNDONE
    browser.post(reverse("index_round_new"), {"effective": first.effective_date.isoformat()})
    become(system)
    draft = IndexRound.objects.get(status="draft")
    chosen = {"subcontract": world.pxq.subcontract.pk}
    taking = reverse("index_round_take_out", args=[draft.pk])
    browser.post(taking, {**chosen, "reason": "Gesprek loopt"})
    lines = reverse("index_round_lines", args=[draft.pk])
    assert "Gesprek loopt" in browser.get(lines).content.decode()
    assert browser.post(taking, {**chosen, "reason": "x"}).context["form"].errors
    assert browser.post(reverse("index_round_put_back", args=[draft.pk]), chosen).status_code == 302
    assert "Gesprek loopt" not in browser.get(lines).content.decode()
    browser.post(reverse("index_round_withdraw", args=[draft.pk]))
    become(system)
    draft.refresh_from_db()
    assert draft.status == IndexRound.Status.WITHDRAWN


def test_a_draft_waits_on_the_work_list_of_the_second_person(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    undone = decided_for_next_year(world)
    now = timezone.now()
    index_undoing.undo(scope=become(manager(world, "b", at=now)), row=undone, reason="Fout")
    draft = index_rounds.prepare(
        scope=become(manager(world, "b", at=now)),
        main_contractor_id=world.main.pk,
        effective=undone.effective_date,
    )
    page = reverse("index_round_detail", args=[draft.pk])
    assert page in browse(world, Role.CONTRACT_MANAGER).get("/").content.decode()
    become(system)
    mine = manager(world, "b", at=now)
    assert [one.url for one in index_work.items(become(mine))] == []


def test_letters_for_staff_and_for_whom_they_are(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    row = decided_for_next_year(world)
    own = row.letters.get(subcontract=world.pxq.subcontract)
    other = row.letters.get(subcontract=world.fte.subcontract)
    controller = browse(world, Role.CONTROLLER)
    packed = controller.get(reverse("index_round_letters", args=[row.pk])).content
    names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    become(system)
    assert sorted(names) == sorted(f"{one.number}.pdf" for one in row.letters.all())
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    page = reverse("subcontract_detail", args=[own.subcontract_id])
    url = reverse("index_letter_download", args=[own.pk])
    assert url in provider.get(page).content.decode()
    pdf = PdfReader(io.BytesIO(provider.get(url).content))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert {"69,27", "66,00", "4,957%"} <= {part.strip(".") for part in text.split()}
    assert provider.get(reverse("index_letter_download", args=[other.pk])).status_code == 404


def test_the_lines_as_a_file(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    row = decided_for_next_year(world)
    controller = browse(world, Role.CONTROLLER)
    response = controller.get(reverse("index_round_lines", args=[row.pk]), {"_export": "csv"})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "69,27" in text
    assert len(text.strip().splitlines()) == row.lines.count() + 1


def test_a_round_takes_the_same_queries_whatever_its_length(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    decided_for_next_year(world)
    scheme = IndexTerms.objects.get().scheme
    controller = browse(world, Role.CONTROLLER)
    counts = []
    for number in range(2):
        become(system)
        for more in range(3):
            party = factories.party(
                factories.moved(system),
                world.main,
                world.youth,
                f"Extra {number}{more}",
                "pxq",
                [world.products["guidance"]],
            )
            follow(world, party, scheme)
        draft = index_rounds.prepare(
            scope=become(manager(world, "b", at=timezone.now())),
            main_contractor_id=world.main.pk,
            effective=date(next_year(), 4, 1),
        )
        found = 0
        for name in ("index_round_detail", "index_round_lines", "index_round_list"):
            page = reverse(name, args=[draft.pk] if name != "index_round_list" else [])
            controller.get(page)
            with CaptureQueriesContext(connection) as captured:
                controller.get(page)
            found += len(captured)
        counts.append(found)
    assert counts[0] == counts[1]
    assert counts[0] <= 75
