from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_acting_under_a_mandate"),
        ("subcontracts", "0007_no_ceiling_of_contracts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contractoption",
            name="decide_by",
            field=models.DateField(null=True, verbose_name="decide at the latest on"),
        ),
        migrations.AddConstraint(
            model_name="contractoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decide_by", None),
                    ("decide_by__lte", models.F("announce_by")),
                    _connector="OR",
                ),
                name="contract_option_decided_in_time",
            ),
        ),
    ]
