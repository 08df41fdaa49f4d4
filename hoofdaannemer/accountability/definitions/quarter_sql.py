"""The set-based queries of the quarter's report, each one pass over the facts of the period.

Parameters: owner (main contractor), contract, start, end, moment; of MONEY also largest. A fact
recorded after `moment`, or withdrawn before it, does not exist. `'*'` is the total of a column.
They join sets of many thousands of rows: run them within `joining_sets`.
"""

# Care under a start lasts until its final stop, else until its first pause. A client is in care
# in a cell while one such spell shares a day with the period; entered where the first of them
# began in it; left where the last of them ended for good in it. Over several cells a client
# counts once, and has entered (or left) where that holds in one of them at least.
CARE = """
WITH stop AS (
  SELECT start_id, min(end_date) AS paused, max(end_date) FILTER (WHERE reason <> '20') AS ended
  FROM subcontracts_deliverystop
  WHERE main_contractor_id = %(owner)s AND recorded_at <= %(moment)s
    AND (withdrawn_at IS NULL OR withdrawn_at > %(moment)s)
  GROUP BY start_id
), spell AS MATERIALIZED (
  SELECT m.code AS municipality, g.code AS product, p.client_id AS client,
    a.id AS allocation, s.begin_date, coalesce(stop.ended, stop.paused) AS end_date,
    stop.ended IS NOT NULL AS is_final, a.received_at
  FROM subcontracts_deliverystart s
  JOIN subcontracts_placement p ON p.id = s.placement_id
  JOIN subcontracts_allocation a ON a.id = p.allocation_id
  JOIN accounts_municipality m ON m.id = a.municipality_id
  JOIN subcontracts_product g ON g.id = p.product_id
  LEFT JOIN stop ON stop.start_id = s.id
  WHERE s.main_contractor_id = %(owner)s AND s.begin_date <= %(end)s
    AND s.recorded_at <= %(moment)s AND (s.withdrawn_at IS NULL OR s.withdrawn_at > %(moment)s)
    AND a.municipal_contract_id = %(contract)s
), person AS (
  SELECT municipality, product, client,
    min(begin_date) >= %(start)s AS entered,
    bool_and(end_date <= %(end)s) IS TRUE AND bool_or(end_date IS NULL) IS FALSE
      AND max(begin_date) = max(begin_date) FILTER (WHERE is_final) AS departed
  FROM spell
  WHERE NOT (is_final AND end_date < %(start)s)
  GROUP BY municipality, product, client
  HAVING bool_or(end_date IS NULL OR end_date >= %(start)s)
), counted AS (
  SELECT municipality, product, client, bool_or(entered) AS entered, bool_or(departed) AS departed
  FROM person
  GROUP BY GROUPING SETS (
    (municipality, product, client), (municipality, client), (product, client), (client))
), flow AS (
  SELECT municipality, product, count(*) AS clients, count(*) FILTER (WHERE entered) AS entered,
    count(*) FILTER (WHERE departed) AS departed
  FROM counted GROUP BY municipality, product
), first AS (
  SELECT DISTINCT ON (allocation) municipality, product, begin_date,
    begin_date - (received_at AT TIME ZONE 'Europe/Amsterdam')::date AS days
  FROM spell ORDER BY allocation, begin_date
), waited AS (
  SELECT municipality, product,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(days, 0))::numeric(8, 1) AS days
  FROM first WHERE begin_date >= %(start)s
  GROUP BY GROUPING SETS ((municipality, product), (municipality), (product), ())
)
SELECT coalesce(flow.municipality, '*'), coalesce(flow.product, '*'),
  flow.clients, flow.entered, flow.departed, waited.days
FROM flow
LEFT JOIN waited ON waited.municipality IS NOT DISTINCT FROM flow.municipality
  AND waited.product IS NOT DISTINCT FROM flow.product
"""

