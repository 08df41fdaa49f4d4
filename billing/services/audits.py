"""What an auditor needs of an established production statement: terms, samples and the opinion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing import policies
from billing.models import (
    AuditOpinion,
    AuditSample,
    AuditTerms,
    DrawnLine,
    ProductionLine,
    ProductionStatement,
)
from billing.models.audits import day_after
from billing.rules.evidence import Section, lacking
from billing.rules.sampling import Drawn, Item, Way, draw
from billing.rules.whatif.frozen import freeze, thaw
from billing.selectors.audit_terms import Terms
from billing.selectors.evidence import evidence_of
from billing.selectors.evidence_sources import lines_with_entitlements
from billing.services.documents import LANGUAGE
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract

#: More lines than this nobody looks at one by one.
MOST_LINES: Final = 200
MOST_BYTES: Final = 10_000_000
_LONGEST_SEED: Final = 40
_PDF: Final = b"%PDF-"


@transaction.atomic
def record_terms(
    *,
    scope: Scope,
    main_contractor_id: int,
    contract: MunicipalContract | None,
    from_year: int,
    terms: Terms,
) -> AuditTerms:
    """Record from which amount on an auditor looks, from a year on; the last word counts.

    Without a contract for all of the main contractor. What was established keeps what held then.
    Raises RuleError BIL-187 for a threshold below nothing or a day that is in no calendar.
    """
    policies.check_can_settle(scope, main_contractor_id)
    try:
        day_after(from_year, terms.statement_before)
        day_after(from_year, terms.opinion_before)
    except ValueError as error:
        raise RuleError("BIL-187", _("These are no days of the year. Write 01-03.")) from error
    if terms.threshold < 0:
        raise RuleError("BIL-187", _("A threshold is not below nothing."))
    made = AuditTerms.objects.create(
        main_contractor_id=main_contractor_id,
        contract=contract,
        from_year=from_year,
        area=terms.area,
        threshold=terms.threshold,
        statement_before=terms.statement_before,
        opinion_before=terms.opinion_before,
        source=terms.source,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "audit_terms.recorded", made, year=from_year)
    return made


@transaction.atomic
def record_opinion(
    *,
    scope: Scope,
    statement: ProductionStatement,
    kind: str,
    given_on: date,
    auditor: str,
    document: bytes,
) -> AuditOpinion:
    """Record the opinion of an auditor with its document.

    Raises RuleError BIL-186 before the statement is established, BIL-188 for a day to come or a
    document that is no PDF of at most 10 MB.
    """
    policies.check_can_audit(scope, statement)
    if given_on > scope.today:
        raise RuleError("BIL-188", _("This day is still to come. Check the date."))
    if not document.startswith(_PDF) or len(document) > MOST_BYTES:
        raise RuleError("BIL-188", _("Add the opinion as a PDF of at most 10 MB."))
    made = AuditOpinion.objects.create(
        main_contractor_id=statement.main_contractor_id,
        statement=statement,
        kind=kind,
        given_on=given_on,
        auditor=auditor,
        document=document,
        digest=sha256(document).hexdigest(),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "audit_opinion.recorded", made, kind=kind)
    return made


@transaction.atomic
def draw_sample(
    *, scope: Scope, statement: ProductionStatement, way: Way, size: int, seed: str
) -> AuditSample:
    """Draw lines with a seed that the auditor names, and freeze the evidence of each.

    The same again gives the sample that was drawn. Raises RuleError BIL-186 before the statement is
    established, BIL-189 for a size or seed that cannot be drawn with, or where nothing is to draw.
    """
    policies.check_can_audit(scope, statement)
    seed = seed.strip()
    if not 0 < size <= MOST_LINES or not 0 < len(seed) <= _LONGEST_SEED:
        raise RuleError(
            "BIL-189",
            _("Draw at most %(count)s lines, with a seed of at most 40 signs.")
            % {"count": MOST_LINES},
        )
    lock_text(f"sample:{statement.pk}")
    same = AuditSample.objects.visible_to(scope).filter(
        statement=statement, way=way, seed=seed, size=size
    )
    if known := same.first():
        return known
    population = population_of(scope, statement)
    drawn = draw(way, population, size, seed)
    if not drawn:
        raise RuleError("BIL-189", _("There is nothing in this statement to draw from."))
    made = AuditSample.objects.create(
        main_contractor_id=statement.main_contractor_id,
        statement=statement,
        way=way,
        seed=seed,
        size=size,
        population_digest=statement.digest,
        population_count=len(population),
        population_amount=sum((abs(one.amount) for one in population), ZERO),
        drawn_by_id=scope.user_id or None,
        drawn_at=scope.at,
    )
    clients = _freeze_lines(scope, made, drawn)
    audit.record(scope, "audit_sample.drawn", made, lines=len(drawn))
    audit.looked_at(scope, clients, "audit_sample.drawn")
    return made


def population_of(scope: Scope, statement: ProductionStatement) -> list[Item]:
    """All lines of a statement that may be drawn, in the order of their keys."""
    rows = ProductionLine.objects.visible_to(scope).filter(statement=statement).order_by("key")
    pairs: Sequence[tuple[str, Decimal]] = list(rows.values_list("key", "amount"))
    return [Item(key, amount) for key, amount in pairs]


def sections_of(row: DrawnLine) -> tuple[Section, ...]:
    """The evidence of a drawn line as it was frozen."""
    return thaw(tuple[Section, ...], row.evidence)


def _client_of(line: ProductionLine) -> int | None:
    """Whom a line is about, where it is about one client."""
    entitlement = line.entitlement
    if entitlement is None:
        return None
    if entitlement.placement:
        return entitlement.placement.client_id
    invoiced = entitlement.invoice_line
    care = invoiced and (invoiced.credits or invoiced)
    return care.indication.client_id if care and care.indication else None


def _freeze_lines(scope: Scope, sample: AuditSample, drawn: Sequence[Drawn]) -> set[int]:
    """Keep each line with its evidence; returns the clients it is about."""
    keys = dict(
        ProductionLine.objects.visible_to(scope)
        .filter(statement=sample.statement_id, key__in=[one.key for one in drawn])
        .values_list("key", "pk")
    )
    lines = {line.pk: line for line in lines_with_entitlements(scope, keys.values())}
    with translation.override(LANGUAGE):
        evidence = evidence_of(scope, list(lines.values()))
    rows = []
    for place, one in enumerate(drawn, start=1):
        line = lines[keys[one.key]]
        rows.append(
            DrawnLine(
                main_contractor_id=sample.main_contractor_id,
                sample=sample,
                line=line,
                place=place,
                hits=one.hits,
                client_id=_client_of(line),
                evidence=freeze(evidence[line.pk]),
                lacking=lacking(evidence[line.pk]),
            )
        )
    DrawnLine.objects.bulk_create(rows)
    return {one.client_id for one in rows if one.client_id}
