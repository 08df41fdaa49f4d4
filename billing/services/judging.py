"""The rules across messages for staged lines, as sets in SQL: one line gets all its findings.

Credits are judged first, and only for what concerns their debit: a credit is refused for
technical reasons alone (IV085). A placement's totals (TR322, TR369) are judged last, line by line,
for the few placements where they do not fit.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from subcontracts.models import Subcontractor


@dataclass(frozen=True)
class Question:
    """Who declares, under which law, and for which declaration period."""

    subcontractor: Subcontractor
    family: str
    period_end: date

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements below."""
        return {
            "main": self.subcontractor.main_contractor_id,
            "provider": self.subcontractor.provider_organisation_id,
            "subcontractor": self.subcontractor.pk,
            "own_team": self.subcontractor.is_own_team,
            "family": self.family,
            "period_end": self.period_end,
        }


# Volumes of allocated hours count in minutes here, for lines may be in either.
_IN_SMALLEST: Final = """
    {0}volume * CASE WHEN {1} = '04' AND {0}unit = '04' THEN 60 ELSE 1 END
"""
# Row-level security hides from the planner how many rows there are, so that it expects one where
# thousands come. What is found by a key of the lines is asked for once, with all keys as an array
# and thus in one walk along the index, and joined by hash (`BY_HASH`). What was approved before
# comes from the totals of placements, and costs the same however long their history is; only a
# line within the days that were declared before looks for the debit of the same care.
BY_HASH: Final = "SET LOCAL enable_nestloop = off"
BY_PROBE: Final = "SET LOCAL enable_nestloop = on"
_JUDGED: Final = """
CREATE TEMPORARY TABLE billing_judged ON COMMIT DROP AS
WITH declared AS MATERIALIZED (
    SELECT array_agg(reference) AS refs, array_agg(number) AS numbers,
        array_agg(previous_reference) FILTER (WHERE is_credit) AS taken_back
    FROM billing_stage
),
used AS MATERIALIZED (
    SELECT reference FROM billing_stage GROUP BY reference HAVING count(*) > 1
    UNION ALL
    SELECT reference FROM billing_declaredline
    WHERE main_contractor_id = %(main)s AND family = %(family)s
      AND provider_organisation_id = %(provider)s AND is_approved
      AND reference = ANY((SELECT refs FROM declared)::text[])
    UNION ALL
    SELECT reference FROM billing_declaredline
    WHERE main_contractor_id = %(main)s AND family = %(family)s
      AND provider_organisation_id = %(provider)s AND NOT is_approved
      AND reference = ANY((SELECT refs FROM declared)::text[])
),
placed AS MATERIALIZED (
    -- A deleted allocation took its placements along.
    SELECT id, client_id, number, subcontract_id, product_id, start_date, end_date, volume, unit,
        frequency, budget, status IN ('declined', 'withdrawn') AS is_gone
    FROM subcontracts_placement
    WHERE main_contractor_id = %(main)s AND family = %(family)s
      AND provider_organisation_id = %(provider)s
      AND number = ANY((SELECT numbers FROM declared)::bigint[])
),
total AS MATERIALIZED (
    SELECT placement_id, hours, others, cents, last_end FROM billing_declaredtotal
    WHERE placement_id = ANY(ARRAY(SELECT id FROM placed))
),
-- Of declarations that the totals do not hold yet.
waiting AS MATERIALIZED (
    SELECT line.placement_id,
        sum(CASE WHEN line.unit <> '04' THEN 0 WHEN line.is_credit THEN -line.volume
            ELSE line.volume END)::bigint AS hours,
        sum(CASE WHEN line.unit = '04' THEN 0 WHEN line.is_credit THEN -line.volume
            ELSE line.volume END)::bigint AS others,
        (sum(CASE WHEN line.is_credit THEN -line.amount ELSE line.amount END) * 100)::bigint
            AS cents,
        max(line.end_date) AS last_end
    FROM billing_declaredline line
    WHERE line.is_approved AND line.declaration_id = ANY(ARRAY(
        SELECT id FROM billing_declaration
        WHERE subcontractor_id = %(subcontractor)s AND entitled_at IS NULL))
    GROUP BY line.placement_id
),
debit AS MATERIALIZED (
    SELECT * FROM billing_declaredline
    WHERE main_contractor_id = %(main)s AND family = %(family)s
      AND provider_organisation_id = %(provider)s AND is_approved AND NOT is_credit
      AND reference = ANY((SELECT taken_back FROM declared)::text[])
)
SELECT s.*, p.id AS placement_id, p.subcontract_id,
    p.start_date AS placed_from, p.end_date AS placed_to, p.volume AS placed_volume,
    p.unit AS placed_unit, p.frequency AS placed_frequency, p.budget AS placed_budget,
    pp.category AS placed_category, pp.code AS placed_code,
    coalesce(t.unit, pp.unit) AS contract_unit, p.is_gone, own.id AS product_id,
    f.id AS funding_line_id, f.parameters ->> 'minutes' AS how, t.amount AS price,
    t.unit AS price_unit,
    debit.id AS debit_id, debit.is_credited AS debit_is_credited,
    debit.placement_id = p.id AND debit.category = s.category AND debit.code = s.code
        AND debit.start_date = s.start_date AND debit.end_date = s.end_date
        AND debit.volume = s.volume AND debit.unit = s.unit
        AND debit.tariff IS NOT DISTINCT FROM s.tariff / 100.0
        AND debit.amount = s.amount / 100.0 AS is_copy,
    standing.id AS standing_id,
    (coalesce(total.hours, 0) + coalesce(waiting.hours, 0))
        * CASE WHEN p.unit = '04' THEN 60 ELSE 1 END
        + coalesce(total.others, 0) + coalesce(waiting.others, 0) AS used_volume,
    coalesce(total.cents, 0) + coalesce(waiting.cents, 0) AS used_cents,
    s.reference IN (SELECT reference FROM used) AS is_used
FROM billing_stage s
LEFT JOIN placed p ON p.number = s.number AND p.client_id = s.client_id
LEFT JOIN subcontracts_product pp ON pp.id = p.product_id
LEFT JOIN subcontracts_product own ON own.main_contractor_id = %(main)s
    AND own.family = %(family)s AND own.category = s.category AND own.code = s.code
LEFT JOIN subcontracts_fundinglineproduct fp ON fp.subcontract_id = p.subcontract_id
    AND fp.product_id = p.product_id AND fp.start_date <= s.start_date
    AND (fp.end_date IS NULL OR fp.end_date >= s.start_date)
LEFT JOIN subcontracts_fundingline f ON f.id = fp.funding_line_id AND f.form = 'pxq'
LEFT JOIN subcontracts_tariff t ON t.subcontract_id = p.subcontract_id
    AND t.product_id = p.product_id AND t.start_date <= s.start_date
    AND (t.end_date IS NULL OR t.end_date >= s.start_date)
LEFT JOIN debit ON s.is_credit AND debit.reference = s.previous_reference
LEFT JOIN total ON total.placement_id = p.id
LEFT JOIN waiting ON waiting.placement_id = p.id
-- The debit of this same care; the limit keeps it a probe, made where it may find anything.
LEFT JOIN LATERAL (
    SELECT e.id FROM billing_declaredline e
    WHERE s.start_date <= greatest(total.last_end, waiting.last_end) AND NOT s.is_credit
      AND e.placement_id = p.id AND e.category = s.category AND e.code = s.code
      AND e.start_date = s.start_date AND e.end_date = s.end_date
      AND e.is_approved AND NOT e.is_credit AND NOT e.is_credited
    LIMIT 1
) standing ON true
"""