# Approved lines and what followed from placements; hours in minutes, of units that are time:
# minute 01, hour 04, part of a day 16 (four hours). Of those who make up a cell it gives what
# dominance asks for: how many clients, their sum without signs, and the `largest` of them.
MONEY = """
WITH declared AS (
  SELECT l.placement_id AS placement, sum(
      CASE l.unit WHEN '01' THEN 1 WHEN '04' THEN 60 WHEN '16' THEN 240 ELSE 0 END
      * CASE WHEN l.is_credit THEN -l.volume ELSE l.volume END) AS minutes,
    sum(CASE WHEN l.is_credit THEN -l.amount ELSE l.amount END)
      FILTER (WHERE agreed.parameters ->> 'basis' IS DISTINCT FROM 'allocated'
              AND agreed.id IS NOT NULL) AS amount
  FROM billing_declaredline l
  JOIN billing_declaration d ON d.id = l.declaration_id
  -- Where what was allocated is paid, that is owed, and not what was declared beside it.
  LEFT JOIN subcontracts_fundingline agreed ON agreed.id = l.funding_line_id
  WHERE l.main_contractor_id = %(owner)s AND l.is_approved
    AND l.start_date BETWEEN %(start)s AND %(end)s AND d.recorded_at <= %(moment)s
  GROUP BY l.placement_id
), owed AS (
  SELECT placement_id AS placement, sum(amount) AS amount
  FROM billing_entitlement
  WHERE main_contractor_id = %(owner)s AND month BETWEEN %(start)s AND %(end)s
    AND recorded_at <= %(moment)s AND placement_id IS NOT NULL AND declared_line_id IS NULL
  GROUP BY placement_id
), fact AS MATERIALIZED (
  SELECT m.code AS municipality, g.code AS product, p.client_id AS client,
    p.provider_organisation_id AS provider,
    sum(declared.minutes) AS minutes,
    sum(coalesce(declared.amount + owed.amount, declared.amount, owed.amount)) AS amount
  FROM declared FULL JOIN owed ON owed.placement = declared.placement
  JOIN subcontracts_placement p ON p.id = coalesce(declared.placement, owed.placement)
  JOIN subcontracts_allocation a ON a.id = p.allocation_id
  JOIN accounts_municipality m ON m.id = a.municipality_id
  JOIN subcontracts_product g ON g.id = p.product_id
  WHERE a.municipal_contract_id = %(contract)s
  GROUP BY 1, 2, 3, 4
), person AS (
  SELECT municipality, product, client, sum(minutes) AS minutes, sum(amount) AS amount
  FROM fact
  GROUP BY GROUPING SETS (
    (municipality, product, client), (municipality, client), (product, client), (client))
), provided AS (
  SELECT municipality, product, provider, sum(amount) AS amount
  FROM fact WHERE amount IS NOT NULL
  GROUP BY GROUPING SETS (
    (municipality, product, provider), (municipality, provider), (product, provider), (provider))
), people AS (
  SELECT municipality, product, sum(minutes) AS minutes, sum(amount) AS amount,
    count(*) FILTER (WHERE minutes <> 0) AS by_time,
    sum(abs(round(minutes / 60, 2))) AS hours,
    (array_agg(abs(round(minutes / 60, 2)) ORDER BY abs(minutes) DESC)
      FILTER (WHERE minutes <> 0))[1:%(largest)s] AS most_hours,
    count(*) FILTER (WHERE amount <> 0) AS by_amount,
    sum(abs(amount)) AS euros,
    (array_agg(abs(amount) ORDER BY abs(amount) DESC)
      FILTER (WHERE amount <> 0))[1:%(largest)s] AS most_euros
  FROM person GROUP BY municipality, product
), providers AS (
  SELECT municipality, product, array_agg(amount ORDER BY amount) AS by_provider
  FROM provided WHERE amount <> 0 GROUP BY municipality, product
)
SELECT coalesce(people.municipality, '*'), coalesce(people.product, '*'),
  coalesce(minutes, 0), coalesce(amount, 0),
  by_time, coalesce(hours, 0), coalesce(most_hours, '{}'),
  by_amount, coalesce(euros, 0), coalesce(most_euros, '{}'),
  coalesce(by_provider, '{}')
FROM people
LEFT JOIN providers ON providers.municipality IS NOT DISTINCT FROM people.municipality
  AND providers.product IS NOT DISTINCT FROM people.product
"""

# People at work under a fixed sum: of each line and month the last report handed in by then.
FTE = """
WITH report AS (
  SELECT DISTINCT ON (r.funding_line_id, r.month) r.id
  FROM billing_ftereport r
  JOIN subcontracts_fundingline line ON line.id = r.funding_line_id
  JOIN subcontracts_subcontract sub ON sub.id = line.subcontract_id
  WHERE r.main_contractor_id = %(owner)s AND sub.municipal_contract_id = %(contract)s
    AND r.month BETWEEN %(start)s AND %(end)s AND r.submitted_at <= %(moment)s
  ORDER BY r.funding_line_id, r.month, r.submitted_at DESC, r.id DESC
)
SELECT sum(row.fte) FROM billing_ftereportrow row JOIN report ON report.id = row.report_id
GROUP BY row.professional_id ORDER BY row.professional_id
"""

# What is owed without a client attached: fixed sums, by provider.
FIXED_SUMS = """
SELECT sum(e.amount) FROM billing_entitlement e
JOIN subcontracts_fundingline line ON line.id = e.funding_line_id
JOIN subcontracts_subcontract sub ON sub.id = line.subcontract_id
WHERE e.main_contractor_id = %(owner)s AND sub.municipal_contract_id = %(contract)s
  AND e.month BETWEEN %(start)s AND %(end)s AND e.recorded_at <= %(moment)s
  AND e.placement_id IS NULL
GROUP BY e.provider_organisation_id ORDER BY e.provider_organisation_id
"""

# The same by who gives the care: a subcontractor, or the main contractor's own teams together.
_PRODUCT = "g.code AS product"
_PROVIDER = "CASE WHEN g.kind = 'own_team' THEN 'own' ELSE g.kvk END AS product"
_OF_PRODUCT = "JOIN subcontracts_product g ON g.id = p.product_id"
_OF_PROVIDER = "JOIN accounts_organisation g ON g.id = p.provider_organisation_id"
CARE_BY_PROVIDER, MONEY_BY_PROVIDER = (
    query.replace(_PRODUCT, _PROVIDER).replace(_OF_PRODUCT, _OF_PROVIDER) for query in (CARE, MONEY)
)
