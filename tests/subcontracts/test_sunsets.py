"""Temporary funding: what follows is recorded, signalled, and made in one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from hoofdaannemer.accessmatrix.subcontracts import GOING_ON
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import FundingLine, FundingSunset, Subcontract
from subcontracts.selectors.contract_dates import DateKind, contract_dates
from subcontracts.selectors.contracttext import text_of
from subcontracts.services import amending, contracts, extensions, sunsets
from subcontracts.services.contracts import LineTerms
from subcontracts.services.sunsets import Evaluated, Plan
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.conftest import Browser as Browse

ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
LAST = date(2026, 6, 30)
NEXT = date(2026, 7, 1)
FTE = {"fte": "3.0", "price": "98000.00", "tolerance": "5.00"}


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def contract(here: World) -> Subcontract:
    assert here.trajectory.subcontract is not None
    return here.trajectory.subcontract


def manager(here: World) -> Scope:
    return become(here.at(Role.CONTRACT_MANAGER))


def line(here: World, end: date | None = LAST) -> FundingLine:
    """A pilot in FTE beside the trajectories."""
    return contracts.add_funding_line(
        scope=manager(here),
        subcontract=contract(here),
        line=LineTerms(
            name="Proef",
            form=FundingLine.Form.FTE,
            period=Period(date(2026, 1, 1), end),
            products=[here.products["guidance"]],
            parameters=FTE,
        ),
    )


def planned(here: World, of: FundingLine, **others: Any) -> FundingSunset:
    values: dict[str, Any] = {"follow_up": "line", "next_form": "pxq", **others}
    return sunsets.plan(scope=manager(here), line=of, plan=Plan(**values))


def next_terms(here: World, **others: Any) -> LineTerms:
    values: dict[str, Any] = {
        "name": "Vervolg",
        "form": "pxq",
        "period": Period(NEXT),
        "products": [here.products["guidance"]],
        **others,
    }
    return LineTerms(**values)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleError) as caught:
        yield
    assert caught.value.code == code


def dates(here: World) -> dict[DateKind, date]:
    found = contract_dates(manager(here), first=NOW.date(), until=date(2026, 12, 31))
    return {one.kind: one.day for one in found}


def test_the_next_line_begins_on_the_day_after(here: World) -> None:
    row = planned(here, line(here))
    made = sunsets.go_on(scope=manager(here), sunset=row, terms=next_terms(here))
    assert (made.start_date, made.form) == (NEXT, "pxq")
    row.refresh_from_db()
    assert row.next_line == made
    with pytest.raises(ConflictError):
        sunsets.go_on(scope=manager(here), sunset=row, terms=next_terms(here))


@pytest.mark.parametrize(
    "terms",
    [{"period": Period(date(2026, 8, 1))}, {"form": "fte", "parameters": FTE}],
    ids=["a gap", "another form"],
)
def test_no_gap_and_no_other_form(here: World, terms: dict[str, Any]) -> None:
    row = planned(here, line(here))
    with refused("CON-163"):
        sunsets.go_on(scope=manager(here), sunset=row, terms=next_terms(here, **terms))


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"next_form": ""}, "CON-161"),
        ({"follow_up": "evaluation", "evaluator": "Zorg"}, "CON-161"),
        ({"follow_up": "evaluation", "evaluate_by": date(2026, 5, 1)}, "CON-161"),
        (
            {"follow_up": "evaluation", "evaluator": "Zorg", "evaluate_by": NEXT},
            "CON-161",
        ),
    ],
    ids=["no form", "no day", "nobody", "too late"],
)
def test_what_follows_is_whole(here: World, plan: dict[str, Any], code: str) -> None:
    with refused(code):
        planned(here, line(here), **plan)


def test_a_line_without_a_last_day_is_not_temporary(here: World) -> None:
    with refused("CON-160"):
        planned(here, line(here, None))


def test_an_evaluation_decides(here: World) -> None:
    row = planned(
        here,
        line(here),
        follow_up="evaluation",
        evaluator="Zorg en controle",
        evaluate_by=date(2026, 5, 31),
    )
    assert dates(here)[DateKind.EVALUATION] == date(2026, 5, 31)
    with refused("CON-162"):
        found = Evaluated(evaluated_on=date(2026, 3, 19), conclusion="Goed", next_form="pxq")
        sunsets.evaluate(scope=manager(here), sunset=row, found=found)
    found = Evaluated(evaluated_on=NOW.date(), conclusion="Werkt goed", next_form="pxq")
    row = sunsets.evaluate(scope=manager(here), sunset=row, found=found)
    assert (row.follow_up, row.next_form) == ("line", "pxq")
    with pytest.raises(ConflictError):
        planned(here, row.line)
    text = str(text_of(contract(here)).written())
    assert "Werkt goed" in text


def test_it_is_signalled_until_it_is_dealt_with(here: World) -> None:
    pilot = line(here)
    assert dates(here)[DateKind.LINE] == LAST
    row = planned(here, pilot)
    assert DateKind.LINE not in dates(here)
    assert dates(here)[DateKind.SUNSET] == LAST
    sunsets.go_on(scope=manager(here), sunset=row, terms=next_terms(here))
    assert not {DateKind.LINE, DateKind.SUNSET} & dates(here).keys()


def test_what_ends_is_no_longer_signalled(here: World) -> None:
    planned(here, line(here), follow_up="ends", next_form="")
    assert not {DateKind.LINE, DateKind.SUNSET} & dates(here).keys()


def test_a_next_line_that_is_cancelled_can_be_made_again(here: World) -> None:
    row = planned(here, line(here))
    sunsets.go_on(scope=manager(here), sunset=row, terms=next_terms(here))
    amending.end_on(
        scope=manager(here),
        subcontract=contract(here),
        end_date=LAST,
        agreed_on=NOW.date(),
        reason="Het contract stopt eerder",
    )
    row.refresh_from_db()
    assert row.next_line is None


@pytest.mark.parametrize("role", ROLES)
def test_matrix(here: World, browse: Browse, role: Role) -> None:
    pilot = line(here)
    row = planned(here, pilot)
    second = contracts.add_funding_line(
        scope=manager(here),
        subcontract=contract(here),
        line=next_terms(here, period=Period(NEXT, date(2026, 9, 30))),
    )
    evaluated = planned(
        here,
        second,
        follow_up="evaluation",
        evaluator="Zorg",
        evaluate_by=date(2026, 8, 31),
    )
    amending.end_on(
        scope=manager(here),
        subcontract=contract(here),
        end_date=date(2026, 12, 31),
        agreed_on=NOW.date(),
        reason="Voor een jaar",
    )
    option = extensions.add(
        scope=manager(here),
        subcontract=contract(here),
        facts=extensions.OptionFacts(months=12, announce_by=date(2026, 9, 30)),
    )
    keys = {
        "subcontract_extension_new": contract(here).pk,
        "extension_decide": option.pk,
        "extension_remove": option.pk,
        "funding_line_sunset": pilot.pk,
        "sunset_evaluate": evaluated.pk,
        "sunset_continue": row.pk,
    }
    provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(here, role, here.trajectory if provider else None)
    got = {name: browser.get(reverse(name, args=[keys[name]])).status_code for name in GOING_ON}
    assert got == {name: allowed.get(role, 403) for name, (_method, allowed) in GOING_ON.items()}


def test_in_one_step_from_the_page(here: World, browse: Browse) -> None:
    pilot = line(here)
    browser = browse(here, Role.CONTRACT_MANAGER)
    page = reverse("subcontract_detail", args=[contract(here).pk])
    mark = reverse("funding_line_sunset", args=[pilot.pk])
    assert mark in browser.get(page).content.decode()
    assert browser.post(mark, {"follow_up": "line", "next_form": "pxq"}).url == page
    row = FundingSunset.objects.get()
    step = reverse("sunset_continue", args=[row.pk])
    form = browser.get(step).context["form"]
    answer = {
        "name": form.initial["name"],
        "products": form.initial["products"],
        "start_date": form.initial["start_date"].isoformat(),
    }
    assert browser.post(step, answer).url == page
    row.refresh_from_db()
    assert row.next_line is not None
    assert row.next_line.line_products.get().product == here.products["guidance"]
    assert browser.get(step).status_code == 404
