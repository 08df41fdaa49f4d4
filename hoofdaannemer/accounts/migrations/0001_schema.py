"""Organisations, people and their roles.

All tables in one step, with what was added to them in the migrations that this one replaces.
"""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import hoofdaannemer.core.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('accounts', '0001_tables'),
        ('accounts', '0002_mail_about_accounts'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('is_active', models.BooleanField(default=True)),
                ('is_demo', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('reset_mailed_at', models.DateTimeField(null=True)),
                ('wants_digest', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ['email'],
            },
        ),
        migrations.CreateModel(
            name='Municipality',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=4, unique=True, verbose_name='municipality code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
            ],
            options={
                'verbose_name': 'municipality',
                'verbose_name_plural': 'municipalities',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ResetWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', hoofdaannemer.core.crypto.EncryptedTextField(max_length=254)),
                ('asked_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AuthenticatorApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('throttling_failure_timestamp', models.DateTimeField(blank=True, default=None, help_text='A timestamp of the last failed verification attempt. Null if last attempt succeeded.', null=True)),
                ('throttling_failure_count', models.PositiveIntegerField(default=0, help_text='Number of successive failed attempts.')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', hoofdaannemer.core.crypto.EncryptedTextField()),
                ('drift', models.SmallIntegerField(default=0)),
                ('last_step', models.BigIntegerField(default=-1)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('address', models.GenericIPAddressField(null=True)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'open session',
                'verbose_name_plural': 'open sessions',
                'ordering': ['-seen_at'],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kvk', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^(\\d{8}|\\d{12})$', 'Enter 8 or 12 digits.')], verbose_name='trade register number')),
                ('kind', models.CharField(choices=[('institution', 'institution'), ('practice', 'independent practice'), ('own_team', 'own team'), ('main_contractor', 'main contractor'), ('office', 'administration office')], max_length=20)),
                ('agb', models.CharField(blank=True, db_collation='C', max_length=8, validators=[django.core.validators.RegexValidator('^\\d{8}$', 'Enter 8 digits.')], verbose_name='AGB code')),
                ('street', models.CharField(blank=True, max_length=80, verbose_name='street and number')),
                ('postcode', models.CharField(blank=True, max_length=7, verbose_name='postcode')),
                ('city', models.CharField(blank=True, max_length=60, verbose_name='city')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('agb', ''), _negated=True), fields=('agb',), name='organisation_agb_once')],
            },
        ),
        migrations.CreateModel(
            name='OfficeMandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_given', to='accounts.organisation', verbose_name='subcontractor')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_held', to='accounts.organisation', verbose_name='administration office')),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('declare', 'declaring the month'), ('fte', 'FTE reports'), ('start_stop', 'start and stop messages'), ('statements', 'reading statements and payments'), ('disputes', 'questions and disputes')], max_length=12), size=None, verbose_name='covers')),
                ('start_date', models.DateField(verbose_name='from')),
                ('end_date', models.DateField(null=True, verbose_name='up to and including')),
                ('ground', models.CharField(max_length=200, verbose_name='ground')),
                ('document', models.BinaryField(null=True)),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_at', models.DateTimeField(verbose_name='given')),
            ],
            options={
                'verbose_name': 'mandate of an office',
                'verbose_name_plural': 'mandates of offices',
                'ordering': ['-given_at', '-pk'],
                'indexes': [models.Index(fields=['office', 'provider_organisation'], name='accounts_of_office__844cce_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_date', None), ('end_date__gte', models.F('start_date')), _connector='OR'), name='office_mandate_period_forward'), models.CheckConstraint(condition=models.Q(('office', models.F('provider_organisation')), _negated=True), name='office_mandate_not_to_oneself'), models.CheckConstraint(condition=models.Q(('subjects__contained_by', ['declare', 'fte', 'start_stop', 'statements', 'disputes']), ('subjects__len__gt', 0)), name='office_mandate_known_subjects')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='accounts.organisation')),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('may_send', models.BooleanField(default=True, verbose_name='may send')),
                ('may_fetch', models.BooleanField(default=True, verbose_name='may fetch')),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('may_send', True), ('may_fetch', True), _connector='OR'), name='api_token_opens_something')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('invitation', 'an invitation'), ('role_given', 'a new role'), ('password_reset', 'a new password'), ('password_changed', 'a changed password'), ('recovery_used', 'a recovery code that was used'), ('second_factor_reset', 'the second step that was removed'), ('break_glass', 'emergency access to a client'), ('weekly_digest', 'the work list of a week'), ('account_change', 'a change of the account that is paid to'), ('office_mandate', 'a mandate of an administration office')], max_length=32)),
                ('text', hoofdaannemer.core.crypto.EncryptedTextField()),
                ('main_contractor', models.BigIntegerField(default=0)),
                ('acting_organisation', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('last_error', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='outgoing_mail_to_deliver')],
            },
        ),
        migrations.CreateModel(
            name='WeeklyDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('week', models.DateField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('user', 'week'), name='weekly_digest_once'), models.CheckConstraint(condition=models.Q(('week__iso_week_day', 1)), name='weekly_digest_of_monday')],
            },
        ),
        migrations.CreateModel(
            name='MandateStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='accounts.officemandate')),
                ('kind', models.CharField(choices=[('accepted', 'accepted by the office'), ('declined', 'declined by the office'), ('returned', 'given back by the office'), ('withdrawn', 'withdrawn'), ('refused', 'refused by the main contractor')], max_length=9, verbose_name='step')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'step of a mandate',
                'verbose_name_plural': 'steps of mandates',
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'accepted')), fields=('mandate',), name='mandate_accepted_once'), models.UniqueConstraint(condition=models.Q(('kind', 'accepted'), _negated=True), fields=('mandate',), name='mandate_ended_once'), models.CheckConstraint(condition=models.Q(('kind', 'refused'), ('reason', ''), _negated=True), name='mandate_refused_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='MainContractor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='main_contractor', to='accounts.organisation')),
                ('iban', models.CharField(blank=True, max_length=34, verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
            ],
            options={
                'verbose_name': 'main contractor',
                'verbose_name_plural': 'main contractors',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AccessKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('key_hash', models.BinaryField(max_length=32, unique=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'key of the own access',
                'verbose_name_plural': 'keys of the own access',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('contract_manager', 'contract manager'), ('care_coordinator', 'care coordinator'), ('controller', 'controller'), ('quality_officer', 'quality officer'), ('administrator', 'administrator'), ('subcontractor_admin', 'subcontractor administrator'), ('subcontractor_user', 'subcontractor user'), ('office_user', 'administration office'), ('municipal_viewer', 'municipal viewer'), ('auditor', 'auditor')], max_length=32, verbose_name='role')),
                ('main_contractor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.organisation')),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.municipality')),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'role of a person',
                'verbose_name_plural': 'people and roles',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'role', 'main_contractor', 'organisation', 'municipality'), name='membership_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('main_contractor__isnull', False), ('role__in', ['administrator', 'care_coordinator', 'contract_manager', 'controller', 'quality_officer', 'auditor'])), models.Q(('organisation__isnull', False), ('role__in', ['office_user', 'subcontractor_admin', 'subcontractor_user'])), models.Q(('municipality__isnull', False), ('role', 'municipal_viewer')), _connector='OR'), name='membership_party_fits_role')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.membership')),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MainContractorLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='main_contractor_links', to='accounts.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('main_contractor', 'organisation'), name='main_contractor_link_once')],
            },
        ),
    ]