_UNIT_FITS: Final = "(unit = {0} OR ({0} = '04' AND unit = '01'))"
#: Rules of every line, then those of a debit; a condition that is unknown finds nothing.
_RULES: Final = {
    "TR304": "client_id IS NULL",
    "TR338": "client_id IS NOT NULL AND placement_id IS NULL",
    "TR314": "client_id IS NOT NULL AND is_used",
    "TR319": "client_id IS NOT NULL AND (start_date > %(period_end)s OR end_date > %(period_end)s)",
    "TR323": "client_id IS NOT NULL AND is_credit"
    " AND (debit_id IS NULL OR debit_is_credited OR is_copy IS NOT TRUE)",
    "TR390": "client_id IS NOT NULL AND is_credit AND debit_is_credited",
}
_DEBIT_RULES: Final = {
    "TR307": "start_date < placed_from",
    "TR308": "end_date > placed_to",
    "TR321": "volume > line_cap",
    "TR339": "category <> placed_category",
    "TR340": "code <> placed_code",
    "TR341": "NOT CASE WHEN placed_unit <> '' THEN "
    + _UNIT_FITS.format("placed_unit")
    + " ELSE "
    + _UNIT_FITS.format("contract_unit")
    + " END",
    "TR346": "unit <> '83' AND amount <> fitting_amount",
    "TR381": "product_id IS NULL AND client_id IS NOT NULL",
    "TR384": "is_gone",
    "TR387": "start_date <> greatest(date_trunc('month', start_date)::date, placed_from)",
    "TR388": "end_date <> least((date_trunc('month', start_date) + interval '1 month - 1 day')"
    "::date, placed_to)",
    "TR418": "placement_id IS NOT NULL AND CASE"
    # An own team has no contract: its volumes are known, and cost nothing here.
    " WHEN %(own_team)s THEN amount <> 0"
    " WHEN funding_line_id IS NULL THEN true"
    " WHEN unit = '83' THEN false"
    " ELSE tariff IS DISTINCT FROM fitting_tariff END",
}


