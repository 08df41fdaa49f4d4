"""A contract has no plan but those that hold from a year on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0014_plans_of_contracts")]

    operations = [
        migrations.RemoveField("municipalcontract", "planned_decisions"),
        migrations.RemoveField("municipalcontract", "variable_share"),
        migrations.RemoveField("municipalcontract", "corridor"),
    ]
