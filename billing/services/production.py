"""The production statement of a year: built from entitlements, confirmed, established by a second.

Every entitlement of the year counts once: with the municipality that allocated the care, or, where
it is for no client, shared over the municipalities of the contract by their shares.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Entitlement, ProductionLine, ProductionPart, ProductionStatement
from billing.models.entitlements import EntitlementQuerySet
from billing.selectors.audit_terms import terms_of
from billing.selectors.production import established_before, not_ready
from hoofdaannemer.accounts.models import User
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.money import ZERO, split
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services.concluding import lock_text
from subcontracts.models import MunicipalContract

Status = ProductionStatement.Status
State = ProductionPart.State
_DECEMBER: Final = 12

# What a line says is what the declared line says: the text of `rules.production.text_of`.
_LINES: Final = """
INSERT INTO billing_productionline (
    main_contractor_id, provider_organisation_id, statement_id, part_id, entitlement_id, key, month,
    form, code, name, unit, tariff, is_per_hour, volume, amount, reference, is_correction)
SELECT one.main_contractor_id, one.provider_organisation_id, part.statement_id, part.id, one.id,
    'R' || lpad(one.id::text, 10, '0'), one.month, one.form, product.code, product.name,
    coalesce(declared.unit, ''), coalesce(declared.hour_tariff, declared.tariff),
    declared.hour_tariff IS NOT NULL,
    CASE WHEN declared.unit <> '83' THEN
        CASE WHEN declared.is_credit THEN -declared.volume ELSE declared.volume END END,
    one.amount, one.reference, one.corrects_id IS NOT NULL
FROM billing_entitlement one
JOIN subcontracts_fundingline line ON line.id = one.funding_line_id
JOIN subcontracts_subcontract below ON below.id = line.subcontract_id
JOIN subcontracts_placement placement ON placement.id = one.placement_id
JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
JOIN subcontracts_product product ON product.id = coalesce(one.product_id, placement.product_id)
JOIN billing_productionpart part
    ON part.statement_id = %(statement)s AND part.subcontractor_id = one.subcontractor_id
LEFT JOIN billing_declaredline declared ON declared.id = one.declared_line_id
WHERE one.main_contractor_id = %(main)s AND one.month BETWEEN %(first)s AND %(last)s
  AND below.municipal_contract_id = %(contract)s AND allocation.municipality_id = %(municipality)s
"""
_PARTS: Final = """
UPDATE billing_productionpart part SET amount = found.amount, corrected = found.corrected,
    line_count = found.lines
FROM (SELECT part_id, sum(amount) AS amount, count(*) AS lines,
        coalesce(sum(amount) FILTER (WHERE is_correction), 0) AS corrected
    FROM billing_productionline WHERE statement_id = %(statement)s GROUP BY part_id) found
WHERE found.part_id = part.id
"""
_TOTALS: Final = """
SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE is_correction), 0),
    encode(sha256(convert_to(coalesce(string_agg(
        concat_ws(';', key, to_char(month, 'YYYY-MM'), code, unit, coalesce(volume::text, ''),
            coalesce(tariff::text, ''), amount::text),
        chr(10) ORDER BY key), ''), 'UTF8')), 'hex')
