"""Reports and what was released of them.

All tables in one step, with what was added to them in the migrations that this one replaces.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('accountability', '0001_tables'),
    ]

    dependencies = [
        ('accounts', '0001_schema'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('subcontracts', '0001_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipal_contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='subcontracts.municipalcontract')),
                ('definition', models.CharField(max_length=20, verbose_name='report')),
                ('start_date', models.DateField(verbose_name='start date')),
                ('end_date', models.DateField(verbose_name='end date')),
                ('as_known_on', models.DateTimeField(verbose_name='as known on')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('building', 'being built'), ('failed', 'needs attention'), ('draft', 'draft'), ('reviewed', 'reviewed'), ('rejected', 'sent back'), ('published', 'published')], default='waiting', max_length=9, verbose_name='status')),
                ('narrative', models.TextField(blank=True, verbose_name='explanation')),
                ('built_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('seen_at', models.DateTimeField(null=True)),
                ('built_at', models.DateTimeField(null=True, verbose_name='built')),
                ('problem', models.TextField(blank=True)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_at', models.DateTimeField(null=True, verbose_name='reviewed')),
                ('review_note', models.TextField(blank=True, verbose_name='note')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_at', models.DateTimeField(null=True, verbose_name='published')),
                ('input_hash', models.CharField(blank=True, db_collation='C', max_length=64)),
                ('definition_version', models.PositiveSmallIntegerField(default=0)),
                ('code_version', models.CharField(blank=True, db_collation='C', max_length=12)),
                ('attack', models.JSONField(default=dict)),
                ('labels', models.JSONField(default=dict)),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='accountability.report')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['-asked_at', '-pk'],
                'indexes': [models.Index(fields=['main_contractor', '-asked_at', '-id'], name='accountabil_main_co_6d0ac3_idx')],
                'constraints': [models.UniqueConstraint(fields=('municipal_contract', 'definition', 'start_date', 'end_date', 'version'), name='report_version_once'), models.UniqueConstraint(condition=models.Q(('status__in', ['waiting', 'building', 'draft', 'reviewed'])), fields=('municipal_contract', 'definition', 'start_date', 'end_date'), name='report_one_open'), models.CheckConstraint(condition=models.Q(('end_date__gte', models.F('start_date'))), name='report_period_forward'), models.CheckConstraint(condition=models.Q(('reviewed_by', None), ('built_by', None), models.Q(('reviewed_by', models.F('built_by')), _negated=True), _connector='OR'), name='report_four_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), models.Q(('published_at__isnull', False), ('reviewed_at__isnull', False)), _connector='OR'), name='report_published_after_review')],
            },
        ),
        migrations.CreateModel(
            name='ReportTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tables', to='accountability.report')),
                ('code', models.CharField(max_length=20)),
                ('position', models.PositiveSmallIntegerField()),
                ('content', models.JSONField()),
            ],
            options={
                'ordering': ['report', 'position'],
                'constraints': [models.UniqueConstraint(fields=('report', 'code'), name='report_table_once')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='accountability.report')),
                ('definition', models.CharField(max_length=20, verbose_name='report')),
                ('main_contractor_name', models.CharField(max_length=120, verbose_name='main contractor')),
                ('municipality_name', models.CharField(max_length=60, verbose_name='municipality')),
                ('contract_number', models.CharField(max_length=30, verbose_name='contract number')),
                ('contract_name', models.CharField(max_length=120, verbose_name='contract')),
                ('family', models.CharField(choices=[('wmo', 'Wmo'), ('jw', 'Jeugdwet')], max_length=3, verbose_name='law')),
                ('start_date', models.DateField(verbose_name='start date')),
                ('end_date', models.DateField(verbose_name='end date')),
                ('as_known_on', models.DateTimeField(verbose_name='as known on')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('published_at', models.DateTimeField(verbose_name='published')),
                ('narrative', models.TextField(blank=True)),
                ('labels', models.JSONField()),
                ('fingerprint', models.CharField(db_collation='C', max_length=64)),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='accountability.release')),
                ('changes', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'published report',
                'verbose_name_plural': 'published reports',
                'ordering': ['-published_at', '-pk'],
                'indexes': [models.Index(fields=['municipality', '-published_at', '-id'], name='accountabil_municip_50c589_idx')],
                'constraints': [models.UniqueConstraint(fields=('report', 'municipality'), name='release_once')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='accountability.release')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('action', models.CharField(choices=[('opened', 'opened'), ('pdf', 'PDF downloaded'), ('xlsx', 'spreadsheet downloaded')], max_length=6)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'receipt',
                'verbose_name_plural': 'receipts',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReleaseFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='accountability.release')),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('xlsx', 'spreadsheet')], max_length=4)),
                ('name', models.CharField(max_length=80)),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(db_collation='C', max_length=64)),
            ],
            options={
                'ordering': ['release', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('release', 'kind'), name='release_file_once')],
            },
        ),
        migrations.CreateModel(
            name='ReleaseTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tables', to='accountability.release')),
                ('code', models.CharField(max_length=20)),
                ('position', models.PositiveSmallIntegerField()),
                ('cells', models.JSONField()),
            ],
            options={
                'ordering': ['release', 'position'],
                'constraints': [models.UniqueConstraint(fields=('release', 'code'), name='release_table_once')],
            },
        ),
    ]
