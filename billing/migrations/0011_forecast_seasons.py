"""Products of which a forecast takes the season."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0010_fte_roles_and_profiles'),
    ]

    operations = [
        migrations.AddField(
            model_name='forecastrow',
            name='years',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='years of its season'),
        ),
    ]
