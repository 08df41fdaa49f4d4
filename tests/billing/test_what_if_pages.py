"""What-ifs by their pages: asked, watched, read, exported, changed and thrown away."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import tasks
from billing.models import WhatIf
from billing.rules.whatif.frozen import thaw
from billing.rules.whatif.terms import Converted, Counted, Form, Produced, Terms
from billing.services import months, what_ifs
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.build import declare, placement, priced
from tests.billing.funding import add_line
from tests.billing.test_months import begin
from tests.billing.visitors import as_system, visitor
from tests.factories import World, party, world

ENDED = Month.of(timezone.localdate()).previous()
#: What every form asks; a price of nothing means the budget-neutral one.
USUAL = {"name": "Proef", "first": str(ENDED), "last": str(ENDED), "converted": "pxq",
         "share": "100", "price": ""}  # fmt: skip
#: What each form asks besides.
OWN: dict[Form, dict[str, str]] = {
    Form.PXQ: {"counted": "declared"},
    Form.FTE: {"counted": "norm", "norm": "90.000"},
    Form.LUMP_SUM: {"counted": "equal"},
    Form.TRAJECTORY: {"start_share": "60", "nominal_days": "180", "restart_days": "90"},
    Form.CAPACITY: {"counted": "peak", "per": "month"},
    Form.FUNCTION: {},
    Form.PROFILE: {"counted": "days"},
    Form.POPULATION: {"counted": "actual", "heads": "49.000"},
    Form.ADVANCE_POOL: {"key": "k3", "advance": "90", "base_months": "1"},
}


@pytest.fixture
def chain(system: Scope) -> World:
    chain = world(system)
    placed = placement(chain, start=ENDED.previous().first, end=None)
    begin(chain, placed, ENDED.first)
    declare(chain, priced(placed, 10, ENDED), month=ENDED)
    months.run_month(scope=scopes.system(), main_contractor_id=chain.main.pk, month=ENDED)
    return chain


def path(name: str, *args: object) -> str:
    return reverse(name, args=args)


@pytest.mark.parametrize("form", list(Form))
def test_asked_and_read_under_every_form(chain: World, form: Form) -> None:
    browser = visitor(chain, Role.CONTRACT_MANAGER)
    assert browser.get(path("what_if_ask", form.value)).status_code == 200
    typed = {**USUAL, **OWN[form], "chosen": [chain.pxq.subcontractor.pk]}
    asked = browser.post(path("what_if_ask", form.value), typed, follow=True)
    assert asked.context["what_if"].is_busy
    assert asked["Refresh"]
    as_system()
    tasks.run_what_ifs()
    as_system()
    row = WhatIf.objects.get()
    assert (row.state, row.problem) == ("done", "")
    done = browser.get(row.get_absolute_url())
    assert "Refresh" not in done
    assert "660,00" in done.content.decode()
    assert len(done.context["table"].rows) == 1
    as_system()
    page = browser.get(row.results.get().get_absolute_url())
    assert page.status_code == 200
    assert page.context["rows"][0][2] == page.context["rows"][0][3] == "€ 660,00"
    assert page.context["causes"] == []


def test_what_is_typed_becomes_the_question(chain: World) -> None:
    member = party(chain.system, chain.main, chain.youth, "Potlid", "pxq",
                   [chain.products["guidance"]])  # fmt: skip
    add_line(chain, "advance_pool", party=member)
    browser = visitor(chain, Role.CONTROLLER)
    typed = {
        **USUAL, "key": "k2", "advance": "85", "base_months": "2",
        "converted": "all", "share": "12,5", "price": "95,5",
        f"produced_{member.subcontractor.pk}": "1.250,50",
    }  # fmt: skip
    browser.post(path("what_if_ask", "advance_pool"), typed)
    as_system()
    row = WhatIf.objects.get()
    assert thaw(Terms, row.terms) == Terms(
        form=Form.ADVANCE_POOL, price=D("95.5"), share=D("0.125"), converted=Converted.ALL,
        key="k2", advance=D("0.85"), base_months=2,
        produced=(Produced(member.subcontractor.pk, D("1250.50")),),
    )  # fmt: skip
    assert (row.chosen, row.first_month, row.asked_by.name) == ([], ENDED.first, "Kim de Wit")
    # Asked again it begins with the same values.
    again = browser.get(path("what_if_ask", "advance_pool"), {"opnieuw": row.pk})
    form = again.context["form"]
    assert form["key"].initial == "k2"
    assert form["share"].initial == D("12.5")
    assert form[f"produced_{member.subcontractor.pk}"].initial == D("1250.50")


@pytest.mark.parametrize(
    ("form", "changed", "field"),
    [
        (Form.FTE, {"norm": ""}, "norm"),
        (Form.FTE, {"name": ""}, "name"),
        (Form.FTE, {"first": str(ENDED), "last": str(ENDED.previous())}, "last"),
        (Form.FTE, {"share": "101"}, "share"),
        (Form.FTE, {"price": "-1"}, "price"),
        (Form.FTE, {"chosen": "999999999"}, "chosen"),
        (Form.TRAJECTORY, {"nominal_days": "0"}, "nominal_days"),
        (Form.POPULATION, {"heads": ""}, "heads"),
    ],
)
def test_what_was_typed_wrong_stands_at_its_field(
    chain: World, form: Form, changed: dict[str, str], field: str
) -> None:
    browser = visitor(chain, Role.CONTROLLER)
    page = browser.post(path("what_if_ask", form.value), {**USUAL, **OWN[form], **changed})
    assert list(page.context["form"].errors) == [field]
    as_system()
    assert not WhatIf.objects.exists()


def test_what_the_service_refuses_is_told_and_kept_on_the_page(chain: World) -> None:
    browser = visitor(chain, Role.CONTROLLER)
    page = browser.post(path("what_if_ask", "fte"), {**USUAL, **OWN[Form.FTE], "share": "0"})
    assert "BIL-89" in page.content.decode()
    assert page.context["form"]["norm"].value() == "90.000"


def test_a_form_that_is_none_is_not_there(chain: World) -> None:
    browser = visitor(chain, Role.CONTROLLER)
    assert browser.get(path("what_if_ask", "bonus")).status_code == 404
    assert browser.get(path("what_if_new")).status_code == 200


def computed(chain: World, **changed: object) -> WhatIf:
    terms = Terms(form=Form.PXQ, counted=Counted.CLIENTS, price=D(500), converted=Converted.ALL)
    scope = scopes.system()
    row = what_ifs.ask(
        scope=scope,
        main_contractor_id=chain.main.pk,
        question=what_ifs.Question(name="Proef", first=ENDED, last=ENDED, terms=terms),
    )
    return what_ifs.take_up(scope=scope, what_if_id=row.pk)


def test_winners_and_losers_are_sorted_filtered_and_exported(chain: World) -> None:
    row = computed(chain)
    browser = visitor(chain, Role.CONTROLLER)
    page = browser.get(row.get_absolute_url())
    differences = [one.record.difference for one in page.context["table"].rows]
    # The FTE line loses its month, declared care is worth 160 less, nobody wins.
    assert differences == [D("-98000.00"), D("-160.00"), D("0.00")]
    assert (page.context["wins"], page.context["loses"]) == (0, 2)
    turned = browser.get(row.get_absolute_url(), {"sort": "-difference"})
    assert [one.record.difference for one in turned.context["table"].rows] == differences[::-1]
    same = browser.get(row.get_absolute_url(), {"outcome_is": "same"})
    assert [one.record.difference for one in same.context["table"].rows] == [D("0.00")]
    # The totals are of all, whatever the filter.
    assert same.context["loses"] == 2
    file = b"".join(browser.get(row.get_absolute_url(), {"_export": "csv"}).streaming_content)
    assert b"98000.00" in file or b"98000,00" in file
    assert len(file.splitlines()) == 4
    assert browser.get(row.get_absolute_url(), {"_export": "xlsx"}).status_code == 200


def test_pages_ask_a_fixed_number_of_questions(
    chain: World, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        of = party(chain.system, chain.main, chain.youth, f"Zorg {number}", "pxq",
                   [chain.products["guidance"]])  # fmt: skip
        assert of.line
    rows = [computed(chain) for _one in range(4)]
    browser = visitor(chain, Role.CONTROLLER)
    with django_assert_max_num_queries(32):  # type: ignore[operator]
        browser.get(path("what_if_list"))
    with django_assert_max_num_queries(36):  # type: ignore[operator]
        browser.get(rows[0].get_absolute_url())


def test_a_failed_question_says_why(chain: World) -> None:
    terms = Terms(form=Form.TRAJECTORY)
    scope = scopes.system()
    row = what_ifs.ask(
        scope=scope,
        main_contractor_id=chain.main.pk,
        question=what_ifs.Question(
            name="Proef", first=ENDED, last=ENDED, terms=terms,
            chosen=[chain.trajectory.subcontractor.pk],
        ),
    )  # fmt: skip
    what_ifs.take_up(scope=scope, what_if_id=row.pk)
    page = visitor(chain, Role.CONTROLLER).get(row.get_absolute_url())
    assert "BIL-93" in page.content.decode()


def test_deleted_after_confirmation(chain: World) -> None:
    row = computed(chain)
    browser = visitor(chain, Role.CONTRACT_MANAGER)
    assert browser.get(path("what_if_delete", row.pk)).status_code == 200
    as_system()
    assert WhatIf.objects.exists()
    browser.post(path("what_if_delete", row.pk))
    as_system()
    assert not WhatIf.objects.exists()
    assert browser.get(row.get_absolute_url()).status_code == 404


def test_a_subcontractor_never_sees_one(chain: World) -> None:
    row = computed(chain)
    result = row.results.first()
    assert result
    browser = visitor(chain, Role.SUBCONTRACTOR_ADMIN)
    for url in (path("what_if_list"), row.get_absolute_url(), result.get_absolute_url()):
        assert browser.get(url).status_code == 403
    assert path("what_if_list") not in browser.get(path("home")).content.decode()


def test_a_worker_that_is_busy_shows_how_far_it_is(chain: World) -> None:
    row = computed(chain)
    WhatIf.objects.filter(pk=row.pk).update(
        state="running", handled=2, subcontractors=3, seen_at=timezone.now() - timedelta(minutes=1)
    )
    page = visitor(chain, Role.CONTROLLER).get(row.get_absolute_url())
    assert page.context["told"].startswith("2 van 3")
    assert page["Refresh"]


def test_winners_and_losers_are_bars_beside_the_table(chain: World) -> None:
    browser = visitor(chain, Role.CONTROLLER)
    typed = {**USUAL, "counted": "clients", "price": "930", "chosen": [chain.pxq.subcontractor.pk]}
    browser.post(path("what_if_ask", Form.PROFILE.value), typed)
    as_system()
    tasks.run_what_ifs()
    as_system()
    row = WhatIf.objects.get()
    page = browser.get(row.get_absolute_url())
    # One client for the whole month at 930 instead of 660 declared.
    assert page.context["chart"]["rows"] == [(row.results.get().name, "€ 270,00", "40,91%")]
    assert "<svg" in page.content.decode()
    assert len(page.context["table"].rows) == 1
