from django.db import migrations

# The policies bind the owner too: nobody's rows are seen without this, until the migration ends.
AS_SYSTEM = "SELECT set_config('app.role', 'system', true)"
# Credits were whole until now.
WHOLE = """
UPDATE billing_invoiceline SET credited_amount = amount, credited_quantity = quantity
WHERE is_credited
"""


class Migration(migrations.Migration):

    dependencies = [('billing', '0007_credited_in_part')]

    operations = [
        migrations.RunSQL(AS_SYSTEM, migrations.RunSQL.noop),
        migrations.RunSQL(WHOLE, migrations.RunSQL.noop),
    ]
