from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("subcontracts", "0022_fill_relay_modes"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="subcontract",
            name="relay",
        ),
    ]
