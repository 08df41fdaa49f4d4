"""Random mixed contracts through the database: what is entitled is what is stated, always.

Between two months starts are told late or withdrawn, lines end earlier, outcomes are established
and care is corrected.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from random import Random

import pytest
from django.db.models import Sum

from billing.models import Assessment, Entitlement, Statement
from billing.rules.statement import reconcile
from billing.services import assessments, documents, months
from hoofdaannemer.core.money import ZERO, from_cents
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import DeliveryStart, FundingLine, Placement
from subcontracts.rules.funding_parameters import (
    PARAMETERS,
    RESULT_DAYS,
    RESULT_JUDGE,
    Kind,
    Parameter,
    Products,
    products_of,
)
from subcontracts.services import contracts
from tests.billing.build import declare, moment, placement, priced
from tests.billing.test_months import begin
from tests.factories import Party, World, party, world

MONTHS = [Month(2026, 1), Month(2026, 2), Month(2026, 3), Month(2026, 4)]
FORMS = [form for form in PARAMETERS if form not in {"pxq", "fte", "trajectory"}]


def typed(random: Random, parameter: Parameter) -> object:
    """A value within the bounds of a parameter."""
    if parameter.name in (RESULT_DAYS, RESULT_JUDGE):
        return None  # a bonus that a controller grants, and no verdict
    if parameter.kind is Kind.YES_NO:
        return random.random() < 0.5
    if parameter.kind is Kind.CHOICE:
        return random.choice(parameter.choices)[0]
    if parameter.kind is Kind.TEXT:
        return "pool" if parameter.name == "pool" else "woorden"
    if parameter.kind is Kind.COUNT:
        return random.randint(1, 12)
    if parameter.kind is Kind.PERCENT:
        return f"{random.randint(1, 10_000) / 100:.2f}"
    if parameter.kind is Kind.NUMBER:
        return f"{random.randint(1, 3_000) / 100:.2f}"
    return str(from_cents(random.randint(1, 2_000_000)))


def lines(random: Random, chain: World, of: Party) -> list[FundingLine]:
    """One line for each of two products, and some beside them."""
    assert of.subcontract
    caring = [form for form in FORMS if products_of(form) is Products.NEEDED]
    beside = [form for form in FORMS if products_of(form) is not Products.NEEDED]
    chosen = [
        (random.choice([*caring, "pxq"]), [chain.products["guidance"]]),
        (random.choice(caring), [chain.products["treatment"]]),
        *((form, []) for form in random.sample(beside, random.randint(0, 3))),
    ]
    found = []
    for form, products in chosen:
        start = date(2026, 1, 1) + timedelta(days=random.choice([0, 0, random.randint(1, 60)]))
        last = date(2026, 2, 1) + timedelta(days=random.randint(40, 300))
        ends = form == "subsidy" or random.random() < 0.3
        found.append(
            contracts.add_funding_line(
                scope=chain.system,
                subcontract=of.subcontract,
                line=contracts.LineTerms(
                    name=form,
                    form=form,
                    period=Period(start, last if ends else None),
                    products=products,
                    parameters={one.name: typed(random, one) for one in PARAMETERS[form]},
                ),
            )
        )
    return found


def declare_some(
    random: Random,
    chain: World,
    of: Party,
    agreed: FundingLine,
    placed: list[Placement],
    month: Month,
) -> None:
    """Hours of guidance, where a line pays them by the unit."""
    if agreed.form != "pxq" or agreed.start_date > month.first:
        return
    for one in placed:
        if one.product.code == "45A04" and random.random() < 0.5:
            declare(chain, priced(one, random.randint(1, 12), month), month=month, party=of)


def something_happens(
    random: Random, chain: World, of: Party, agreed: list[FundingLine], month: Month
) -> None:
    """What may become known between two months."""
    placed = list(Placement.objects.filter(subcontract=of.subcontract).order_by("pk"))
    declare_some(random, chain, of, agreed[0], placed, month)
    for one in placed:
        day = date(2026, 1, 1) + timedelta(days=random.randint(0, 100))
        if random.random() < 0.5 and not one.starts.filter(begin_date=day).exists():
            begin(chain, one, day)
    starts = DeliveryStart.objects.live().filter(placement__in=placed)
    if random.random() < 0.3:
        for start in starts[:1]:
            start.withdrawn_at = moment(date(2026, 5, 1))
            start.save(update_fields=["withdrawn_at"])
    ending = random.choice(agreed)
    if random.random() < 0.2 and ending.form != "subsidy":
        last = max(ending.start_date, date(2026, 2, 14))
        FundingLine.objects.filter(pk=ending.pk).update(end_date=last)
        ending.line_products.update(end_date=last)
    for line in agreed:
        if line.form == "bonus" and line.start_date <= date(2026, 3, 1) and random.random() < 0.5:
            most = D(str(line.parameters["amount"]))
            outcome = assessments.Outcome(
                amount=random.choice([ZERO, most]), day=date(2026, 3, 1), reason="gemeten"
            )
            scope = chain.system.moved_to(moment(date(2026, 6, 3)))
            assessments.record(scope=scope, funding_line=line, outcome=outcome)


def check(of: Party) -> None:
    """To the cent: entitlements are on statements, which follow each other."""
    rows = Entitlement.objects.filter(subcontractor=of.subcontractor)
    waiting = rows.without_statement()
    assert not waiting.filter(month__lte=MONTHS[-1].first).exists()
    stated = Statement.objects.filter(subcontractor=of.subcontractor).order_by("month")
    summed = [documents.totals_from_json(one.document["totals"]) for one in stated]
    entitled = rows.aggregate(sum=Sum("amount"))["sum"] or ZERO
    paid = sum((one.payable for one in stated), ZERO)
    assert reconcile(summed, entitled=entitled, paid=paid) == []
    for month in MONTHS:
        of_month = rows.filter(month=month.first)
        total = of_month.aggregate(sum=Sum("amount"))["sum"] or ZERO
        # Whatever was taken back, nobody owes for a month; a discount takes no more than there is.
        assert total >= 0, month
        for line in FundingLine.objects.filter(subcontract=of.subcontract).exclude(
            form__in=["margin", "sanction_discount"]
        ):
            of_line = of_month.filter(funding_line=line).aggregate(sum=Sum("amount"))["sum"]
            assert (of_line or ZERO) >= 0, line.form


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3))]
)
def test_what_is_entitled_is_what_is_stated(system: Scope, seed: int) -> None:
    """Twenty-five contracts a seed."""
    random = Random(seed)
    chain = world(system)
    parties = []
    for number in range(25):
        of = party(chain.system, chain.main, chain.youth, f"Zorg {number}", "pxq",
                   [chain.products["guidance"]])  # fmt: skip
        assert of.line
        of.line.line_products.all().delete()
        parties.append((of, lines(random, chain, of)))
        for product in ("guidance", "treatment"):
            for _one in range(random.randint(0, 2)):
                placement(chain, of, chain.products[product], start=date(2026, 1, 1))
    for month in MONTHS:
        for of, agreed in parties:
            something_happens(random, chain, of, agreed, month)
        close(chain, month)
    # The last month after which nothing happens any more; then a second time.
    close(chain, MONTHS[-1].next())
    recorded = Entitlement.objects.count()
    for of, _agreed in parties:
        check(of)
    close(chain, MONTHS[-1].next())
    assert Entitlement.objects.count() == recorded
    assert {row.funding_line.form for row in Assessment.objects.all()} <= {"bonus"}


def close(chain: World, month: Month) -> None:
    scope = chain.system.moved_to(moment(date(2026, 9, 3)))
    result = months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
    assert result.problems == []