def _case(rule: str, condition: str) -> str:
    return f"CASE WHEN {condition} THEN '{rule}' END"


# Few lines are wrong, so that all are first asked together whether anything is.
_ANYTHING: Final = "{} OR NOT is_credit AND ({})".format(
    " OR ".join(f"({condition})" for condition in _RULES.values()),
    " OR ".join(f"({condition})" for condition in _DEBIT_RULES.values()),
)
_FOUND: Final = f"""
CREATE TEMPORARY TABLE billing_found ON COMMIT DROP AS
SELECT line, unnest(array_remove(ARRAY[{
    ", ".join(_case(rule, condition) for rule, condition in _RULES.items())
}] || CASE WHEN is_credit THEN ARRAY[]::text[] ELSE ARRAY[{
    ", ".join(_case(rule, condition) for rule, condition in _DEBIT_RULES.items())
}] END, NULL)) AS rule, NULL::bigint AS allowed
FROM (
    SELECT j.*,
        billing_line_cap(%(family)s, placed_category, placed_volume, placed_unit,
            placed_frequency, placed_from, placed_to, start_date, end_date)
            * CASE WHEN placed_unit = '04' AND unit = '01' THEN 60 ELSE 1 END AS line_cap,
        CASE WHEN unit = price_unit THEN round(price * 100)
             WHEN unit = '01' AND price_unit = '04' THEN round(price * 100 / 60)
        END AS fitting_tariff,
        -- IV081: an hourly tariff is not rounded to a minute first.
        CASE WHEN unit = '01' AND price_unit = '04'
             THEN round(price * 100 * billing_paid_minutes(volume, how) / 60)
             ELSE tariff * volume END AS fitting_amount
    FROM billing_judged j
) judged
WHERE {_ANYTHING}
"""  # noqa: S608  constant text
# TR389 waits for the credits: one that stands makes room for a second debit (OP366).
_DOUBLE: Final = """
INSERT INTO billing_found
SELECT debit.line, 'TR389', NULL FROM billing_judged debit
WHERE debit.standing_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM billing_judged credit
    WHERE credit.is_credit AND credit.debit_id = debit.standing_id
      AND credit.line NOT IN (SELECT line FROM billing_found))
"""
_TIGHT: Final = f"""
WITH bad AS (SELECT DISTINCT line FROM billing_found),
asked AS (
    SELECT j.placement_id, min(j.placed_budget) AS budget,
        min(billing_term_cap(j.placed_volume, j.placed_unit, j.placed_frequency, j.placed_from,
            j.placed_to) * CASE WHEN j.placed_unit = '04' THEN 60 ELSE 1 END) AS cap,
        min(j.placed_unit) AS placed_unit,
        min(j.used_volume) AS used, min(j.used_cents) AS used_cents,
        sum(CASE WHEN j.is_credit THEN 0 ELSE {_IN_SMALLEST.format("j.", "j.placed_unit")} END)
            AS debited,
        sum(CASE WHEN j.is_credit AND bad.line IS NULL
                 THEN {_IN_SMALLEST.format("j.", "j.placed_unit")} ELSE 0 END) AS credited,
        sum(CASE WHEN j.is_credit THEN 0 ELSE j.amount END) AS debited_cents,
        sum(CASE WHEN j.is_credit AND bad.line IS NULL THEN j.amount ELSE 0 END)
            AS credited_cents
    FROM billing_judged j LEFT JOIN bad ON bad.line = j.line
    WHERE j.placement_id IS NOT NULL AND (j.placed_volume IS NOT NULL OR j.placed_budget > 0)
    GROUP BY j.placement_id
)
SELECT placement_id, cap, round(budget * 100)::bigint, (used - credited)::bigint,
    (used_cents - credited_cents)::bigint, placed_unit = '04'
FROM asked
WHERE used - credited + debited > cap
   OR used_cents - credited_cents + debited_cents > budget * 100
"""  # noqa: S608  constant text
_TIGHT_LINES: Final = f"""
SELECT j.placement_id, j.line, ({_IN_SMALLEST.format("j.", "j.placed_unit")})::bigint, j.amount,
    j.unit, EXISTS (SELECT 1 FROM billing_found found WHERE found.line = j.line)
FROM billing_judged j
WHERE j.placement_id = ANY(%(tight)s) AND NOT j.is_credit ORDER BY j.line
"""  # noqa: S608  constant text


