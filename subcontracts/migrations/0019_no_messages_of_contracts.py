"""A contract has no messages and numbers but those that hold from a day on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0018_products_of_contracts")]

    operations = [
        migrations.RemoveConstraint("municipalcontract", "municipal_contract_relay_range"),
        migrations.RemoveField("municipalcontract", "messages"),
        migrations.RemoveField("municipalcontract", "relay_number_first"),
        migrations.RemoveField("municipalcontract", "relay_number_last"),
    ]
