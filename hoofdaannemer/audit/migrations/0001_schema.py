"""The log of what was done and seen.

All tables in one step, with what was added to them in the migrations that this one replaces.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('audit', '0001_tables'),
        ('audit', '0002_records_name_a_mandate'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('contract_manager', 'contract manager'), ('care_coordinator', 'care coordinator'), ('controller', 'controller'), ('quality_officer', 'quality officer'), ('administrator', 'administrator'), ('subcontractor_admin', 'subcontractor administrator'), ('subcontractor_user', 'subcontractor user'), ('office_user', 'administration office'), ('municipal_viewer', 'municipal viewer'), ('auditor', 'auditor'), ('system', 'system'), ('nobody', 'nobody')], max_length=32)),
                ('main_contractor', models.BigIntegerField(default=0)),
                ('acting_organisation', models.BigIntegerField(default=0)),
                ('mandate', models.BigIntegerField(db_default=0, default=0)),
                ('at', models.DateTimeField()),
                ('client', models.BigIntegerField()),
                ('purpose', models.CharField(max_length=64)),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(fields=['client', '-at'], name='audit_acces_client_9727d8_idx'), models.Index(fields=['main_contractor', '-at'], name='audit_acces_main_co_64dde2_idx')],
            },
        ),
        migrations.CreateModel(
            name='ChangeRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('contract_manager', 'contract manager'), ('care_coordinator', 'care coordinator'), ('controller', 'controller'), ('quality_officer', 'quality officer'), ('administrator', 'administrator'), ('subcontractor_admin', 'subcontractor administrator'), ('subcontractor_user', 'subcontractor user'), ('office_user', 'administration office'), ('municipal_viewer', 'municipal viewer'), ('auditor', 'auditor'), ('system', 'system'), ('nobody', 'nobody')], max_length=32)),
                ('main_contractor', models.BigIntegerField(default=0)),
                ('acting_organisation', models.BigIntegerField(default=0)),
                ('mandate', models.BigIntegerField(db_default=0, default=0)),
                ('at', models.DateTimeField()),
                ('verb', models.CharField(max_length=64)),
                ('table', models.CharField(max_length=64)),
                ('row', models.BigIntegerField()),
                ('details', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(fields=['table', 'row'], name='audit_chang_table_257b06_idx'), models.Index(fields=['verb', '-at'], name='audit_chang_verb_c786fc_idx')],
            },
        ),
        migrations.CreateModel(
            name='RefusedAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('contract_manager', 'contract manager'), ('care_coordinator', 'care coordinator'), ('controller', 'controller'), ('quality_officer', 'quality officer'), ('administrator', 'administrator'), ('subcontractor_admin', 'subcontractor administrator'), ('subcontractor_user', 'subcontractor user'), ('office_user', 'administration office'), ('municipal_viewer', 'municipal viewer'), ('auditor', 'auditor'), ('system', 'system'), ('nobody', 'nobody')], max_length=32)),
                ('main_contractor', models.BigIntegerField(default=0)),
                ('acting_organisation', models.BigIntegerField(default=0)),
                ('mandate', models.BigIntegerField(db_default=0, default=0)),
                ('at', models.DateTimeField()),
                ('path', models.CharField(max_length=200)),
                ('status', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(fields=['-at'], name='audit_refus_at_d34534_idx')],
            },
        ),
    ]
