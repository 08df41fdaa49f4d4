"""A year settled through the database: from what was handed in to the statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from billing.forms import fte as fte_form
from billing.models import (
    Entitlement,
    FteReport,
    FteSignal,
    Settlement,
    SettlementEntry,
    SettlementRound,
    Statement,
)
from billing.rules.explain import Explanation
from billing.rules.upward_settlement import Counted, SplitBy
from billing.rules.upward_year import Agreed, over_municipalities
from billing.selectors.vacancies import months_before
from billing.services import fte, months, pool_productions, settlements, upward_settlements
from billing.views.upward_settlements import said_of
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope, acting_as
from qualifications import services as quality
from qualifications.models import Requirement
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    FundingLine,
    MunicipalContract,
    Professional,
)
from subcontracts.rules.funding import checked
from subcontracts.services import upward_budgets, upward_terms
from tests.billing.build import moment, placement
from tests.billing.chain import to_the_bank
from tests.billing.funding import USUAL, add_line
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import Party, World, party, professional, world
from tests.subcontracts import indexing

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
WINTER = moment(date(2027, 2, 10))
State = Settlement.State


@dataclass(frozen=True)
class People:
    """Two controllers, and who agrees for a party."""

    chain: World

    @property
    def first(self) -> Scope:
        return self.chain.at(Role.CONTROLLER, at=WINTER)

    @property
    def second(self) -> Scope:
        user, _made = User.objects.get_or_create(email="tweede@controle.test", name="Tweede")
        return Scope(
            role=Role.CONTROLLER, user_id=user.pk, main_contractor_id=self.chain.main.pk, at=WINTER
        )

    def of(self, one: Party) -> Scope:
        return self.chain.at(Role.SUBCONTRACTOR_USER, one, at=WINTER)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def people(chain: World) -> People:
    return People(chain)


def close(chain: World, *which: Month, of: Sequence[Party] = (), at: datetime = WINTER) -> None:
    """Close months, in order, of these parties; of all where none is named. None may fail."""
    scope = chain.system.moved_to(at)
    for month in which:
        for party_ in of:
            months.close_month(scope=scope, subcontractor=party_.subcontractor, month=month)
        if not of:
            result = months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
            assert result.problems == []


def settled(people: People, line: FundingLine, *parties: Party) -> SettlementRound:
    """The whole way of a year, from the draft to the lock."""
    made = settlements.begin(scope=people.first, funding_line=line, year=2026)
    return concluded(people, made, *parties)


def concluded(people: People, made: SettlementRound, *parties: Party) -> SettlementRound:
    settlements.propose(scope=people.first, settlement_round=made)
    for one in parties:
        row = made.settlements.get(provider_organisation=one.organisation)
        settlements.agree(scope=people.of(one), settlement=row)
    return settlements.lock(scope=people.second, settlement_round=made)


# Domain 3.2: agreed 12 FTE, reported 4 × 12,0, 4 × 10,5 and 4 × 10,8; one of 0,4 FTE was not
# registered in the last three months.
REPORTED = [D("12.0")] * 4 + [D("10.5")] * 4 + [D("10.8")] * 4
LACKING = D("0.4")


def report(chain: World, month: Month, rows: dict[Professional, D]) -> FteReport:
    """Hand in a report, or a correction of one."""
    assert chain.fte.line
    scope = chain.at(Role.SUBCONTRACTOR_USER, chain.fte, at=WINTER)
    made = fte.open_report(scope=scope, funding_line=chain.fte.line, month=month)
    made = fte.correct(scope=scope, report=made) if made.submitted_at else made
    fte.save(scope=scope, report=made, rows={who.pk: share for who, share in rows.items()})
    return fte.hand_in(scope=scope, report=made)


@pytest.fixture
def staff(chain: World) -> list[Professional]:
    """The one who was not registered from October on, and ten others who were."""
    everybody = [professional(chain.system, chain.fte, f"Medewerker {nr}") for nr in range(11)]
    asked = quality.create_requirement(
        scope=chain.system,
        main_contractor_id=chain.main.pk,
        terms=quality.RequirementTerms(
            code="SKJ",
            name="Registratie",
            applies_to="professional",
            proof=Requirement.Proof.REGISTER,
            on_lapse=Requirement.OnLapse.NO_PLACEMENTS,
            clause="3.9",
            period=Period(date(2025, 1, 1)),
            products=[chain.products["support"]],
        ),
    )
    for who in everybody:
        until = date(2026, 9, 30) if who == everybody[0] else None
        prove(chain, asked, Period(date(2025, 1, 1), until), who)
    return everybody


def prove(chain: World, asked: Requirement, valid: Period, who: Professional) -> None:
    proof = quality.Proof(number="1", validity=valid, file_name="p.pdf", content=b"%PDF-1.4")
    evidence = quality.upload_evidence(
        scope=chain.system,
        requirement=asked,
        subcontractor=chain.fte.subcontractor,
        proof=proof,
        professional=who,
    )
    officer = chain.at(Role.QUALITY_OFFICER)
    quality.review_evidence(scope=officer, evidence=evidence, approved=True)


def rows_of(staff: list[Professional], whole: D) -> dict[Professional, D]:
    return {staff[0]: LACKING, **dict.fromkeys(staff[1:], (whole - LACKING) / (len(staff) - 1))}


def report_year(chain: World, staff: list[Professional]) -> None:
    for month, whole in zip(YEAR.months(), REPORTED, strict=True):
        report(chain, month, rows_of(staff, whole))


def test_fte_of_a_year_comes_back_on_the_next_statement(
    chain: World, people: People, staff: list[Professional]
) -> None:
    assert chain.fte.line
    report_year(chain, staff)
    close(chain, *YEAR.months(), of=[chain.fte])
    locked = settled(people, chain.fte.line, chain.fte)
    row = locked.settlements.get()
    assert (row.outcome, row.amount) == (D("-39200.00"), D("-39200.00"))
    found = [D(one.value) for one in row.why.inputs[:4]]
    assert found == [D("12"), D("11"), D("0.6"), D("-0.4")]
    report(chain, Month(2027, 1), rows_of(staff, D("12.0")))
    close(chain, Month(2027, 1))
    stated = Statement.objects.get(subcontractor=chain.fte.subcontractor, month=date(2027, 1, 1))
    assert (stated.entitled, stated.corrected) == (D("98000.00"), D("-39200.00"))
    # Of each month of the year what was agreed, and of this one what is left of it.
    assert to_the_bank(chain, Month(2027, 1)) == ["58800.00", *["98000.00"] * 12]
    [line] = stated.lines.filter(kind="correction")
    assert line.reference == "2026:1"
    assert "11" in line.sentence
    assert stated.document["methods"] == ["Fte, naar het erkende gemiddelde van het jaar"]
    # Closed again, or a month later, nothing more comes of it.
    close(chain, Month(2027, 1), Month(2027, 2), at=moment(date(2027, 3, 10)))
    assert Entitlement.objects.filter(settlement__isnull=False).count() == 1
    assert (
        Statement.objects.get(
            subcontractor=chain.fte.subcontractor, month=date(2027, 2, 1)
        ).corrected
        == 0
    )


def test_roles_and_vacancies_of_the_contract_settle_the_year(
    chain: World, people: People, staff: list[Professional]
) -> None:
    """11 of the role, of which half a year only 10 were reported; nobody of the other, of 1 FTE."""
    line = chain.fte.line
    assert line
    line.parameters = checked(
        "fte",
        "jw",
        {
            "roles": [
                {"role": staff[0].role.upper(), "fte": "11", "price": "90000"},
                {"role": "Gedragswetenschapper", "fte": "1", "price": "108000"},
            ],
            "vacancy_days": "61",
            "vacancy_share": "50",
        },
    )
    line.save(update_fields=["parameters"])
    for month in YEAR.months():
        working = staff[1:] if month >= Month(2026, 7) else staff
        report(chain, month, dict.fromkeys(working, D(1)))
    close(chain, *YEAR.months(), of=[chain.fte])
    row = settled(people, line, chain.fte).settlements.get()
    # One of eleven is vacant from July on. Of that 31 days in July and 30 of 31 in August count for
    # half, so 6 - 61/62 months of 7.500 go back. The other is vacant all year: 31, 28 and 2 of 31
    # days count for half, so 12 - 32/31 months of 9.000 go back.
    assert row.outcome == D("-37620.97") + D("-98709.68")
    page = visitor(chain, Role.CONTROLLER).get(row.get_absolute_url())
    assert "Gedragswetenschapper" in page.content.decode()
    signals = FteSignal.objects.filter(kind=FteSignal.Kind.OTHER_JOB)
    assert not signals.exists()
    letter = visitor(chain, Role.CONTROLLER).get(reverse("settlement_pdf", args=[row.pk]))
    read = " ".join(page.extract_text() for page in PdfReader(BytesIO(letter.content)).pages)
    assert "98.709,68" in read


def months_known(world: World, line: FundingLine, first: Month, **parameters: str) -> list[str]:
    """The months before one that tell how long a place was vacant."""
    become(world.system)
    line.parameters = checked("fte", "wmo", {**USUAL["fte"], "vacancy_days": "60"} | parameters)
    return [str(one.month) for one in months_before(line, first, fte_form.terms_of(line))]


def test_a_vacancy_may_have_begun_in_the_months_before(system: Scope) -> None:
    """Of the line, and of the one that indexation let it follow; up to a month without a report."""
    here = indexing.indexing_world(system)
    who = {professional(here.system, here.fte, "Medewerker"): D("0.5")}
    for month in (Month(2026, 9), Month(2026, 11), Month(2026, 12)):
        report(here, month, who)
    line = here.fte.line
    assert line
    assert months_known(here, line, Month(2027, 1)) == ["2026-11", "2026-12"]
    assert months_known(here, line, Month(2026, 10)) == ["2026-09"]
    assert months_known(here, line, Month(2027, 1), vacancy_count="year") == []
    assert months_known(here, line, Month(2026, 12), vacancy_count="year") == ["2026-11"]
    plain = fte_form.terms_of(FundingLine.objects.get(pk=line.pk))
    assert months_before(line, Month(2027, 1), plain) == ()
    indexing.decided(here)
    become(here.system)
    new = FundingLine.objects.get(subcontract=line.subcontract, start_date=date(2027, 1, 1))
    assert months_known(here, new, Month(2027, 1)) == ["2026-11", "2026-12"]


# Domain 3.4: expected 5, 4 and 3 million, really 5,4, 3,5 and 3,3 million; 90% in advance.
EXPECTED = (D("5000000"), D("4000000"), D("3000000"))
REAL = (D("5400000"), D("3500000"), D("3300000"))
SHARES = {
    "k1": ["531147.54", "344262.30", "324590.16"],
    "k2": ["720000.00", "0.00", "480000.00"],
    "k3": ["811475.41", "-157377.05", "545901.64"],
}


@dataclass(frozen=True)
class Pool:
    """Three members, each with its line."""

    parties: list[Party]
    lines: list[FundingLine]

    def key(self, key: str) -> None:
        """Agree on another key, in all contracts."""
        for line in self.lines:
            line.parameters["key"] = key
            line.save(update_fields=["parameters"])


def member(chain: World, name: str, production: D) -> Party:
    """A subcontractor in the pool, of 2026 alone."""
    found = party(
        chain.system, chain.main, chain.youth, name, "advance_pool", [chain.products["guidance"]],
        tariff=None, parameters={**USUAL["advance_pool"], "production": str(production)},
    )  # fmt: skip
    assert found.line
    FundingLine.objects.filter(pk=found.line.pk).update(
        start_date=date(2026, 1, 1), end_date=date(2026, 12, 31)
    )
    found.line.refresh_from_db()
    return found


def produce(people: People, pool: Pool, real: Sequence[D]) -> None:
    for line, amount in zip(pool.lines, real, strict=True):
        pool_productions.record(
            scope=people.first, funding_line=line, year=2026, amount=amount, source="jaarrekening"
        )


@pytest.fixture
def pool(chain: World, people: People) -> Pool:
    """A pool in 2026, with its months closed and its production recorded."""
    parties = [
        member(chain, f"Lid {name}", production)
        for name, production in zip("ABC", EXPECTED, strict=True)
    ]
    found = Pool(parties, [one.line for one in parties if one.line])
    close(chain, *YEAR.months(), of=parties)
    produce(people, found, REAL)
    return found


def shares(made: SettlementRound) -> list[str]:
    return [str(one.amount) for one in made.settlements.order_by("funding_line")]


def test_a_pool_is_shared_by_each_key(chain: World, people: People, pool: Pool) -> None:
    made = settlements.begin(scope=people.first, funding_line=pool.lines[1], year=2026)
    assert shares(made) == SHARES["k1"]
    for key in ("k2", "k3"):
        pool.key(key)
        told = settlements.recompute(scope=people.first, settlement_round=made)
        assert len(told) == 3
        assert shares(made) == SHARES[key]
        assert sum(map(D, shares(made))) == D("1200000.00")
    assert settlements.recompute(scope=people.first, settlement_round=made) == []
    concluded(people, made, *pool.parties)
    close(chain, Month(2027, 1))
    stated = Statement.objects.filter(month=date(2027, 1, 1)).order_by("subcontractor")
    found = {one.subcontractor_id: one.corrected for one in stated}
    assert [str(found[one.subcontractor.pk]) for one in pool.parties] == SHARES["k3"]
    # What B owes is set off later.
    advances = ["225000.00", "300000.00", "375000.00"]
    assert [one for one in to_the_bank(chain, Month(2027, 1)) if one not in advances] == [
        "545901.64",
        "811475.41",
    ]
    # Who reads its own part learns the sums of the pool, and no figure of another member.
    text = str(made.settlements.get(funding_line=pool.lines[0]).inputs)
    assert "12200000.00" in text
    assert "3500000" not in text


def test_a_correction_settles_the_difference(chain: World, people: People, pool: Pool) -> None:
    locked = settled(people, pool.lines[0], *pool.parties)
    first = list(map(D, shares(locked)))
    produce(people, pool, (D("5000000"), D("3500000"), D("3700000")))
    again = settlements.begin(scope=people.first, funding_line=pool.lines[0], year=2026)
    assert again.number == 2
    rows = list(again.settlements.order_by("funding_line"))
    assert [one.before for one in rows] == first
    assert sum((one.amount for one in rows), D(0)) == 0
    concluded(people, again, *pool.parties)
    references = Entitlement.objects.filter(settlement__isnull=False).order_by("pk")
    assert [one.reference for one in references] == ["2026:1"] * 3 + ["2026:2"] * 3
    whole = [
        sum((one.amount for one in references if one.funding_line_id == line.pk), D(0))
        for line in pool.lines
    ]
    assert whole == [one.outcome for one in rows]
    third = settlements.begin(scope=people.first, funding_line=pool.lines[0], year=2026)
    assert refused(settlements.propose, scope=people.first, settlement_round=third) == "BIL-117"
    with acting_as(people.first):
        settlements.discard(scope=people.first, settlement_round=third)
        assert not SettlementRound.objects.open().exists()
        # Not what was proposed, whatever the code would ask.
        assert Settlement.objects.all()._raw_delete("default") == 0


def refused(act: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(RuleError) as refusal:
        act(**arguments)
    return refusal.value.code


def test_two_controllers_and_every_member_are_needed(
    chain: World, people: People, pool: Pool
) -> None:
    made = settlements.begin(scope=people.first, funding_line=pool.lines[0], year=2026)
    again = {"scope": people.first, "funding_line": pool.lines[2], "year": 2026}
    assert refused(settlements.begin, **again) == "BIL-113"
    produce(people, pool, (D("5000000"), D("3500000"), D("3700000")))
    assert refused(settlements.propose, scope=people.first, settlement_round=made) == "BIL-116"
    settlements.recompute(scope=people.first, settlement_round=made)
    a, b, c = pool.parties
    of = {one: made.settlements.get(provider_organisation=one.organisation) for one in (a, b, c)}
    with acting_as(people.of(a)):
        assert not Settlement.objects.visible_to(people.of(a)).exists()
        assert not Settlement.objects.exists()
    settlements.propose(scope=people.first, settlement_round=made)
    settlements.agree(scope=people.of(a), settlement=of[a])
    with pytest.raises(NotAllowedError):
        settlements.agree(scope=people.of(a), settlement=of[b])
    assert refused(settlements.lock, scope=people.second, settlement_round=made) == "BIL-120"
    # One objection opens the whole of it again: nobody's agreement is of the new figures.
    with acting_as(people.of(b)):
        settlements.object_to(scope=people.of(b), settlement=of[b], text="De productie klopt niet.")
        assert [one.pk for one in Settlement.objects.all()] == [of[b].pk]
    made.refresh_from_db()
    assert made.status == SettlementRound.Status.DRAFT
    assert set(made.settlements.values_list("state", "agreed_at")) == {(State.DRAFT, None)}
    settlements.propose(scope=people.first, settlement_round=made)
    settlements.agree(scope=people.of(a), settlement=of[a])
    settlements.agree(scope=people.of(b), settlement=of[b])
    paper = {"scope": people.first, "settlement": of[c], "reason": "geen account"}
    assert refused(settlements.record_agreement, **paper, signed_file=b"tekst") == "BIL-118"
    settlements.record_agreement(**paper, signed_file=b"%PDF-1.4")  # type: ignore[arg-type]
    with pytest.raises(NotAllowedError):
        settlements.lock(scope=people.first, settlement_round=made)
    settlements.lock(scope=people.second, settlement_round=made)
    with pytest.raises(ConflictError):
        settlements.take_back(scope=people.first, settlement_round=made)
    kinds = SettlementEntry.objects.filter(settlement=of[b]).values_list("kind", flat=True)
    assert list(kinds) == ["computed", "proposed", "objected", "proposed", "agreed", "locked"]


def test_what_is_missing_is_named(chain: World, people: People, staff: list[Professional]) -> None:
    assert chain.fte.line and chain.pxq.line
    report(chain, Month(2026, 1), rows_of(staff, D("12.0")))
    close(chain, Month(2026, 1), Month(2026, 2))
    with pytest.raises(RuleError) as refusal:
        settlements.begin(scope=people.first, funding_line=chain.fte.line, year=2026)
    assert refusal.value.code == "BIL-110"
    assert "maart 2026 t/m december 2026" in str(refusal.value)
    assert "februari 2026 t/m december 2026" in str(refusal.value)
    other = {"scope": people.first, "funding_line": chain.pxq.line, "year": 2026}
    assert refused(settlements.begin, **other) == "BIL-111"
    # What was before the first month that was closed here is not known here.
    early = {"scope": people.first, "funding_line": chain.fte.line, "year": 2025}
    assert refused(settlements.begin, **early) == "BIL-112"


def test_places_make_good_a_month_by_another(chain: World, people: People) -> None:
    """Ten places a day of € 150 in a quarter: 60 of 900 place-days were empty."""
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    line = add_line(chain, "capacity", period=quarter, settled="year", counted="placed")
    for number in range(10):
        start = date(2026, 1, 31) if number < 2 else date(2026, 1, 1)
        placement(chain, start=start)
    close(chain, *quarter.months(), of=[chain.pxq])
    row = settled(people, line, chain.pxq).settlements.get()
    assert row.amount == D("-9000.00")
    assert (row.start_date, row.end_date) == (quarter.start, quarter.end)
    close(chain, Month(2026, 4))
    april = Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=date(2026, 4, 1))
    assert april.carried_out == D("-9000.00")


# Domain 3.5: a lump sum of 2,4 million, 60% of it varies outside 5%; 218 decisions for 200.
AGREED = Agreed(
    counted=Counted.DECISIONS,
    least=D(0),
    cap=D("0.03"),
    share_back=D(1),
    split_by=SplitBy.SOLIDARITY,
    own_cost=D("900000"),
    own_source="loonadministratie",
    coordination=D("120000"),
    coordination_source="grootboek 4400",
)


def planned(chain: World, first_year: int, decisions: int) -> None:
    plan = upward_budgets.Plan(planned_decisions=decisions, variable_share=D("60"), corridor=D("5"))
    upward_budgets.plan_decisions(
        scope=chain.system, contract=chain.youth, first_year=first_year, plan=plan
    )


@pytest.fixture
def decided(chain: World) -> World:
    """218 decisions of 2026, and with them one taken back, one of 2025 and one from the task."""
    MunicipalContract.objects.filter(pk=chain.youth.pk).update(
        yearly_budget=D("2400000"),
        budget_form=MunicipalContract.BudgetForm.LUMP_SUM_BY_DECISIONS,
    )
    chain.youth.refresh_from_db()
    planned(chain, 2025, 200)
    placed = placement(chain)
    known = placed.allocation
    others: list[dict[str, object]] = [{} for _number in range(217)]
    others += [{"is_deleted": True}, {"decided_at": moment(date(2025, 12, 30))}]
    others += [{"origin": AllocatedBy.TASK}]
    plain = {field.attname: getattr(known, field.attname) for field in known._meta.concrete_fields}
    del plain["id"]
    Allocation.objects.bulk_create(
        Allocation(**{**plain, "number": 500_000 + number, **changed})
        for number, changed in enumerate(others)
    )
    return chain


def test_the_year_with_municipalities_comes_from_real_decisions(
    decided: World, people: People
) -> None:
    add_line(decided, "lump_sum", amount="1310000")
    close(decided, *YEAR.months(), of=[decided.pxq])
    begin = {"contract": decided.youth, "year": 2026, "agreed": AGREED}
    made = upward_settlements.begin(scope=people.first, **begin)  # type: ignore[arg-type]
    figures = upward_settlements.frozen_figures(made)
    assert (len(figures.decisions), figures.subcontracted) == (218, D("1310000.00"))
    assert Explanation.from_dict(made.adjustment).amount == D("57600.00")
    assert Explanation.from_dict(made.returned).amount == D("53872.00")
    assert made.amount == D("3728.00")
    shared = over_municipalities(AGREED, figures, made.amount)
    assert {code: one.amount for code, one in shared.items()} == {
        "0307": D("2236.80"),
        "0342": D("1491.20"),
    }
    assert refused(upward_settlements.begin, scope=people.first, **begin) == "BIL-123"
    with pytest.raises(NotAllowedError):
        upward_settlements.lock(scope=people.first, settlement=made)
    early = replace(people.second, at=moment(date(2026, 12, 31)))
    assert refused(upward_settlements.lock, scope=early, settlement=made) == "BIL-126"
    Allocation.objects.filter(number=500_000).update(is_deleted=True)
    assert refused(upward_settlements.lock, scope=people.second, settlement=made) == "BIL-127"
    Allocation.objects.filter(number=500_000).update(is_deleted=False)
    locked = upward_settlements.lock(scope=people.second, settlement=made)
    with pytest.raises(ConflictError):
        upward_settlements.fill_in(scope=people.first, settlement=locked, agreed=AGREED)
    # What became known later is the difference: one decision less is 7.200 less revenue.
    Allocation.objects.filter(number=500_000).update(is_deleted=True)
    again = upward_settlements.begin(scope=people.first, **begin)  # type: ignore[arg-type]
    assert (again.number, again.before) == (2, D("3728.00"))
    assert again.amount == again.outcome - D("3728.00")
    browser = visitor(decided, Role.CONTROLLER)
    page = browser.get(reverse("upward_settlement_detail", args=[made.pk]))
    assert b"3.728,00" in page.content
    for name in ("pdf", "xlsx"):
        answer = browser.get(reverse(f"upward_settlement_{name}", args=[made.pk]))
        assert answer.content[:4] in (b"%PDF", b"PK\x03\x04")


def test_the_contract_of_that_year_says_how_it_is_divided(decided: World, people: People) -> None:
    """What it says of other years does not count."""
    as_system()
    for year, values in (
        (2026, {"solidarity_key": "own_use", "profit_cap_percent": "3"}),
        (2027, {"solidarity_key": "pro_rata_share", "profit_cap_percent": "8"}),
    ):
        upward_terms.set_terms(
            scope=decided.system, contract=decided.youth, start_date=date(year, 1, 1), values=values
        )
    assert said_of(decided.youth, 2025) == {}
    assert said_of(decided.youth, 2026) == {"split_by": "own_use", "cap": "3.00"}
    assert said_of(decided.youth, 2027) == {"split_by": "solidarity", "cap": "8.00"}
    browser = visitor(decided, Role.CONTROLLER)
    page = reverse("upward_settlement_new")
    year = timezone.localdate().year
    asked = {"contract": decided.youth.pk, "year": year}
    chosen = browser.post(page, asked)
    assert chosen.status_code == 302
    shown = browser.get(chosen.headers["Location"])
    assert shown.context["form"].initial["split_by"] == said_of(decided.youth, year)["split_by"]


def test_a_year_is_divided_by_inhabitants(decided: World, people: People) -> None:
    add_line(decided, "lump_sum", amount="1310000")
    close(decided, *YEAR.months(), of=[decided.pxq])
    by_heads = replace(AGREED, split_by=SplitBy.INHABITANTS)
    begin = {"scope": people.first, "contract": decided.youth, "year": 2026}
    assert refused(upward_settlements.begin, **begin, agreed=by_heads) == "CON-244"
    known = replace(by_heads, inhabitants=(("0307", 75), ("0342", 25)))
    made = upward_settlements.begin(**begin, agreed=known)  # type: ignore[arg-type]
    assert upward_settlements.agreed_of(made) == known
    figures = upward_settlements.frozen_figures(made)
    shared = over_municipalities(known, figures, made.amount)
    assert {code: one.amount for code, one in shared.items()} == {
        "0307": D("2796.00"),
        "0342": D("932.00"),
    }


def test_each_year_settles_on_the_plan_of_its_own(decided: World, people: People) -> None:
    planned(decided, 2026, 218)
    planned(decided, 2027, 400)
    add_line(decided, "lump_sum", amount="1310000")
    close(decided, *YEAR.months(), of=[decided.pxq])
    begin = {"contract": decided.youth, "year": 2026, "agreed": AGREED}
    made = upward_settlements.begin(scope=people.first, **begin)  # type: ignore[arg-type]
    # As many as were planned for 2026: the budget moves with neither 2025 nor 2027.
    assert Explanation.from_dict(made.adjustment).amount == D(0)
    planned(decided, 2026, 200)
    assert refused(upward_settlements.lock, scope=people.second, settlement=made) == "BIL-127"
    again = upward_settlements.fill_in(scope=people.first, settlement=made, agreed=AGREED)
    assert Explanation.from_dict(again.adjustment).amount == D("57600.00")


def test_a_subcontractor_agrees_on_its_page(chain: World, people: People, pool: Pool) -> None:
    made = settlements.begin(scope=people.first, funding_line=pool.lines[0], year=2026)
    row = made.settlements.get(funding_line=pool.lines[0])
    own = visitor(chain, Role.SUBCONTRACTOR_USER, pool.parties[0])
    page, year = row.get_absolute_url(), {"year": "2026"}
    assert own.get(page).status_code == 404
    as_system()
    settlements.propose(scope=people.first, settlement_round=made)
    shown = own.get(page).content.decode()
    assert "531.147,54" in shown
    assert "344.262,30" not in shown
    assert "531.147,54" in own.get(reverse("settlement_list"), year).content.decode()
    # Objected to, it is computed anew: meanwhile there are no figures.
    own.post(reverse("settlement_object", args=[row.pk]), {"text": "De productie klopt niet."})
    shown = own.get(page).content.decode()
    assert "productie klopt niet" in shown
    assert "5.400.000,00" not in shown
    assert "531.147,54" not in own.get(reverse("settlement_list"), year).content.decode()
    assert own.get(reverse("settlement_pdf", args=[row.pk])).status_code == 404
    as_system()
    settlements.propose(scope=people.first, settlement_round=made)
    own.post(reverse("settlement_agree", args=[row.pk]))
    as_system()
    row.refresh_from_db()
    assert (row.state, row.agreed_by) == (State.AGREED, User.objects.get(pk=row.agreed_by_id))
    answer = own.get(reverse("settlement_pdf", args=[row.pk]))
    assert answer.content.startswith(b"%PDF")
    exported = own.get(reverse("settlement_list"), {**year, "_export": "csv"}).getvalue().decode()
    assert "531147,54" in exported
    assert "akkoord" in exported
