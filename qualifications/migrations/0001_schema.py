"""Requirements, proofs and reviews.

All tables in one step, with what was added to them in the migrations that this one replaces.
"""

import django.db.models.deletion
import hoofdaannemer.core.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('qualifications', '0001_tables'),
    ]

    dependencies = [
        ('accounts', '0001_schema'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('subcontracts', '0001_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('applies_to', models.CharField(choices=[('organisation', 'organisation'), ('professional', 'professional')], max_length=12, verbose_name='applies to')),
                ('proof', models.CharField(choices=[('register', 'register entry'), ('diploma', 'diploma'), ('certificate', 'certificate'), ('statement', 'statement')], max_length=12, verbose_name='proof')),
                ('on_lapse', models.CharField(choices=[('signal', 'signal only'), ('no_placements', 'no new placements'), ('hold', 'no new placements, payment held')], max_length=14, verbose_name='when it lapses')),
                ('clause', models.CharField(max_length=80, verbose_name='clause')),
                ('keeps_file', models.BooleanField(default=True)),
                ('start_date', models.DateField(verbose_name='start date')),
                ('end_date', models.DateField(null=True, verbose_name='end date')),
            ],
            options={
                'verbose_name': 'requirement',
                'verbose_name_plural': 'requirements',
                'ordering': ['code', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('main_contractor', 'code'), name='requirement_once'), models.CheckConstraint(condition=models.Q(('end_date', None), ('end_date__gte', models.F('start_date')), _connector='OR'), name='requirement_period_forward')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='qualifications.requirement')),
                ('professional', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='subcontracts.professional')),
                ('number', hoofdaannemer.core.crypto.EncryptedTextField(default='', verbose_name='number')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(null=True, verbose_name='valid until')),
                ('file_name', models.CharField(blank=True, max_length=120, verbose_name='file')),
                ('file_content', models.BinaryField(null=True)),
                ('file_digest', models.BinaryField(max_length=32, null=True)),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('outcome', models.CharField(choices=[('awaiting', 'awaiting review'), ('approved', 'approved'), ('rejected', 'rejected')], default='awaiting', max_length=8, verbose_name='outcome')),
            ],
            options={
                'verbose_name': 'proof',
                'verbose_name_plural': 'proofs',
                'ordering': ['-uploaded_at', '-pk'],
                'indexes': [models.Index(fields=['main_contractor', 'outcome', 'uploaded_at'], name='qualificati_main_co_2a81ca_idx'), models.Index(fields=['requirement', 'provider_organisation'], name='qualificati_require_9e7de7_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='evidence_period_forward'), models.CheckConstraint(condition=models.Q(('file_content__isnull', False), models.Q(('outcome', 'awaiting'), _negated=True), _connector='OR'), name='evidence_awaits_with_file')],
            },
        ),
        migrations.CreateModel(
            name='RequirementProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requirement_products', to='qualifications.requirement')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subcontracts.product')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('requirement', 'product'), name='requirement_product_once')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='qualifications.evidence')),
                ('approved', models.BooleanField()),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('effective_from', models.DateField(null=True, verbose_name='rejected from')),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'review',
                'verbose_name_plural': 'reviews',
                'ordering': ['reviewed_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('approved', True), ('effective_from', None)), models.Q(('approved', False), ('effective_from__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='review_rejection_says_why_and_when')],
            },
        ),
    ]
