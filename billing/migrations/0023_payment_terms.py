"""Payment terms of contracts, the term of a statement, and the statutory interest as data."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0022_run_checks'),
        ('subcontracts', '0015_no_plan_of_contracts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InterestRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_date', models.DateField(unique=True, verbose_name='from')),
                ('percent', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='percent a year')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'statutory interest',
                'verbose_name_plural': 'statutory interest',
                'ordering': ['-start_date'],
            },
        ),
        migrations.CreateModel(
            name='PaymentTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_date', models.DateField(verbose_name='from')),
                ('size', models.CharField(choices=[('small', 'small or medium'), ('large', 'large')], max_length=5, verbose_name='size of the subcontractor')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'payment term',
                'verbose_name_plural': 'payment terms',
                'ordering': ['-start_date', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='statement',
            name='term_days',
            field=models.PositiveSmallIntegerField(db_default=30, default=30, verbose_name='payment term'),
        ),
        migrations.AddConstraint(
            model_name='interestrate',
            constraint=models.CheckConstraint(condition=models.Q(('start_date__day', 1), ('start_date__month__in', [1, 7])), name='interest_rate_half_year'),
        ),
        migrations.AddConstraint(
            model_name='interestrate',
            constraint=models.CheckConstraint(condition=models.Q(('percent__gt', 0), ('percent__lt', 100)), name='interest_rate_above_zero'),
        ),
        migrations.AddField(
            model_name='paymentterm',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='paymentterm',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='paymentterm',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentterm',
            name='subcontract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_terms', to='subcontracts.subcontract'),
        ),
        migrations.AddConstraint(
            model_name='paymentterm',
            constraint=models.UniqueConstraint(fields=('subcontract', 'start_date'), name='payment_term_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='paymentterm',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), models.Q(models.Q(('days__lte', 30), ('size', 'small')), models.Q(('days__lte', 60), ('size', 'large')), _connector='OR')), name='payment_term_within_the_law'),
        ),
    ]
