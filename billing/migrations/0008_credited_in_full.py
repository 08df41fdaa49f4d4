from django.db import migrations

# Credits were whole until now.
WHOLE = """
UPDATE billing_invoiceline SET credited_amount = amount, credited_quantity = quantity
WHERE is_credited
"""


class Migration(migrations.Migration):

    dependencies = [('billing', '0007_credited_in_part')]

    operations = [migrations.RunSQL(WHOLE, migrations.RunSQL.noop)]
