from django.db import migrations

# The policies bind the owner too: nobody's rows are seen without this, until the migration ends.
AS_SYSTEM = "SELECT set_config('app.role', 'system', true)"
# What was recorded before these were kept.
FILLED = """
INSERT INTO billing_unstatedentitlement (
    main_contractor_id, provider_organisation_id, subcontractor_id, entitlement_id)
SELECT main_contractor_id, provider_organisation_id, subcontractor_id, id
FROM billing_entitlement entitled
WHERE NOT EXISTS (
    SELECT 1 FROM billing_statementline line WHERE line.entitlement_id = entitled.id)
"""
ADDED_UP = """
INSERT INTO billing_entitledtotal (
    main_contractor_id, provider_organisation_id, funding_line_id, year, form, amount)
SELECT main_contractor_id, provider_organisation_id, funding_line_id,
    extract(year FROM month)::int AS year, form, sum(amount)
FROM billing_entitlement WHERE funding_line_id IS NOT NULL
GROUP BY main_contractor_id, provider_organisation_id, funding_line_id, year, form
"""


class Migration(migrations.Migration):

    dependencies = [('billing', '0013_unstated_and_totals_kept')]

    operations = [
        migrations.RunSQL(AS_SYSTEM, AS_SYSTEM),
        migrations.RunSQL(FILLED, "DELETE FROM billing_unstatedentitlement"),
        migrations.RunSQL(ADDED_UP, "DELETE FROM billing_entitledtotal"),
    ]
