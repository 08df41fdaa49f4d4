"""What stands on no statement yet, and what entitlements of a year come to: kept as they come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0011_forecast_seasons'),
        ('subcontracts', '0004_take_over'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnstatedEntitlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entitlement', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='unstated', to='billing.entitlement')),
                ('main_contractor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('subcontractor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subcontracts.subcontractor')),
            ],
            options={
                'verbose_name': 'unstated entitlement',
                'verbose_name_plural': 'unstated entitlements',
            },
        ),
        migrations.CreateModel(
            name='EntitledTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('form', models.CharField(max_length=20)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('funding_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entitled_totals', to='subcontracts.fundingline')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'entitled total',
                'verbose_name_plural': 'entitled totals',
                'constraints': [models.UniqueConstraint(fields=('funding_line', 'year', 'form'), name='entitled_total_once')],
            },
        ),
    ]
