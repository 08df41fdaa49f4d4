"""A year of forty subcontractors replayed under another form: from the question to its outcome.

There is no bare way beside it: the aim is the half minute that the question may take.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Final

from django.db import connection

from billing.models import WhatIf
from billing.rules.whatif.terms import Converted, Counted, Form, Terms
from billing.services import what_ifs
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as
from tests.bench import history
from tests.bench.history import History, Size
from tests.bench.measuring import Rate

SUBCONTRACTORS: Final = 40
MONTHS: Final = 12
SECONDS: Final = 30
#: By what is declared, and by days and steps of care, which take the most.
QUESTIONS: Final = (
    Terms(form=Form.PXQ, counted=Counted.DECLARED),
    Terms(form=Form.CAPACITY, counted=Counted.PEAK, converted=Converted.ALL),
    Terms(form=Form.TRAJECTORY, converted=Converted.ALL),
)
# As closed months leave them: one statement a month with all its entitlements.
_STATEMENTS: Final = (
    """
    INSERT INTO billing_statement (month, number, entitled, corrected, held, released, carried_in,
        payable, carried_out, issued_at, document, pdf, pdf_digest, main_contractor_id,
        provider_organisation_id, subcontractor_id)
    SELECT month, 'MO' || row_number() OVER (), sum(amount), 0, 0, 0, 0, sum(amount), 0, now(),
        '{}', '', '', main_contractor_id, provider_organisation_id, subcontractor_id
    FROM billing_entitlement
    GROUP BY month, main_contractor_id, provider_organisation_id, subcontractor_id
    """,
    """
    INSERT INTO billing_statementline (kind, amount, entitlement_id, statement_id,
        main_contractor_id, provider_organisation_id)
    SELECT 'entitlement', one.amount, one.id, statement.id, one.main_contractor_id,
        one.provider_organisation_id
    FROM billing_entitlement one JOIN billing_statement statement
        ON statement.subcontractor_id = one.subcontractor_id AND statement.month = one.month
    """,
)


def measure() -> Iterator[Rate]:
    """Every question once, on facts that are read anew."""
    past = history.make(Size(others=SUBCONTRACTORS - 1, months=MONTHS))
    with acting_as(past.scope), connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement)
    for terms in QUESTIONS:
        begin = perf_counter()
        row = _asked(past, terms)
        seconds = perf_counter() - begin
        with acting_as(past.scope):
            _check(row)
        yield Rate(
            f"whatif_{terms.form}",
            f"{SUBCONTRACTORS} subcontractors x {MONTHS} months as {terms.form},"
            f" {past.lines} lines",
            SUBCONTRACTORS * MONTHS,
            seconds,
            SUBCONTRACTORS * MONTHS / SECONDS,
        )


def _asked(past: History, terms: Terms) -> WhatIf:
    last = Month(history.FIRST.year, MONTHS)
    question = what_ifs.Question(name="bench", first=history.FIRST, last=last, terms=terms)
    with acting_as(past.scope):
        row = what_ifs.ask(scope=past.scope, main_contractor_id=past.main.pk, question=question)
    return what_ifs.take_up(scope=past.scope, what_if_id=row.pk)


def _check(row: WhatIf) -> None:
    """All of them, each under its own form to the cent."""
    assert row.state == WhatIf.State.DONE, row.problem
    results = row.results.all()
    assert len(results) == SUBCONTRACTORS
    assert all(one.is_reproduced and one.own == one.actual for one in results)
