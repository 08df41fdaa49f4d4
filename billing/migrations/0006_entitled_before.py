"""What was declared before had its entitlements with the lines: say so, and under which line."""

from django.db import migrations

FORWARD = """
-- Row-level security is forced on the owner too.
SELECT set_config('app.role', 'system', true);
UPDATE billing_declaration SET entitled_at = recorded_at WHERE entitled_at IS NULL;
UPDATE billing_declaredline line SET funding_line_id = entitled.funding_line_id
FROM billing_entitlement entitled WHERE entitled.declared_line_id = line.id;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_line_keys")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
