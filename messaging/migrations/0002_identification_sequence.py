from django.db import migrations


class Migration(migrations.Migration):
    """Numbers of outgoing messages, without a counter row that everybody waits for."""

    dependencies = [("messaging", "0001_schema")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE messaging_identification START 1",
            "DROP SEQUENCE messaging_identification",
        ),
    ]
