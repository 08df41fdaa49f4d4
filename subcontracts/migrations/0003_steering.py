"""The one place that says whether messages are for steering only."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subcontracts_steers(contract bigint, day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
            SELECT own.purpose = 'steering' FROM subcontracts_messagepurpose own
            WHERE own.subcontract_id = contract AND own.start_date <= day
            ORDER BY own.start_date DESC, own.id DESC LIMIT 1), false)
        OR coalesce((
            SELECT above.purpose = 'steering'
            FROM subcontracts_subcontract below
            JOIN subcontracts_messagepurpose above
                ON above.municipal_contract_id = below.municipal_contract_id
            WHERE below.id = contract AND above.start_date <= day
            ORDER BY above.start_date DESC, above.id DESC LIMIT 1), false)
$$;
"""
BACKWARD = "DROP FUNCTION subcontracts_steers(bigint, date);"


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0002_line_product_composite_key")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