#: Every finding with the figures that its sentence names.
FACTS: Final = """
SELECT found.line, found.rule, jsonb_strip_nulls(jsonb_build_object(
    'volume', CASE WHEN found.rule IN ('TR321', 'TR322') THEN j.volume END,
    'unit', CASE WHEN found.rule IN ('TR321', 'TR322') THEN j.unit END,
    'allowed', CASE found.rule
        WHEN 'TR321' THEN
            billing_line_cap(%(family)s, j.placed_category, j.placed_volume, j.placed_unit,
                j.placed_frequency, j.placed_from, j.placed_to, j.start_date, j.end_date)
            * CASE WHEN j.placed_unit = '04' AND j.unit = '01' THEN 60 ELSE 1 END
        WHEN 'TR322' THEN found.allowed END,
    'left', CASE WHEN found.rule = 'TR369' THEN found.allowed END,
    'from', CASE WHEN found.rule IN ('TR307', 'TR387') THEN j.placed_from END,
    'to', CASE WHEN found.rule IN ('TR308', 'TR388') THEN j.placed_to END,
    'fitting_unit', CASE WHEN found.rule = 'TR341'
        THEN coalesce(nullif(j.placed_unit, ''), j.contract_unit) END,
    'fitting', CASE WHEN found.rule = 'TR346' THEN
        CASE WHEN j.unit = '01' AND j.price_unit = '04'
             THEN round(j.price * 100 * billing_paid_minutes(j.volume, j.how) / 60)
             ELSE j.tariff * j.volume END END,
    'price', CASE WHEN found.rule = 'TR418' AND j.funding_line_id IS NOT NULL
        THEN j.price::text END,
    'price_unit', CASE WHEN found.rule = 'TR418' THEN j.price_unit END)) AS facts
FROM billing_found found JOIN billing_judged j ON j.line = found.line
"""


def findings(family: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Line, rule and figures of what was judged last, in the order of lines and codes."""
    with connection.cursor() as cursor:
        cursor.execute(f"{FACTS} ORDER BY found.line, found.rule", {"family": family})
        return [(line, rule, json.loads(facts)) for line, rule, facts in cursor.fetchall()]


def judge(question: Question) -> dict[int, list[str]]:
    """Judge what is staged; rules broken by line, in the order of their codes.

    Leaves the temporary tables `billing_judged` and `billing_found` for who stores the outcome.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.billing_judged, pg_temp.billing_found")
        cursor.execute(BY_HASH)
        cursor.execute(_JUDGED, question.parameters)
        cursor.execute(BY_PROBE)
        cursor.execute(_FOUND, question.parameters)
        cursor.execute(_DOUBLE)
        _judge_totals(cursor)
        cursor.execute("SELECT line, rule FROM billing_found ORDER BY line, rule")
        found: defaultdict[int, list[str]] = defaultdict(list)
        for line, rule in cursor.fetchall():
            found[line].append(rule)
    return dict(found)


@dataclass
class _Room:
    """What a placement may still take; volumes in the smallest unit, amounts in cents."""

    cap: int | None
    budget: int | None
    volume: int
    cents: int
    in_minutes: bool

    def broken(self, volume: int, cents: int, unit: str) -> Iterator[tuple[str, int]]:
        if self.cap is not None and self.volume + volume > self.cap:
            left = max(self.cap - self.volume, 0)
            yield "TR322", left // 60 if self.in_minutes and unit == "04" else left
        if self.budget is not None and self.cents + cents > self.budget:
            yield "TR369", max(self.budget - self.cents, 0)


def _judge_totals(cursor: Any) -> None:
    """Lines count in the order of the document, and only those that nothing else is wrong with."""
    cursor.execute(_TIGHT)
    rooms = {placement: _Room(*rest) for placement, *rest in cursor.fetchall()}
    if not rooms:
        return
    cursor.execute(_TIGHT_LINES, {"tight": list(rooms)})
    found = list(_over(rooms, cursor.fetchall()))
    cursor.executemany("INSERT INTO billing_found VALUES (%s, %s, %s)", found)


def _over(
    rooms: dict[int, _Room], lines: Iterable[tuple[int, int, int, int, str, bool]]
) -> Iterator[tuple[int, str, int]]:
    for placement, line, volume, cents, unit, is_bad in lines:
        room = rooms[placement]
        broken = list(room.broken(volume, cents, unit))
        yield from ((line, rule, left) for rule, left in broken)
        if not broken and not is_bad:
            room.volume += volume
            room.cents += cents
