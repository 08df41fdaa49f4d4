"""A refusal may name the municipality that is responsible instead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0006_request_without_product")]
    operations = [
        migrations.AddField(
            model_name="requestedproduct",
            name="responsible_code",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=4),
            preserve_default=False,
        ),
    ]
