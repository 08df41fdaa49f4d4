"""Each contract relays from its first day on in the way that it had."""

from django.db import migrations

FORWARD = """
-- Row-level security is forced on the owner too.
SELECT set_config('app.role', 'system', true);
INSERT INTO subcontracts_relaymode
    (main_contractor_id, provider_organisation_id, subcontract_id, mode, start_date, recorded_at)
SELECT main_contractor_id, provider_organisation_id, id, relay, start_date, now()
FROM subcontracts_subcontract
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subcontracts", "0021_relay_modes"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