FROM billing_productionline WHERE statement_id = %(statement)s
"""


@transaction.atomic
def begin(
    *, scope: Scope, contract: MunicipalContract, year: int, last_month: Month | None = None
) -> list[ProductionStatement]:
    """A draft for every municipality of a contract of which none is open; from December, or until
    an earlier month. Where the year was established before, it is the next version.

    Raises RuleError BIL-180 where all are open already, BIL-181 for a year or month in which the
    contract did not run or that has yet to begin.
    """
    policies.check_can_settle(scope, contract.main_contractor_id)
    lock_text(f"production:{contract.pk}:{year}")
    until = last_month or Month(year, _DECEMBER)
    _check_ran(scope, contract, year, until)
    known = ProductionStatement.objects.visible_to(scope).filter(contract=contract, year=year)
    is_open = set(known.exclude(status=Status.LOCKED).values_list("municipality", flat=True))
    parts = contract.municipalities.visible_to(scope).exclude(municipality__in=is_open)
    made = []
    for part in parts.select_related("municipality").order_by("municipality__code"):
        row = ProductionStatement(
            main_contractor_id=contract.main_contractor_id,
            contract=contract,
            municipality=part.municipality,
            contract_number=contract.number,
            contract_name=contract.name,
            year=year,
            last_month=until.first,
            number=known.filter(municipality=part.municipality).count() + 1,
        )
        _build(scope, row)
        audit.record(scope, "production_statement.begun", row, year=year)
        made.append(row)
    if not made:
        raise RuleError(
            "BIL-180", _("The statements of this year are being made already. Go on there.")
        )
    return made


def _check_ran(scope: Scope, contract: MunicipalContract, year: int, until: Month) -> None:
    ended = contract.end_date or date.max
    first, last = date(year, 1, 1), until.first
    if (
        until.year != year
        or contract.start_date > until.last
        or ended < first
        or last > scope.today
    ):
        raise RuleError(
            "BIL-181", _("The contract did not run in these months. Choose another year or month.")
        )


@transaction.atomic
def rebuild(*, scope: Scope, statement: ProductionStatement) -> ProductionStatement:
    """Build a draft anew from what is known now. Raises ConflictError for what is no draft."""
    policies.check_can_settle(scope, statement.main_contractor_id)
    row = _locked(scope, statement, Status.DRAFT)
    _build(scope, row)
    audit.record(scope, "production_statement.built", row, amount=str(row.amount))
    return row


@transaction.atomic
def propose(*, scope: Scope, statement: ProductionStatement) -> ProductionStatement:
    """Put a draft before its subcontractors, each its own part.

    Raises ConflictError for what is no draft, RuleError BIL-182 with what it still waits for,
    BIL-183 where entitlements came since it was built.
    """
    policies.check_can_put_forward(scope, statement)
    row = _locked(scope, statement, Status.DRAFT)
    if waits := not_ready(scope, row):
        raise RuleError("BIL-182", " ".join([_("This is not ready yet."), *waits]))
    _check_fresh(scope, row)
    row.status, row.proposed_at = Status.PROPOSED, scope.at
    row.proposed_by_id = scope.user_id
    row.save(update_fields=["status", "proposed_at", "proposed_by"])
    row.parts.filter(state=State.DRAFT).update(state=State.PROPOSED)
    audit.record(scope, "production_statement.proposed", row, amount=str(row.amount))
    return row


@transaction.atomic
def take_back(*, scope: Scope, statement: ProductionStatement) -> ProductionStatement:
    """Make a draft again of what was put before subcontractors, built anew; answers lapse.

    Raises ConflictError for what was not put before them.
    """
    policies.check_can_settle(scope, statement.main_contractor_id)
    row = _locked(scope, statement, Status.PROPOSED)
    # A part goes only as a draft: the database holds that for who is no system.
    row.parts.update(state=State.DRAFT, answered_by=None, answered_at=None, objection="")
    row.status = Status.DRAFT
    _build(scope, row)
    audit.record(scope, "production_statement.taken_back", row)
    return row


@transaction.atomic
def confirm(*, scope: Scope, part: ProductionPart) -> ProductionPart:
    """Say that one's own part is right. Raises ConflictError for what is not asked any more."""
    policies.check_can_confirm_production(scope, part)
    row = _asked(scope, part)
    row.objection = ""
    _answer(scope, row, State.CONFIRMED)
    audit.record(scope, "production_part.confirmed", row, amount=str(row.amount))
    return row


@transaction.atomic
def object_to(*, scope: Scope, part: ProductionPart, text: str) -> ProductionPart:
    """Say what is wrong with one's own part.

    Raises ConflictError for what is not asked any more, RuleError BIL-184 without words.
    """
    policies.check_can_confirm_production(scope, part)
    if not text.strip():
        raise RuleError("BIL-184", _("Say what is wrong, so that it can be looked into."))
    row = _asked(scope, part)
    row.objection = text.strip()
    _answer(scope, row, State.OBJECTED)
    audit.record(scope, "production_part.objected", row)
    return row


@transaction.atomic
def lock(*, scope: Scope, statement: ProductionStatement, reason: str = "") -> ProductionStatement:
    """Establish what a colleague put forward, with what holds for its audit.

    `reason` says why it is established although a part was not answered. Raises NotAllowedError for
    who put it forward, ConflictError for what was not, RuleError BIL-183 where entitlements came
    since, BIL-185 where a subcontractor does not agree, or did not answer and no reason is given.
    """
    row = _locked(scope, statement, Status.PROPOSED)
    policies.check_can_establish(scope, row)
    _check_fresh(scope, row)
    _check_answers(row, reason)
    terms = terms_of(scope, row.contract, row.year)
    row.status, row.locked_at, row.locked_by_id = Status.LOCKED, scope.at, scope.user_id
    row.unconfirmed_reason = reason.strip()
    row.threshold = terms.threshold
    row.statement_due = terms.statement_due(row.year)
    row.opinion_due = terms.opinion_due(row.year)
    row.save()
    row.parts.update(established_at=scope.at)
    audit.record(scope, "production_statement.locked", row, amount=str(row.amount))
    return row


def _check_answers(row: ProductionStatement, reason: str) -> None:
    states = set(row.parts.values_list("state", flat=True))
    if State.OBJECTED in states:
        raise RuleError(
            "BIL-185", _("A subcontractor does not agree. Take it back, or ask it to confirm.")
        )
    if State.PROPOSED in states and not reason.strip():
        raise RuleError(
            "BIL-185", _("Not every subcontractor confirmed. Wait for them, or say why not.")
        )


def _check_fresh(scope: Scope, row: ProductionStatement) -> None:
    """Entitlements are only added, so that what is not in it came later."""
    known = ProductionLine.objects.filter(statement=row).values("entitlement")
    if _of_municipality(scope, row).exclude(pk__in=known).exists():
        raise RuleError(
            "BIL-183", _("Amounts came in since this was built. Take it back and build it again.")
        )
    shared = dict(_shared(scope, row))
    lines = ProductionLine.objects.filter(statement=row, entitlement__placement=None)
    if dict(lines.values_list("entitlement", "amount")) != {
        one.pk: amount for one, amount in shared.items()
    }:
        raise RuleError(
            "BIL-183", _("Amounts came in since this was built. Take it back and build it again.")
        )


