"""From a rejected line to where it is mended, whichever way it was handed in."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from billing.models import Declaration
from billing.services import month_page
from billing.services.month_page import Entry
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.build import declare, placement, priced
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

ENDED = Month.of(timezone.localdate()).previous()
BEFORE = ENDED.previous()
LONG = {"start": BEFORE.previous().first, "end": None}


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def test_a_late_line_is_mended_in_the_month_of_its_care(chain: World) -> None:
    on_time, late = placement(chain, **LONG), placement(chain, **LONG)
    declare(chain, priced(on_time, 5, ENDED), month=ENDED)
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=timezone.now()))
    said = month_page.hand_in(scope=scope, month=BEFORE, entries={late.pk: Entry(99)})
    [declaration] = said.declarations
    as_system()
    assert Month.of(declaration.month) == ENDED

    page = visitor(chain, Role.SUBCONTRACTOR_USER).get(
        reverse("declaration_detail", args=[declaration.pk])
    )

    [row] = page.context["lines"]
    assert row["correct_url"] == f"{reverse('month_page', args=[BEFORE])}#card-{late.pk}"


@pytest.mark.parametrize(
    ("source", "where"),
    [(Declaration.Source.MESSAGE, "software"), (Declaration.Source.FILE, "bestand")],
)
def test_what_came_from_elsewhere_is_mended_there(
    chain: World, source: Declaration.Source, where: str
) -> None:
    placed = placement(chain, **LONG)
    declaration = declare(chain, priced(placed, 99, ENDED), month=ENDED).declaration
    Declaration.objects.filter(pk=declaration.pk).update(source=source)

    page = visitor(chain, Role.SUBCONTRACTOR_USER).get(
        reverse("declaration_detail", args=[declaration.pk])
    )

    assert where in page.context["how_to_correct"]
    assert [row["correct_url"] for row in page.context["lines"]] == [""]
    controller = visitor(chain, Role.CONTROLLER)
    seen = controller.get(reverse("declaration_detail", args=[declaration.pk]))
    assert not seen.context["how_to_correct"]


def test_all_rejected_lines_are_downloaded_with_what_is_wrong(chain: World) -> None:
    good, bad = placement(chain, **LONG), placement(chain, **LONG)
    lines = priced(good, 5, ENDED, reference="GOOD"), priced(bad, 99, ENDED, reference="BAD")
    declaration = declare(chain, *lines, month=ENDED).declaration

    answer = visitor(chain, Role.SUBCONTRACTOR_USER).get(
        reverse("declaration_rejected", args=[declaration.pk])
    )

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][0] == "BAD"
    assert "(TR321)" in str(rows[1][-1])
