import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('subcontracts', '0008_decide_on_options'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SubcontractConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_date', models.DateField(verbose_name='consent since')),
                ('end_date', models.DateField(null=True, verbose_name='end date')),
                ('reference', models.CharField(blank=True, max_length=80, verbose_name='reference of the consent')),
                ('products', models.JSONField(default=list)),
                ('municipalities', models.JSONField(default=list)),
                ('withdrawn_from', models.DateField(null=True, verbose_name='withdrawn from')),
                ('withdrawn_reason', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subcontract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='subcontracts.subcontract')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'consent to a subcontract',
                'verbose_name_plural': 'consents to subcontracts',
                'ordering': ['subcontract', 'start_date', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_date', None), ('end_date__gte', models.F('start_date')), _connector='OR'), name='subcontract_consent_period_forward'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_from', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), ('withdrawn_from__gte', models.F('start_date')), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='subcontract_consent_withdrawn_whole')],
            },
        ),
    ]
