"""Files of offices with rows of several practices, and the term of files."""

import django.db.models.deletion
import hoofdaannemer.core.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0014_unstated_and_totals_filled'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='declarationfile',
            name='erased_at',
            field=models.DateTimeField(null=True, verbose_name='erased'),
        ),
        migrations.AddField(
            model_name='declarationfile',
            name='mandate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.officemandate'),
        ),
        migrations.AlterField(
            model_name='declarationfile',
            name='content',
            field=hoofdaannemer.core.crypto.EncryptedTextField(blank=True),
        ),
        migrations.CreateModel(
            name='OfficeFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='file')),
                ('content', hoofdaannemer.core.crypto.EncryptedTextField(blank=True)),
                ('digest', models.CharField(db_collation='C', max_length=64)),
                ('signature', models.CharField(db_collation='C', max_length=64)),
                ('status', models.CharField(choices=[('mapping', 'columns to point out'), ('dividing', 'being divided'), ('divided', 'divided over the practices'), ('discarded', 'thrown away')], default='mapping', max_length=9, verbose_name='status')),
                ('layout', models.JSONField(default=dict)),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded')),
                ('refused_count', models.PositiveIntegerField(default=0, verbose_name='refused rows')),
                ('handed_in_at', models.DateTimeField(null=True, verbose_name='handed in on')),
                ('seen_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('problem', models.TextField(blank=True)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'file of an office',
                'verbose_name_plural': 'files of an office',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='declarationfile',
            name='office_file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.officefile'),
        ),
        migrations.CreateModel(
            name='OfficeFileFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField(verbose_name='row')),
                ('column', models.CharField(max_length=200, verbose_name='column')),
                ('rule', models.CharField(db_collation='C', max_length=10, verbose_name='rule')),
                ('text', models.CharField(max_length=500, verbose_name='what is wrong')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='billing.officefile')),
            ],
            options={
                'verbose_name': "refused row of an office's file",
                'verbose_name_plural': "refused rows of offices' files",
                'ordering': ['line', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OfficeFilePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_count', models.PositiveIntegerField(verbose_name='rows')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='billing.officefile')),
                ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.officemandate')),
            ],
            options={
                'verbose_name': "part of an office's file",
                'verbose_name_plural': "parts of offices' files",
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='officefile',
            index=models.Index(fields=['office', '-uploaded_at', '-id'], name='billing_off_office__8573c4_idx'),
        ),
        migrations.AddIndex(
            model_name='officefile',
            index=models.Index(condition=models.Q(('status', 'dividing')), fields=['seen_at'], name='office_file_busy'),
        ),
        migrations.AddIndex(
            model_name='officefilefinding',
            index=models.Index(fields=['file', 'line'], name='billing_off_file_id_29cfe8_idx'),
        ),
        migrations.AddConstraint(
            model_name='officefilepart',
            constraint=models.UniqueConstraint(fields=('file', 'mandate'), name='office_file_part_once'),
        ),
    ]
