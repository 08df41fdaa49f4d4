"""The end of a subcontract: notice with its term, what ends with it, what must still happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given as drawn
from hypothesis import strategies as st

from hoofdaannemer.accessmatrix.subcontracts import ENDING
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_all
from subcontracts import gates, worklist
from subcontracts.models import (
    FundingLineProduct,
    IndexLetter,
    IndexRoundLine,
    Subcontract,
    SubcontractNotice,
    Tariff,
)
from subcontracts.rules.notice import earliest_end, latest_notice
from subcontracts.selectors.contract_dates import DateKind, contract_dates
from subcontracts.selectors.contracttext import unrecorded
from subcontracts.selectors.ending import items, todos
from subcontracts.services import clauses, contracts, index_undoing, noticing, sunsets
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.indexing import decided_for_next_year
from tests.subcontracts.moving import kept, moved, other_party

TODAY = NOW.date()
SUMMER = date(2026, 6, 30)
PDF = b"%PDF-1.7 brief"


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleError) as caught:
        yield
    assert caught.value.code == code


def manager(here: World, at: Any = NOW) -> Scope:
    return become(here.at(Role.CONTRACT_MANAGER, at=at))


def give(here: World, contract: Subcontract | None = None, *, at: Any = NOW, **given: Any) -> Any:
    values = {"by": "main", "given_on": TODAY, "last_day": SUMMER, "reason": "Andere koers"}
    return noticing.give(
        scope=manager(here, at),
        subcontract=contract or kept(here.pxq),
        given=noticing.Given(**values | given),
    )


def with_term(here: World, months: int) -> Subcontract:
    contract = kept(here.pxq)
    Subcontract.objects.filter(pk=contract.pk).update(notice_months=months)
    contract.refresh_from_db()
    return contract


@pytest.mark.parametrize(
    ("given_on", "months", "end"),
    [
        (date(2026, 3, 18), None, date(2026, 3, 18)),
        (date(2026, 3, 18), 3, date(2026, 6, 18)),
        (date(2026, 3, 31), 3, date(2026, 6, 30)),
        # Before 1 March lie two months from 1 January; one day later is too late for February.
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
    ],
)
def test_the_earliest_end(given_on: date, months: int | None, end: date) -> None:
    assert earliest_end(given_on, months) == end


@drawn(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 24))
def test_the_earliest_end_is_the_first_for_which_the_day_is_not_too_late(
    given_on: date, months: int
) -> None:
    end = earliest_end(given_on, months)
    assert latest_notice(end, months) >= given_on
    assert latest_notice(end - timedelta(days=1), months) < given_on


def test_notice_ends_the_contract_with_its_lines_and_tariffs(here: World) -> None:
    contract = with_term(here, 3)
    notice = give(here, letter=PDF)
    contract.refresh_from_db()
    assert (contract.status, contract.end_date) == ("ending", SUMMER)
    ends = [*contract.funding_lines.values_list("end_date", flat=True)]
    ends += contract.tariffs.values_list("end_date", flat=True)
    assert set(ends) == {SUMMER}
    assert contract.versions.get().reason.endswith("Andere koers")
    assert notice.cancelled == []


def test_a_term_that_is_too_short_is_refused_unless_both_agree_or_for_breach(here: World) -> None:
    with_term(here, 3)
    early = date(2026, 6, 17)
    for by in ("main", "sub"):
        with refused("CON-76"):
            give(here, by=by, last_day=early)
    notice = give(here, by="mutual", last_day=early)
    noticing.withdraw(scope=manager(here), subcontract=kept(here.pxq), reason="toch niet")
    assert give(here, by="breach", last_day=TODAY).pk != notice.pk


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("CON-79", {"reason": " "}),
        ("CON-79", {"given_on": TODAY + timedelta(days=1)}),
        ("CON-76", {"last_day": TODAY - timedelta(days=1)}),
        ("CON-62", {"given_on": date(2026, 1, 5), "last_day": TODAY - timedelta(days=1)}),
        ("CON-25", {"letter": b"no PDF"}),
    ],
)
def test_what_notice_needs(here: World, code: str, given: dict[str, Any]) -> None:
    with refused(code):
        give(here, **given)
    assert not SubcontractNotice.objects.exists()


def test_notice_is_given_once_and_of_what_runs(here: World) -> None:
    give(here)
    with refused("CON-77"):
        give(here)
    Subcontract.objects.filter(pk=kept(here.trajectory).pk).update(status="draft")
    with refused("CON-77"):
        give(here, kept(here.trajectory))
    with pytest.raises(NotAllowedError):
        noticing.withdraw(
            scope=become(here.at(Role.CONTROLLER)), subcontract=kept(here.pxq), reason="x"
        )


def test_notice_taken_back_lets_everything_go_on(here: World) -> None:
    contract = kept(here.pxq)
    before = contract.end_date
    give(here)
    notice = noticing.withdraw(
        scope=manager(here), subcontract=contract, reason="Toch samen verder"
    )
    contract.refresh_from_db()
    assert (contract.status, contract.end_date) == ("active", before)
    assert set(contract.tariffs.values_list("end_date", flat=True)) == {None}
    assert set(contract.funding_lines.values_list("end_date", flat=True)) == {None}
    assert notice.withdrawn_reason == "Toch samen verder"
    with refused("CON-77"):
        noticing.withdraw(scope=manager(here), subcontract=contract, reason="nog eens")
    after = NOW + timedelta(days=200)
    give(here)
    with refused("CON-77"):
        noticing.withdraw(scope=manager(here, after), subcontract=contract, reason="te laat")


def test_a_decided_indexation_for_later_is_cancelled_with_the_end(here: World) -> None:
    become(here.system)
    round_ = decided_for_next_year(here)
    contract = kept(here.pxq)
    later = Tariff.objects.filter(subcontract=contract, start_date=round_.effective_date)
    assert later.exists()
    at = timezone.now()
    today = timezone.localdate()
    last = date(today.year, 12, 31)
    notice = give(here, at=at, given_on=today, last_day=last)
    become(here.system)
    assert not later.exists()
    assert set(contract.tariffs.values_list("end_date", flat=True)) == {last}
    assert notice.cancelled
    lines = IndexRoundLine.objects.filter(round=round_, subcontract=contract)
    assert set(lines.values_list("is_applied", "left_out")) == {(False, "ended")}
    letter = IndexLetter.objects.get(round=round_, subcontract=contract)
    assert letter.withdrawn_at is not None
    assert [one.code for one in check_all() if not one.holds and one.code[:3] == "IND"] == []
    # The round stays decided for the others, and can still be undone.
    second = here.at(Role.CONTRACT_MANAGER, at=at)
    undone = index_undoing.undo(scope=become(second), row=round_, reason="Fout cijfer")
    assert undone.status == "undone"
    assert set(contract.tariffs.values_list("end_date", flat=True)) == {last}


def everything(contract: Subcontract) -> dict[str, Any]:
    """All that a contract says on its days, to the last column."""
    found: dict[str, Any] = {
        name: list(getattr(contract, name).order_by("pk").values())
        for name in ("tariffs", "funding_lines", "clauses", "ceilings", "sunsets")
    }
    products = FundingLineProduct.objects.filter(subcontract=contract)
    lines = IndexRoundLine.objects.filter(subcontract=contract).order_by("pk")
    letters = IndexLetter.objects.filter(subcontract=contract).order_by("pk")
    found["products"] = list(products.order_by("pk").values())
    found["lines"] = list(lines.values())
    found["letters"] = list(letters.values("pk", "withdrawn_at"))
    return found


def with_much_to_come(here: World) -> Subcontract:
    """A contract with a temporary line and what follows, a clause, a ceiling and indexation, all of
    next year.
    """
    become(here.system)
    contract = kept(here.pxq)
    day = date(timezone.localdate().year + 1, 3, 1)
    line = contracts.add_funding_line(
        scope=here.system,
        subcontract=contract,
        line=contracts.LineTerms(
            name="Beschikbaarheid",
            form="availability",
            period=Period(day, day + timedelta(days=90)),
            products=[],
            parameters={"amount": "2500"},
        ),
    )
    plan = sunsets.Plan(follow_up="line", next_form="availability")
    sunset = sunsets.plan(scope=here.system, line=line, plan=plan)
    after = contracts.LineTerms(
        name="Daarna",
        form="availability",
        period=Period(day + timedelta(days=91)),
        products=[],
        parameters={"amount": "2000"},
    )
    sunsets.go_on(scope=here.system, sunset=sunset, terms=after)
    facts = clauses.ClauseFacts(code="9", title="Wachtlijst", text="Elke maand.", start_date=day)
    clauses.set_clause(scope=here.system, subcontract=contract, facts=facts)
    factories.agree_ceiling(contract, Decimal("100000"))
    factories.agree_ceiling(contract, Decimal("120000"), day)
    return contract


def given_and_taken_back(
    here: World, between: Callable[[], None] = lambda: None
) -> SubcontractNotice:
    at, today = timezone.now(), timezone.localdate()
    give(here, at=at, given_on=today, last_day=date(today.year, 12, 31))
    become(here.system)
    between()
    notice = noticing.withdraw(
        scope=manager(here, at), subcontract=kept(here.pxq), reason="Toch verder"
    )
    become(here.system)
    return notice


def test_what_was_cancelled_comes_back_as_it_was(here: World) -> None:
    become(here.system)
    decided_for_next_year(here)
    contract = with_much_to_come(here)
    before = everything(contract)
    notice = given_and_taken_back(here)
    assert len(notice.cancelled) > 4
    assert notice.lost == []
    assert everything(contract) == before
    assert not unrecorded(Subcontract.objects.get(pk=contract.pk))
    assert [one.code for one in check_all() if not one.holds and one.code[:3] == "IND"] == []


def test_a_round_that_was_undone_meanwhile_stays_undone(here: World) -> None:
    contract = kept(here.pxq)
    become(here.system)
    tariffs = list(contract.tariffs.order_by("pk").values())
    round_ = decided_for_next_year(here)

    def undo() -> None:
        second = here.at(Role.CONTRACT_MANAGER, at=timezone.now())
        index_undoing.undo(scope=become(second), row=round_, reason="Fout cijfer")

    notice = given_and_taken_back(here, undo)
    assert len(notice.lost) == len(notice.cancelled)
    assert all("ronde" in one for one in notice.lost)
    # What the round had cut goes on as before it.
    assert list(contract.tariffs.order_by("pk").values()) == tariffs


def test_what_something_else_was_set_for_is_named(here: World, browse: Browse) -> None:
    contract = with_much_to_come(here)
    day = date(timezone.localdate().year + 1, 3, 1)
    product = here.products["guidance"]
    contract.tariffs.update(end_date=day - timedelta(days=1))

    def price(amount: int) -> None:
        contracts.set_tariff(
            scope=become(here.system),
            subcontract=contract,
            product=product,
            amount=Decimal(amount),
            period=Period(day),
        )

    price(71)
    notice = given_and_taken_back(here, lambda: price(72))
    assert len(notice.lost) == 1
    assert "€ 71,00" in notice.lost[0]
    assert [one.amount for one in contract.tariffs.filter(start_date=day)] == [72]
    page = reverse("subcontract_detail", args=[contract.pk])
    assert "€ 71,00" in browse(here, Role.CONTRACT_MANAGER).get(page).content.decode()


def test_what_ended_with_it_stays_ended_where_something_else_was_set(here: World) -> None:
    contract = kept(here.pxq)
    become(here.system)
    day = date(timezone.localdate().year + 1, 3, 1)
    old = contract.tariffs.get(product=here.products["guidance"])

    def price() -> None:
        contracts.set_tariff(
            scope=here.system,
            subcontract=contract,
            product=old.product,
            amount=Decimal(72),
            period=Period(day),
        )

    notice = given_and_taken_back(here, price)
    assert [old.product.name in one for one in notice.lost] == [True]
    old.refresh_from_db()
    assert old.end_date == notice.last_day
    assert set(contract.funding_lines.values_list("end_date", flat=True)) == {None}


def test_what_ended_on_that_very_day_by_itself_still_does(here: World) -> None:
    contract = kept(here.pxq)
    become(here.system)
    last = date(timezone.localdate().year, 12, 31)
    contract.tariffs.update(end_date=last)
    given_and_taken_back(here)
    assert set(contract.tariffs.values_list("end_date", flat=True)) == {last}


def test_the_list_of_what_must_still_happen(here: World) -> None:
    become(here.system)
    placement = factories.place(here, factories.allocate(here))
    factories.start(here, placement)
    give(here)
    contract = Subcontract.objects.get(pk=kept(here.pxq).pk)

    def urls(at: Any = NOW) -> list[str]:
        return [one.url for one in todos(manager(here, at), contract) if one.blocks]

    assert reverse("subcontract_move", args=[contract.pk]) in urls()
    become(here.system)
    there = other_party(here)
    moved(here, there.subcontractor, day=SUMMER + timedelta(days=1))
    assert reverse("subcontract_move", args=[contract.pk]) not in urls()
    with refused("CON-78"):
        noticing.close(scope=manager(here), subcontract=contract)


def test_a_contract_that_ended_is_closed_when_nothing_remains(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(here)
    contract = kept(here.pxq)
    after = NOW + timedelta(days=120)
    # Billing has nothing of it stated yet.
    with refused("CON-78"):
        noticing.close(scope=manager(here, after), subcontract=contract)
    monkeypatch.setattr(gates, "loose_ends", lambda scope, contract: [])
    assert [item.url for item in items(manager(here, after))] == [
        reverse("subcontract_detail", args=[contract.pk])
    ]
    with refused("CON-78"):
        noticing.close(scope=manager(here), subcontract=contract)
    closed = noticing.close(scope=manager(here, after), subcontract=contract)
    assert closed.status == "ended"
    assert list(items(manager(here, after))) == []
    with refused("CON-77"):
        contracts.set_tariff(
            scope=manager(here, after),
            subcontract=contract,
            product=here.products["guidance"],
            amount=factories.Decimal("70.00"),
            period=factories.Period(date(2026, 7, 1)),
        )


def test_the_last_day_stands_among_the_dates(here: World) -> None:
    contract = with_term(here, 3)
    Subcontract.objects.filter(pk=contract.pk).update(end_date=SUMMER)

    def found() -> list[tuple[date, DateKind]]:
        dates = contract_dates(manager(here), first=TODAY, until=SUMMER)
        return [(one.day, one.kind) for one in dates]

    assert found() == [(date(2026, 3, 31), DateKind.NOTICE), (SUMMER, DateKind.END_BELOW)]
    # Once notice was given, nobody is asked whether to.
    give(here)
    assert found() == [(SUMMER, DateKind.END_BELOW)]


# Pages

ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]


def ended_today(here: World) -> SubcontractNotice:
    become(here.system)
    today = timezone.localdate()
    notice: SubcontractNotice = give(
        here, at=timezone.now(), given_on=today, last_day=today, letter=PDF
    )
    return notice


@pytest.mark.parametrize("role", ROLES)
def test_matrix(here: World, browse: Browse, role: Role) -> None:
    notice = ended_today(here)
    provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(here, role, here.pxq if provider else None)
    got = {
        name: browser.get(
            reverse(name, args=[notice.pk if name == "notice_letter" else notice.subcontract_id])
        ).status_code
        for name in ENDING
    }
    assert got == {name: allowed.get(role, 403) for name, (_method, allowed) in ENDING.items()}


def test_others_find_nothing(here: World, browse: Browse) -> None:
    notice = ended_today(here)
    become(here.system)
    elsewhere = factories.world(here.system)
    strangers = (
        browse(elsewhere, Role.CONTRACT_MANAGER),
        browse(here, Role.SUBCONTRACTOR_ADMIN, here.trajectory),
    )
    for browser in strangers:
        for name in ENDING:
            pk = notice.pk if name == "notice_letter" else notice.subcontract_id
            answer = browser.get(reverse(name, args=[pk])).status_code
            assert answer in (403, 404), name
    letter = reverse("notice_letter", args=[notice.pk])
    assert [browser.get(letter).status_code for browser in strangers] == [404, 404]


def test_from_notice_to_a_closed_contract(
    here: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = kept(here.pxq)
    browser = browse(here, Role.CONTRACT_MANAGER)
    page = reverse("subcontract_detail", args=[contract.pk])
    form = reverse("subcontract_notice", args=[contract.pk])
    assert form in browser.get(page).content.decode()
    today = timezone.localdate()
    typed = {
        "by": "mutual",
        "given_on": today.isoformat(),
        "last_day": today.isoformat(),
        "reason": "Praktijk stopt",
        "letter": SimpleUploadedFile("brief.pdf", PDF, "application/pdf"),
    }
    assert browser.post(form, typed | {"letter": "", "reason": ""}).status_code == 200
    shown = browser.post(form, typed, follow=True).content.decode()
    assert "Praktijk stopt" in shown
    assert reverse("subcontract_notice_withdraw", args=[contract.pk]) in shown
    letter = reverse("notice_letter", args=[SubcontractNotice.objects.get().pk])
    assert browser.get(letter).content == PDF
    # It ended yesterday, and nothing of it is open.
    become(here.system)
    yesterday = today - timedelta(days=1)
    SubcontractNotice.objects.update(given_on=yesterday, last_day=yesterday)
    Subcontract.objects.filter(pk=contract.pk).update(end_date=yesterday)
    monkeypatch.setattr(gates, "loose_ends", lambda scope, contract: [])
    close = reverse("subcontract_close", args=[contract.pk])
    shown = browser.get(page).content.decode()
    assert close in shown
    assert reverse("subcontract_notice_withdraw", args=[contract.pk]) not in shown
    scope = become(here.at(Role.CONTRACT_MANAGER, at=timezone.now()))
    assert page in [item.url for item in worklist.items(scope)]
    assert browser.post(close).status_code == 302
    shown = browser.get(page).content.decode()
    assert reverse("subcontract_amend", args=[contract.pk]) not in shown
    listing = reverse("subcontract_list")
    assert page not in browser.get(listing).content.decode()
    for status in ("ended", "all"):
        assert page in browser.get(listing, {"status": status}).content.decode()


def test_notice_taken_back_on_its_page(here: World, browse: Browse) -> None:
    notice = ended_today(here)
    browser = browse(here, Role.CONTRACT_MANAGER)
    url = reverse("subcontract_notice_withdraw", args=[notice.subcontract_id])
    assert browser.post(url, {"reason": "Vergissing"}).status_code == 302
    become(here.system)
    assert Subcontract.objects.get(pk=notice.subcontract_id).status == "active"
    assert browser.get(url).context["nothing"]
