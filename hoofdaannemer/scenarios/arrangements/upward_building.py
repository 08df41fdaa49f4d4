"""Sets up one municipal contract with everything that it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from operator import itemgetter

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import Scope, system
from hoofdaannemer.scenarios.arrangements import moments
from hoofdaannemer.scenarios.arrangements.upward import (
    AuthorityFrom,
    Change,
    Declared,
    Duty,
    Option,
    ProductFrom,
    Town,
    Upward,
)
from subcontracts.models import AllocatedBy, ContractOption, MunicipalContract, Product
from subcontracts.services import (
    authorities,
    contract_products,
    contracts,
    divisions,
    exchange_terms,
    municipal_changes,
    purposes,
    upward_budgets,
    upward_dates,
    upward_products,
    upward_terms,
)
from subcontracts.services.upward_products import Months


def contract(
    *,
    main_contractor_id: int,
    entry: Upward,
    products: Sequence[Product],
) -> MunicipalContract:
    """Record the contract a month before it begins, and decide on its options when that was.

    Raises RuleError where something in it breaks a rule of the contract services.
    """
    first = entry.start_date - timedelta(days=moments.SETTING_UP)
    setting_up = system(moments.at(first), main_contractor_id=main_contractor_id)
    fields = contracts.MunicipalTerms.__dataclass_fields__
    made = contracts.create_municipal_contract(
        scope=setting_up,
        main_contractor_id=main_contractor_id,
        terms=contracts.MunicipalTerms(**{name: getattr(entry, name) for name in fields}),
        shares=_shares(entry.municipalities),
        products=products,
    )
    # First of all: an option that was taken makes room for what came in its years.
    _in_time(setting_up, made, entry)
    _dated(setting_up, made, entry)
    _money(setting_up, made, entry)
    by_code = {product.code: product for product in products}
    for declared in entry.declared:
        _declared(setting_up, made, by_code[declared.product], declared)
    for turn in entry.product_turns:
        _turn(setting_up, made, by_code[turn.product], turn)
    for duty in entry.duties:
        _duty(setting_up, made, duty)
    made.refresh_from_db()
    return made


def _shares(towns: Iterable[Town]) -> dict[Municipality, Decimal]:
    return {
        Municipality.objects.get_or_create(code=town.code, defaults={"name": town.name})[0]: (
            town.share
        )
        for town in towns
    }


def _dated(scope: Scope, made: MunicipalContract, entry: Upward) -> None:
    for division in entry.divisions:
        divisions.divide(
            scope=scope,
            contract=made,
            start_date=division.start_date,
            shares=_shares(division.municipalities),
            source=division.source,
        )
    for one in entry.exchanges:
        exchange_terms.agree_exchange(
            scope=scope,
            contract=made,
            start_date=one.start_date,
            exchange=exchange_terms.Exchange(
                messages=one.messages, number_first=one.number_first, number_last=one.number_last
            ),
            source=one.source,
        )
    for consent in entry.relay_consents:
        municipal_changes.record_consent(
            scope=scope,
            contract=made,
            start_date=consent.start_date,
            is_given=consent.is_given,
            reference=consent.reference,
        )
    for authority in entry.authorities:
        authorities.set_authority(
            scope=scope,
            contract=made,
            allocated_by=authority.allocated_by,
            start_date=authority.start_date,
            mandate=_mandate(authority),
        )
    for purpose in entry.purposes:
        purposes.set_purpose(
            scope=scope, contract=made, purpose=purpose.purpose, start_date=purpose.start_date
        )
    for terms in entry.terms:
        upward_terms.set_terms(
            scope=scope,
            contract=made,
            start_date=terms.start_date,
            values=terms.values,
            source=terms.source,
        )
    for consortium in entry.consortia:
        members = [
            upward_terms.Member(name=one.name, kvk=one.kvk, share=one.share, is_lead=one.is_lead)
            for one in consortium.members
        ]
        upward_terms.set_consortium(
            scope=scope, contract=made, start_date=consortium.start_date, members=members
        )


def _turn(scope: Scope, made: MunicipalContract, product: Product, entry: ProductFrom) -> None:
    if entry.is_covered:
        contract_products.take_in(
            scope=scope,
            contract=made,
            product=product,
            first_day=entry.start_date,
            source=entry.source,
        )
        return
    contract_products.take_out(
        scope=scope,
        contract=made,
        product=product,
        last_day=entry.start_date - timedelta(days=1),
        source=entry.source,
    )


def _mandate(entry: AuthorityFrom) -> authorities.Mandate | None:
    if entry.allocated_by != AllocatedBy.MANDATE:
        return None
    return authorities.Mandate(
        reference=entry.reference,
        number_first=entry.number_first or 0,
        number_last=entry.number_last or 0,
    )


def _money(scope: Scope, made: MunicipalContract, entry: Upward) -> None:
    for form in entry.budget_forms:
        upward_budgets.change_form(
            scope=scope,
            contract=made,
            first_year=form.first_year,
            form=form.form,
            source=form.source,
        )
    for plan in entry.plans:
        upward_budgets.plan_decisions(
            scope=scope,
            contract=made,
            first_year=plan.first_year,
            plan=upward_budgets.Plan(
                planned_decisions=plan.planned_decisions,
                variable_share=plan.variable_share,
                corridor=plan.corridor,
            ),
            source=plan.source,
        )
    for basis in entry.bases:
        upward_budgets.form_budget(
            scope=scope,
            contract=made,
            first_year=basis.first_year,
            basis=upward_budgets.Basis(
                number=basis.number,
                price=basis.price,
                variable_share=basis.variable_share,
                corridor=basis.corridor,
            ),
            source=basis.source,
        )
    for budget in entry.budgets:
        upward_budgets.set_budget(
            scope=scope,
            contract=made,
            year=budget.year,
            amount=budget.amount,
            base=budget.base,
            note=budget.note,
        )
    for one in entry.adjusters:
        facts = upward_budgets.AdjusterFacts(
            year=one.year,
            effective_date=one.effective_date,
            kind=one.kind,
            amount=one.amount,
            note=one.note,
        )
        upward_budgets.adjust_budget(scope=scope, contract=made, facts=facts)


def _declared(scope: Scope, made: MunicipalContract, product: Product, entry: Declared) -> None:
    upward_products.declare_product(
        scope=scope,
        contract=made,
        product=product,
        months=Months(entry.first_month, entry.last_month),
    )
    for price in entry.prices:
        upward_products.set_upward_tariff(
            scope=scope,
            contract=made,
            product=product,
            amount=price.amount,
            months=Months(price.first_month, price.last_month),
        )


def _duty(scope: Scope, made: MunicipalContract, entry: Duty) -> None:
    facts = upward_dates.DutyFacts(
        name=entry.name,
        kind=entry.kind,
        rhythm=entry.rhythm,
        start_date=entry.start_date,
        due_days=entry.due_days,
        due_in=entry.due_in,
        recipient=entry.recipient,
        is_passed_on=entry.is_passed_on,
    )
    row = upward_dates.add_duty(scope=scope, contract=made, facts=facts)
    if entry.end_date is not None:
        upward_dates.end_duty(scope=scope, duty=row, end_date=entry.end_date)


def _in_time(setting_up: Scope, made: MunicipalContract, entry: Upward) -> None:
    """Options that were decided on and changes of the contract, in the order of their days."""
    days = moments.in_turn(change.agreed_on for change in entry.changes)
    steps: list[tuple[date, Callable[[], None]]] = [
        (day, partial(_change, setting_up.moved_to(moments.at(day)), made, change))
        for day, change in zip(days, entry.changes, strict=True)
    ]
    steps += _options(setting_up, made, entry)
    for _day, step in sorted(steps, key=itemgetter(0)):
        step()


def _change(scope: Scope, made: MunicipalContract, entry: Change) -> None:
    made.refresh_from_db()
    said = entry.model_dump(include=set(municipal_changes.Facts.__dataclass_fields__))
    facts = {name: value for name, value in said.items() if value is not None}
    if entry.is_open:
        facts["end_date"] = None
    municipal_changes.change(
        scope=scope,
        contract=made,
        facts=replace(municipal_changes.facts_of(made), **facts),
        # Nothing is below it yet.
        agreed=municipal_changes.Agreed(on=entry.agreed_on, source=entry.source, outlives=True),
    )


def _options(
    setting_up: Scope, made: MunicipalContract, entry: Upward
) -> list[tuple[date, Callable[[], None]]]:
    """Record them all; what is left is to decide on those that were."""
    rows = [
        upward_dates.add_option(
            scope=setting_up,
            contract=made,
            months=one.months,
            announce_by=one.announce_by,
            decide_by=one.decide_by,
            note=one.note,
        )
        for one in entry.options
    ]
    return [
        (one.decided_on, partial(_decide, setting_up, row, one))
        for one, row in zip(entry.options, rows, strict=True)
        if one.decided_on is not None
    ]


def _decide(setting_up: Scope, row: ContractOption, entry: Option) -> None:
    if entry.outcome is not None and entry.decided_on is not None:
        upward_dates.decide_option(
            scope=setting_up.moved_to(moments.at(entry.decided_on)),
            option=row,
            outcome=entry.outcome,
            decided_on=entry.decided_on,
        )
