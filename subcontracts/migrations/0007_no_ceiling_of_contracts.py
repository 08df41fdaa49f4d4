"""A contract has no ceiling but those that hold from a day on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0006_ceilings_of_contracts")]

    operations = [migrations.RemoveField(model_name="subcontract", name="ceiling")]
