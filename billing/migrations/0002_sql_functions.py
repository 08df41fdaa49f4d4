"""Volume caps as SQL, for sets of lines, and the one way to make payments."""

from django.conf import settings
from django.db import connection, migrations

# The same rules as messaging.istandaard.volumes (IV076, IV077, IV078), which a test holds.
CAPS = """
CREATE FUNCTION billing_sundays(first date, last date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- 1 January of the year 1 is a Monday, so Sundays are the multiples of seven.
    SELECT ((last - DATE '0001-01-01' + 1) / 7 - (first - DATE '0001-01-01') / 7)::bigint
$$;
CREATE FUNCTION billing_iso_weeks(first date, last date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (((last - extract(isodow FROM last)::int)
             - (first - extract(isodow FROM first)::int)) / 7 + 1)::bigint
$$;
-- TR321: the most one line may hold, in the allocated unit; empty where there is no limit.
CREATE FUNCTION billing_line_cap(
    family text, category text, volume bigint, unit text, frequency text,
    allocated_from date, allocated_to date, line_from date, line_to date
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT volume * CASE
        WHEN frequency = '1' THEN line_to - line_from + 1
        WHEN frequency = '2' AND unit IN ('82', '83') THEN
            CASE
                WHEN extract(isodow FROM allocated_to) = 7
                    THEN billing_sundays(line_from, line_to)
                WHEN allocated_to - extract(isodow FROM allocated_to)::int < allocated_from THEN 1
                ELSE billing_sundays(line_from, line_to)
                    + (allocated_to - extract(isodow FROM allocated_to)::int
                       BETWEEN line_from AND line_to)::int
            END
        WHEN frequency = '2' AND family = 'wmo' AND category = '01' THEN 6
        WHEN frequency = '2' THEN billing_iso_weeks(line_from, line_to)
        ELSE 1
    END
$$;
-- TR322: the most over the whole term, in the allocated unit; empty where it never ends.
CREATE FUNCTION billing_term_cap(
    volume bigint, unit text, frequency text, allocated_from date, allocated_to date
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT volume * CASE
        WHEN frequency = '6' THEN 1
        WHEN frequency = '1' THEN allocated_to - allocated_from + 1
        WHEN frequency = '2' AND unit IN ('82', '83') THEN greatest(
            billing_sundays(allocated_from, allocated_to)
            + (extract(isodow FROM allocated_to) <> 7)::int, 1)
        WHEN frequency = '2' THEN billing_iso_weeks(allocated_from, allocated_to)
        WHEN allocated_to IS NOT NULL THEN
            (extract(year FROM allocated_to) * 12 + extract(month FROM allocated_to)
             - extract(year FROM allocated_from) * 12 - extract(month FROM allocated_from) + 1
            )::bigint
    END
$$;
"""
NO_CAPS = """
DROP FUNCTION billing_term_cap(bigint, text, text, date, date);
DROP FUNCTION billing_line_cap(
    text, text, bigint, text, text, date, date, date, date);
DROP FUNCTION billing_iso_weeks(date, date);
DROP FUNCTION billing_sundays(date, date);
"""
# Owned by the owner of the tables, since the application may only read payments. `pg_temp` stands
# last, so that no temporary table can pass for one of ours. Row-level security is forced on the
# owner too: the settings of the caller's transaction decide which rows exist here.
# A payment that came back does not keep its statement from being paid, and nothing goes to an
# account of less than seven days (`COOLING_DAYS`), whoever prepared it.
RELEASE = """
CREATE FUNCTION billing_release_run(run bigint, on_day date, moment timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    releaser bigint := app_id('user');
    found_run record;
    made integer;
BEGIN
    SELECT id, main_contractor_id, number, status, total, prepared_by_id INTO found_run
        FROM billing_paymentrun WHERE id = run FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'PAY-01: no such run' USING ERRCODE = 'no_data_found';
    END IF;
    IF found_run.status <> 'prepared' THEN
        RAISE EXCEPTION 'PAY-02: the run is %', found_run.status USING ERRCODE = 'HA002';
    END IF;
    IF app_role() <> 'controller' OR NOT EXISTS (
        SELECT 1 FROM accounts_membership held JOIN accounts_user who ON who.id = held.user_id
        WHERE held.user_id = releaser AND held.role = 'controller' AND held.ended_at IS NULL
          AND held.main_contractor_id = found_run.main_contractor_id AND who.is_active
    ) THEN
        RAISE EXCEPTION 'PAY-03: not a controller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF found_run.prepared_by_id = releaser THEN
        RAISE EXCEPTION 'PAY-04: prepared by the releaser' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (
        SELECT 1 FROM billing_paymentrunitem item
        JOIN billing_statement stated ON stated.id = item.statement_id
        JOIN subcontracts_subcontractor party ON party.id = stated.subcontractor_id
        WHERE item.run_id = run AND (
            item.is_dropped OR party.is_own_team OR item.amount <= 0
            OR item.amount <> stated.payable
            OR stated.main_contractor_id <> found_run.main_contractor_id
            OR item.iban = '' OR item.iban <> party.iban)
    ) OR EXISTS (
        SELECT 1 FROM billing_paymentrunitem item
        JOIN billing_payment paid ON paid.statement_id = item.statement_id
        WHERE item.run_id = run AND paid.failed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'PAY-05: an item does not fit its statement' USING ERRCODE = 'HA005';
    END IF;
    IF EXISTS (
        SELECT 1 FROM billing_paymentrunitem item
        JOIN billing_statement stated ON stated.id = item.statement_id
        JOIN subcontracts_subcontractor party ON party.id = stated.subcontractor_id
        WHERE item.run_id = run
          AND party.iban_since > (moment AT TIME ZONE 'Europe/Amsterdam')::date - 7
    ) THEN
        RAISE EXCEPTION 'PAY-08: an account is too young to be paid to' USING ERRCODE = 'HA008';
    END IF;
    IF found_run.total <> coalesce(
        (SELECT sum(item.amount) FROM billing_paymentrunitem item WHERE item.run_id = run), 0)
    THEN
        RAISE EXCEPTION 'PAY-06: the total does not fit' USING ERRCODE = 'HA006';
    END IF;
    INSERT INTO billing_payment (
        main_contractor_id, provider_organisation_id, run_id, statement_id, amount, iban,
        account_holder, end_to_end_id, execution_date, recorded_at, failure_code)
    SELECT item.main_contractor_id, stated.provider_organisation_id, run, stated.id, item.amount,
           item.iban, item.account_holder, found_run.number || '-' || stated.number, on_day, moment, ''
        FROM billing_paymentrunitem item
        JOIN billing_statement stated ON stated.id = item.statement_id
        WHERE item.run_id = run ORDER BY item.id;
    GET DIAGNOSTICS made = ROW_COUNT;
    IF made = 0 THEN
        RAISE EXCEPTION 'PAY-07: nothing to pay' USING ERRCODE = 'HA007';
    END IF;
    UPDATE billing_paymentrun SET status = 'released', released_by_id = releaser,
        released_at = moment, execution_date = on_day WHERE id = run;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION billing_release_run(bigint, date, timestamptz) FROM PUBLIC;
"""
NO_RELEASE = "DROP FUNCTION billing_release_run(bigint, date, timestamptz);"
# What the application may not do itself either: say that a payment came to nothing. It rests on a
# line of a message of the bank, in which nothing is odd.
FAILURES = """
CREATE FUNCTION billing_note_bank_failures(message bigint, moment timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    IF app_role() <> 'controller' THEN
        RAISE EXCEPTION 'PAY-03: not a controller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH failed AS (
        UPDATE billing_payment paid SET failed_at = moment, failure_code = entry.code
        FROM billing_bankentry entry
        WHERE entry.report_id = message AND entry.payment_id = paid.id AND entry.oddity = ''
          AND entry.outcome IN ('rejected', 'returned') AND paid.failed_at IS NULL
          AND entry.main_contractor_id = paid.main_contractor_id
        RETURNING paid.run_id, paid.statement_id
    )
    UPDATE billing_paymentrunitem item SET is_dropped = true FROM failed
    WHERE item.run_id = failed.run_id AND item.statement_id = failed.statement_id;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION billing_note_bank_failures(bigint, timestamptz) FROM PUBLIC;
"""
NO_FAILURES = "DROP FUNCTION billing_note_bank_failures(bigint, timestamptz);"
INVOICED = """
-- How care that was invoiced counts upward: a part of an hour goes in minutes, euros in eurocents.
CREATE FUNCTION billing_invoiced_unit(unit text, quantity numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit = '04' AND quantity <> trunc(quantity) THEN '01' ELSE unit END
$$;
CREATE FUNCTION billing_invoiced_volume(unit text, quantity numeric, amount numeric)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(CASE
        WHEN unit = '83' THEN amount * 100
        WHEN unit = '04' AND quantity <> trunc(quantity) THEN quantity * 60
        ELSE quantity END)::bigint
$$;
"""
NO_INVOICED = """
DROP FUNCTION billing_invoiced_volume(text, numeric, numeric);
DROP FUNCTION billing_invoiced_unit(text, numeric);
"""


def grant(apps, schema_editor):
    """Only the application calls these; the municipal role does not."""
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    for function in (
        "billing_release_run(bigint, date, timestamptz)",
        "billing_note_bank_failures(bigint, timestamptz)",
    ):
        schema_editor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")


class Migration(migrations.Migration):
    replaces = [("billing", "0002_functions"), ("billing", "0005_bank_messages")]
    dependencies = [("billing", "0001_schema"), ("core", "0001_scope_functions")]
    operations = [
        migrations.RunSQL(CAPS, NO_CAPS),
        migrations.RunSQL(RELEASE, NO_RELEASE),
        migrations.RunSQL(FAILURES, NO_FAILURES),
        migrations.RunSQL(INVOICED, NO_INVOICED),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
