"""Keep what is not stated, and the totals of a year, with the rows that they follow.

Once a statement and not once a row, for thousands of entitlements come together. Owned by the owner
of the tables: the application reads both and writes neither. Row-level security is forced on the
owner too, and its conditions are those of entitlements: whoever records one may follow it here.
"""

from django.db import migrations

KEPT = """
CREATE FUNCTION billing_entitlements_recorded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO billing_unstatedentitlement (
        main_contractor_id, provider_organisation_id, subcontractor_id, entitlement_id)
    SELECT main_contractor_id, provider_organisation_id, subcontractor_id, id FROM new_entitlement;
    -- What was invoiced is under no funding line. In order, so that nobody waits crosswise.
    INSERT INTO billing_entitledtotal AS total (
        main_contractor_id, provider_organisation_id, funding_line_id, year, form, amount)
    SELECT main_contractor_id, provider_organisation_id, funding_line_id,
        extract(year FROM month)::int AS year, form, sum(amount)
    FROM new_entitlement WHERE funding_line_id IS NOT NULL
    GROUP BY main_contractor_id, provider_organisation_id, funding_line_id, year, form
    ORDER BY funding_line_id, year, form
    ON CONFLICT (funding_line_id, year, form) DO UPDATE SET amount = total.amount + excluded.amount;
    RETURN NULL;
END
$$;
CREATE TRIGGER entitlements_recorded AFTER INSERT ON billing_entitlement
    REFERENCING NEW TABLE AS new_entitlement
    FOR EACH STATEMENT EXECUTE FUNCTION billing_entitlements_recorded();

CREATE FUNCTION billing_entitlements_stated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM billing_unstatedentitlement unstated USING new_line line
    WHERE unstated.entitlement_id = line.entitlement_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER entitlements_stated AFTER INSERT ON billing_statementline
    REFERENCING NEW TABLE AS new_line
    FOR EACH STATEMENT EXECUTE FUNCTION billing_entitlements_stated();
"""
NOT_KEPT = """
DROP TRIGGER entitlements_stated ON billing_statementline;
DROP FUNCTION billing_entitlements_stated();
DROP TRIGGER entitlements_recorded ON billing_entitlement;
DROP FUNCTION billing_entitlements_recorded();
"""


class Migration(migrations.Migration):

    dependencies = [('billing', '0012_unstated_and_totals')]

    operations = [migrations.RunSQL(KEPT, NOT_KEPT)]
