"""A municipality has no share but those of the divisions."""

from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0011_divisions_of_contracts")]

    operations = [
        # So that it can be undone with rows in the table.
        migrations.AlterField(
            "contractmunicipality",
            "share",
            models.DecimalField(
                verbose_name="share", max_digits=7, decimal_places=4, default=Decimal(0)
            ),
        ),
        migrations.RemoveField("contractmunicipality", "share"),
    ]
