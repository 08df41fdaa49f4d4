"""What a report shows of subcontractors, and what is published of them apart."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accountability', '0001_schema'),
        ('accounts', '0002_acting_under_a_mandate'),
        ('subcontracts', '0016_subcontractors_shown'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='subcontractors',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='report',
            name='visibility',
            field=models.CharField(choices=[('none', 'nothing'), ('list', 'a list of them'), ('figures', 'their figures')], default='none', max_length=7),
        ),
        migrations.AlterField(
            model_name='receipt',
            name='action',
            field=models.CharField(choices=[('opened', 'opened'), ('pdf', 'PDF downloaded'), ('xlsx', 'spreadsheet downloaded'), ('subs', 'subcontractors opened'), ('subs_pdf', 'PDF of subcontractors downloaded'), ('subs_xlsx', 'spreadsheet of subcontractors downloaded')], max_length=9),
        ),
        migrations.CreateModel(
            name='SubcontractorRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('list', 'a list of them'), ('figures', 'their figures')], max_length=7)),
                ('listed', models.JSONField()),
                ('labels', models.JSONField(default=dict)),
                ('cells', models.JSONField(default=dict)),
                ('fingerprint', models.CharField(db_collation='C', max_length=64)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subcontracts.municipalcontract')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subcontractors', to='accountability.release')),
            ],
            options={
                'verbose_name': 'published list of subcontractors',
                'verbose_name_plural': 'published lists of subcontractors',
                'ordering': ['-release', 'level'],
            },
        ),
        migrations.CreateModel(
            name='SubcontractorFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('xlsx', 'spreadsheet')], max_length=4)),
                ('name', models.CharField(max_length=80)),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(db_collation='C', max_length=64)),
                ('level', models.CharField(choices=[('list', 'a list of them'), ('figures', 'their figures')], max_length=7)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subcontracts.municipalcontract')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='accountability.subcontractorrelease')),
            ],
            options={
                'verbose_name': 'file of a list of subcontractors',
                'verbose_name_plural': 'files of lists of subcontractors',
                'ordering': ['of', 'kind'],
            },
        ),
        migrations.AddConstraint(
            model_name='subcontractorrelease',
            constraint=models.UniqueConstraint(fields=('release', 'level'), name='subcontractor_release_once'),
        ),
        migrations.AddConstraint(
            model_name='subcontractorfile',
            constraint=models.UniqueConstraint(fields=('of', 'kind'), name='subcontractor_file_once'),
        ),
    ]
