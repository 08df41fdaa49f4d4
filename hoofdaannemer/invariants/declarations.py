"""Promises about declarations and what they give a right to."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

#: Unit 83 is euros: its volume is eurocents and there is no tariff.
_EUROS = "'83'"
#: Minutes may be bought at a price an hour: then that price is multiplied, and rounded once. Those
#: are multiplied that the line pays (`rules.pxq.paid_minutes`).
_MINUTES, _HOURS = "'01'", "'04'"

PROMISES: tuple[Promise, ...] = (
    by_query(
        "DEC-01",
        "The amount of an approved line is its volume times its tariff, rounded once.",
        f"""
        SELECT 'line', line.id, line.amount
        FROM billing_declaredline line
        LEFT JOIN subcontracts_placement placement ON placement.id = line.placement_id
        LEFT JOIN subcontracts_tariff hourly
            ON hourly.subcontract_id = placement.subcontract_id
            AND hourly.product_id = line.product_id AND hourly.unit = {_HOURS}
            AND hourly.start_date <= line.start_date
            AND coalesce(hourly.end_date, 'infinity') >= line.start_date
        LEFT JOIN subcontracts_fundingline agreed ON agreed.id = line.funding_line_id
        WHERE line.is_approved AND line.amount <> CASE
            WHEN line.unit = {_EUROS} OR line.tariff IS NULL THEN line.volume / 100.0
            WHEN line.unit = {_MINUTES} AND hourly.id IS NOT NULL
                THEN round(hourly.amount
                    * billing_paid_minutes(line.volume, agreed.parameters ->> 'minutes') / 60, 2)
            ELSE round(line.volume * line.tariff, 2) END
          -- An own team declares what it delivered, without a price.
          AND NOT (line.tariff IS NULL AND line.amount = 0)
        """,  # noqa: S608  (constants of this module)
    ),
    by_query(
        "DEC-02",
        "A declaration's sums and counts are those of its lines.",
        """
        SELECT 'declaration', declaration.id
        FROM billing_declaration declaration
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN is_credit THEN -amount ELSE amount END), 0) AS submitted,
                   coalesce(sum(CASE WHEN is_credit THEN -amount ELSE amount END)
                            FILTER (WHERE is_approved), 0) AS granted,
                   count(*) AS lines, count(*) FILTER (WHERE NOT is_approved) AS rejected
            FROM billing_declaredline line WHERE line.declaration_id = declaration.id) found ON true
        WHERE declaration.status <> 'refused'
          AND (declaration.submitted, declaration.granted,
               declaration.line_count, declaration.rejected_count)
              IS DISTINCT FROM (found.submitted, found.granted, found.lines, found.rejected)
        """,
    ),
    by_query(
        "DEC-03",
        "A declaration that was refused as a whole grants nothing.",
        """
        SELECT 'declaration', declaration.id
        FROM billing_declaration declaration
        WHERE declaration.status = 'refused' AND (declaration.granted <> 0 OR EXISTS (
            SELECT 1 FROM billing_declaredline line
            WHERE line.declaration_id = declaration.id AND line.is_approved))
        """,
    ),
    by_query(
        "DEC-04",
        "A line is rejected with a finding, and approved without one.",
        """
        SELECT 'line', line.id
        FROM billing_declaredline line
        JOIN billing_declaration declaration ON declaration.id = line.declaration_id
        WHERE declaration.status <> 'refused' AND line.is_approved = EXISTS (
            SELECT 1 FROM billing_linefinding finding WHERE finding.declared_line_id = line.id)
        """,
    ),
    by_query(
        "DEC-05",
        "A credit takes back an approved debit of the same care and amount, once.",
        """
        SELECT 'line', credit.id, 'credits', debit.id
        FROM billing_declaredline credit
        JOIN billing_declaredline debit ON debit.id = credit.credits_id
        WHERE credit.is_approved AND (
            NOT debit.is_approved OR debit.is_credit OR NOT debit.is_credited
            OR credit.amount <> debit.amount OR credit.placement_id <> debit.placement_id)
        """,
    ),
    by_query(
        "DEC-06",
        "A debit is marked as credited only where a credit takes it back.",
        """
        SELECT 'line', debit.id FROM billing_declaredline debit
        WHERE debit.is_credited AND NOT EXISTS (
            SELECT 1 FROM billing_declaredline credit
            WHERE credit.credits_id = debit.id AND credit.is_approved)
        """,
    ),
    by_query(
        "DEC-07",
        "Approved care was delivered under a placement of whoever declares it, in its period.",
        """
        SELECT 'line', line.id, 'placement', placement.id
        FROM billing_declaredline line
        JOIN subcontracts_placement placement ON placement.id = line.placement_id
        WHERE line.is_approved AND NOT line.is_credit AND NOT line.is_credited AND (
            placement.provider_organisation_id <> line.provider_organisation_id
            OR placement.client_id <> line.client_id
            OR line.start_date < placement.start_date
            OR line.end_date > placement.end_date)
        """,
    ),
    by_query(
        "DEC-08",
        "What one professional or several delivered of a line is not more than the line.",
        """
        SELECT 'line', line.id
        FROM billing_declaredline line
        JOIN billing_workershare share ON share.declared_line_id = line.id
        GROUP BY line.id HAVING sum(share.volume) > line.volume
        """,
    ),
    by_query(
        "DEC-09",
        "The entitlement of a declared line is what was approved, below zero for a credit.",
        """
        SELECT 'entitlement', entitled.id, 'line', line.id
        FROM billing_entitlement entitled
        JOIN billing_declaredline line ON line.id = entitled.declared_line_id
        WHERE NOT line.is_approved
           OR entitled.provider_organisation_id <> line.provider_organisation_id
           OR (entitled.form = 'pxq'
               AND entitled.amount
                   <> CASE WHEN line.is_credit THEN -line.amount ELSE line.amount END)
        """,
    ),
    by_query(
        "DEC-10",
        "The entitlement of a step of a trajectory is the step's amount.",
        """
        SELECT 'entitlement', entitled.id, 'step', step.id
        FROM billing_entitlement entitled
        JOIN billing_trajectorystep step ON step.id = entitled.step_id
        WHERE entitled.amount <> step.amount
           OR entitled.provider_organisation_id <> step.provider_organisation_id
        """,
    ),
    by_query(
        "DEC-11",
        "The steps of one trajectory never add up to less than nothing.",
        """
        SELECT 'placement', placement_id, sum(amount) FROM billing_trajectorystep
        GROUP BY placement_id HAVING sum(amount) < 0
        """,
    ),
    by_query(
        "DEC-12",
        "What was granted is an entitlement where the declaration says so, and not before.",
        """
        SELECT 'line', line.id
        FROM billing_declaredline line
        JOIN billing_declaration declaration ON declaration.id = line.declaration_id
        LEFT JOIN billing_entitlement entitled ON entitled.declared_line_id = line.id
        LEFT JOIN subcontracts_placement placement ON placement.id = line.placement_id
        WHERE line.is_approved AND line.funding_line_id IS NOT NULL
          AND NOT subcontracts_steers(placement.subcontract_id, line.start_date)
          AND NOT EXISTS (SELECT 1 FROM subcontracts_fundingline agreed
                          WHERE agreed.id = line.funding_line_id
                            AND agreed.parameters ->> 'basis' = 'allocated')
          AND (declaration.entitled_at IS NULL) <> (entitled.id IS NULL)
        """,
    ),
    by_query(
        "DEC-13",
        "The product of a declared line is the main contractor's of that category and code.",
        """
        SELECT 'line', line.id
        FROM billing_declaredline line
        LEFT JOIN subcontracts_product product ON product.id = line.product_id
            AND product.main_contractor_id = line.main_contractor_id
            AND product.family = line.family
            AND product.category = line.category AND product.code = line.code
        WHERE line.product_id IS NOT NULL AND product.id IS NULL
        """,
    ),
    by_query(
        "DEC-14",
        "Nothing that was declared or reported is paid where messages are for steering only.",
        """
        SELECT 'entitlement', entitled.id
        FROM billing_entitlement entitled
        JOIN subcontracts_placement placement ON placement.id = entitled.placement_id
        LEFT JOIN billing_declaredline line ON line.id = entitled.declared_line_id
        LEFT JOIN billing_trajectorystep step ON step.id = entitled.step_id
        WHERE entitled.corrects_id IS NULL
          AND subcontracts_steers(placement.subcontract_id, coalesce(line.start_date, step.day))
        """,
    ),
    by_query(
        "DEC-15",
        "The total of a placement is what stands of its lines whose entitlements are recorded.",
        """
        SELECT 'placement', coalesce(total.placement_id, counted.placement_id)
        FROM billing_declaredtotal total
        FULL JOIN (
            SELECT line.placement_id,
                sum(line.volume * sign) FILTER (WHERE line.unit = '04') AS hours,
                sum(line.volume * sign) FILTER (WHERE line.unit <> '04') AS others,
                sum(line.amount * sign) * 100 AS cents, max(line.end_date) AS last_end
            FROM billing_declaredline line
            CROSS JOIN LATERAL (
                SELECT CASE WHEN line.is_credit THEN -1 ELSE 1 END AS sign) signed
            JOIN billing_declaration declaration ON declaration.id = line.declaration_id
            WHERE line.is_approved AND declaration.entitled_at IS NOT NULL
            GROUP BY line.placement_id) counted ON counted.placement_id = total.placement_id
        WHERE (total.hours, total.others, total.cents, total.last_end) IS DISTINCT FROM
              (coalesce(counted.hours, 0), coalesce(counted.others, 0), counted.cents,
               counted.last_end)
        """,
    ),
    by_query(
        "DEC-16",
        "Where what was allocated is paid, nothing that was declared gives a right beside it.",
        """
        SELECT 'entitlement', entitled.id
        FROM billing_entitlement entitled
        JOIN subcontracts_fundingline agreed ON agreed.id = entitled.funding_line_id
        WHERE agreed.form = 'pxq' AND agreed.parameters ->> 'basis' = 'allocated'
          AND entitled.declared_line_id IS NOT NULL
        """,
    ),
    by_query(
        "DEC-17",
        "What was allocated is paid once for a placement, a month and a line.",
        """
        SELECT 'placement', entitled.placement_id, entitled.month
        FROM billing_entitlement entitled
        WHERE entitled.form = 'pxq' AND entitled.declared_line_id IS NULL
          AND entitled.corrects_id IS NULL AND NOT EXISTS (
              SELECT 1 FROM billing_entitlement correction
              WHERE correction.corrects_id = entitled.id)
        GROUP BY entitled.placement_id, entitled.month, entitled.funding_line_id
        HAVING count(*) > 1
        """,
    ),
    by_query(
        "FIL-01",
        "A file that was handed in is declared row by row; of another nothing was declared.",
        """
        SELECT 'file', file.id
        FROM billing_declarationfile file
        LEFT JOIN LATERAL (
            SELECT count(*) AS made, coalesce(sum(line_count), 0) AS lines,
                coalesce(sum(submitted), 0) AS submitted, coalesce(sum(granted), 0) AS granted
            FROM billing_declaration WHERE file_id = file.id) found ON true
        WHERE (file.status = 'sent') <> (found.made > 0)
           OR (file.status = 'sent' AND (found.lines, found.submitted, found.granted)
               <> (file.good_count, file.submitted, file.granted))
        """,
    ),
    by_query(
        "TEAM-01",
        "The month of an own team is one of an own team, and says something once it is handed in.",
        """
        SELECT 'own_team_report', report.id
        FROM billing_ownteamreport report
        JOIN subcontracts_subcontractor team ON team.id = report.subcontractor_id
        WHERE NOT team.is_own_team
           OR team.provider_organisation_id <> report.provider_organisation_id
           OR (report.submitted_at IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM billing_ownteamrow row WHERE row.report_id = report.id))
        """,
    ),
    by_query(
        "FTE-01",
        "A signal about somebody stands in a report that names that person.",
        """
        SELECT 'signal', signal.id
        FROM billing_ftesignal signal
        WHERE signal.professional_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM billing_ftereportrow row
            WHERE row.report_id = signal.report_id
              AND row.professional_id = signal.professional_id)
        """,
    ),
)
