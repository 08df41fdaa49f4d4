"""How a budget follows the decisions, from a year on."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('subcontracts', '0012_no_share_of_contracts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DecisionPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_year', models.PositiveSmallIntegerField(verbose_name='from the year')),
                ('planned_decisions', models.PositiveIntegerField(verbose_name='planned decisions a year')),
                ('variable_share', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('corridor', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decision_plans', to='subcontracts.municipalcontract')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'plan of decisions',
                'verbose_name_plural': 'plans of decisions',
                'ordering': ['first_year', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('corridor__gte', 0), ('corridor__lte', 100), ('planned_decisions__gte', 1), ('variable_share__gte', 0), ('variable_share__lte', 100)), name='decision_plan_in_bounds')],
            },
        ),
    ]
