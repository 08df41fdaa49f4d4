"""What moved to the requested product leaves the request."""

from django.db import migrations, models

MOVED = (
    *("municipal_contract", "product", "start_date", "end_date"),
    *("volume", "unit", "frequency", "budget", "reference", "provider_reference"),
    *("referrer_type", "referrer_agb", "referrer_name"),
)


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0005_requested_product_rows")]
    operations = [
        migrations.RemoveConstraint(model_name="carerequest", name="request_reference_once"),
        migrations.RemoveConstraint(model_name="carerequest", name="request_period_forward"),
        migrations.RemoveField(model_name="allocation", name="request"),
        *(migrations.RemoveField(model_name="carerequest", name=name) for name in MOVED),
        migrations.AddConstraint(
            model_name="carerequest",
            constraint=models.UniqueConstraint(
                fields=("main_contractor", "number"), name="request_number_once"
            ),
        ),
    ]
