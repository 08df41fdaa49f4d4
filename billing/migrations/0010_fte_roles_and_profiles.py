"""Other jobs in FTE reports, and profiles in what-ifs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0009_credited_at_most'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ftesignal',
            name='kind',
            field=models.CharField(choices=[('person_changed', 'much more or less than last month'), ('total_changed', 'total much more or less than last month'), ('over_one', 'more than 1 FTE over all lines'), ('no_care', 'FTE without clients'), ('no_fte', 'clients without FTE'), ('hours', 'hours do not fit the FTE'), ('lapsed', 'not qualified any more'), ('other_job', 'job that the contract does not pay')], max_length=14, verbose_name='signal'),
        ),
        migrations.AlterField(
            model_name='whatif',
            name='form',
            field=models.CharField(choices=[('pxq', 'price times quantity'), ('fte', 'FTE lump sum'), ('lump_sum', 'fixed lump sum'), ('trajectory', 'trajectory'), ('capacity', 'capacity at a price a place'), ('function', 'function by expected users'), ('profile', 'profile at a price a client'), ('population', 'population at an amount a head'), ('advance_pool', 'share in an advance pool')], max_length=20, verbose_name='other form'),
        ),
    ]