def _build(scope: Scope, row: ProductionStatement) -> None:
    """Lines, parts and totals from what is known now; the row is saved with them."""
    row.built_at, row.before = scope.at, established_before(row)
    row.built_by = User.objects.filter(pk=scope.user_id).first()
    row.proposed_by, row.proposed_at = None, None
    row.amount = row.corrected = ZERO
    row.line_count, row.digest = 0, ""
    row.save()
    row.lines.all().delete()
    row.parts.all().delete()
    shared = list(_shared(scope, row))
    parts = _parts(scope, row, shared)
    with connection.cursor() as cursor:
        cursor.execute(_LINES, _parameters(row))
    ProductionLine.objects.bulk_create(_shared_line(row, parts, *one) for one in shared)
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, {"statement": row.pk})
        cursor.execute(_TOTALS, {"statement": row.pk})
        row.line_count, row.amount, row.corrected, row.digest = cursor.fetchone()
    row.save()


def _parameters(row: ProductionStatement) -> dict[str, Any]:
    return {
        "statement": row.pk,
        "main": row.main_contractor_id,
        "contract": row.contract_id,
        "municipality": row.municipality_id,
        "first": date(row.year, 1, 1),
        "last": row.last_month,
    }


def _of_year(scope: Scope, row: ProductionStatement) -> EntitlementQuerySet:
    found: EntitlementQuerySet = Entitlement.objects.visible_to(scope).filter(
        main_contractor=row.main_contractor_id,
        funding_line__subcontract__municipal_contract=row.contract_id,
        month__range=(date(row.year, 1, 1), row.last_month),
    )
    return found


def _of_municipality(scope: Scope, row: ProductionStatement) -> EntitlementQuerySet:
    found: EntitlementQuerySet = _of_year(scope, row).filter(
        placement__allocation__municipality=row.municipality_id
    )
    return found


def _shared(scope: Scope, row: ProductionStatement) -> Iterable[tuple[Entitlement, Decimal]]:
    """What is for no client, with this municipality's share: shares add up to the cent."""
    shares = list(
        row.contract.municipalities.order_by("municipality__code").values_list(
            "municipality", "share"
        )
    )
    place = [municipality for municipality, _share in shares].index(row.municipality_id)
    weights = [share for _municipality, share in shares]
    rows = _of_year(scope, row).filter(placement=None).select_related("product").order_by("pk")
    return [(one, split(one.amount, weights)[place]) for one in rows]


def _parts(
    scope: Scope, row: ProductionStatement, shared: Iterable[tuple[Entitlement, Decimal]]
) -> dict[int, ProductionPart]:
    """A part for every subcontractor with something in it, by its key."""
    pairs = set(
        _of_municipality(scope, row)
        .order_by()
        .values_list("subcontractor", "provider_organisation")
        .distinct()
    ) | {(one.subcontractor_id, one.provider_organisation_id) for one, _amount in shared}
    made = ProductionPart.objects.bulk_create(
        ProductionPart(
            main_contractor_id=row.main_contractor_id,
            provider_organisation_id=provider,
            statement=row,
            subcontractor_id=subcontractor,
            municipality_id=row.municipality_id,
            contract_name=row.contract_name,
            year=row.year,
            last_month=row.last_month,
            number=row.number,
            amount=ZERO,
            corrected=ZERO,
            line_count=0,
        )
        for subcontractor, provider in sorted(pairs)
    )
    return {one.subcontractor_id: one for one in made}


def _shared_line(
    row: ProductionStatement,
    parts: dict[int, ProductionPart],
    one: Entitlement,
    amount: Decimal,
) -> ProductionLine:
    return ProductionLine(
        main_contractor_id=row.main_contractor_id,
        provider_organisation_id=one.provider_organisation_id,
        statement=row,
        part=parts[one.subcontractor_id],
        entitlement=one,
        key=f"R{one.pk:010d}",
        month=one.month,
        form=one.form,
        code=one.product.code if one.product else "",
        name=one.product.name if one.product else "",
        amount=amount,
        reference=one.reference,
        is_correction=one.corrects_id is not None,
    )


def _answer(scope: Scope, row: ProductionPart, state: ProductionPart.State) -> None:
    row.state, row.answered_at = state, scope.at
    row.answered_by_id = scope.user_id
    row.save(update_fields=["state", "answered_at", "answered_by", "objection"])


def _asked(scope: Scope, part: ProductionPart) -> ProductionPart:
    row = ProductionPart.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=part.pk)
    if row.established_at or row.state not in (State.PROPOSED, State.OBJECTED):
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row


def _locked(
    scope: Scope, statement: ProductionStatement, status: ProductionStatement.Status
) -> ProductionStatement:
    row = (
        ProductionStatement.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("contract")
        .get(pk=statement.pk)
    )
    if row.status != status:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row
