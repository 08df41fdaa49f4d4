from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0015_forecasts'),
    ]

    operations = [
        migrations.AddField(
            model_name='forecastrow',
            name='years',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='years of its season'),
        ),
    ]
