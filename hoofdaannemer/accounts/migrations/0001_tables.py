"""Organisations, people and their roles.

All tables as they came to be in the migrations that this one replaces: a new database is made in one
step, and one that has them all is up to date.
"""

import django.core.validators
import django.db.models.deletion
import hoofdaannemer.core.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_initial'),
        ('accounts', '0003_authenticator_app'),
        ('accounts', '0004_take_over_app_keys'),
        ('accounts', '0005_drop_readable_app_keys'),
        ('accounts', '0006_outgoing_mail'),
        ('accounts', '0007_weekly_digest'),
        ('accounts', '0008_access_key'),
        ('accounts', '0009_token_scopes'),
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
            name='MainContractor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
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
                ('key', hoofdaannemer.core.crypto.EncryptedTextField()),
                ('drift', models.SmallIntegerField(default=0)),
                ('last_step', models.BigIntegerField(default=-1)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AccessKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('key_hash', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
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
                ('role', models.CharField(choices=[('contract_manager', 'contract manager'), ('care_coordinator', 'care coordinator'), ('controller', 'controller'), ('quality_officer', 'quality officer'), ('administrator', 'administrator'), ('subcontractor_admin', 'subcontractor administrator'), ('subcontractor_user', 'subcontractor user'), ('municipal_viewer', 'municipal viewer'), ('auditor', 'auditor')], max_length=32, verbose_name='role')),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('main_contractor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.municipality')),
            ],
            options={
                'verbose_name': 'role of a person',
                'verbose_name_plural': 'people and roles',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.membership')),
            ],
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('address', models.GenericIPAddressField(null=True)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
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
                ('kind', models.CharField(choices=[('institution', 'institution'), ('practice', 'independent practice'), ('own_team', 'own team'), ('main_contractor', 'main contractor')], max_length=20)),
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
        migrations.AddField(
            model_name='membership',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.organisation'),
        ),
        migrations.CreateModel(
            name='MainContractorLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='main_contractor_links', to='accounts.organisation')),
            ],
        ),
        migrations.AddField(
            model_name='maincontractor',
            name='organisation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='main_contractor', to='accounts.organisation'),
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('may_send', models.BooleanField(default=True, verbose_name='may send')),
                ('may_fetch', models.BooleanField(default=True, verbose_name='may fetch')),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invitation', 'an invitation'), ('role_given', 'a new role'), ('password_reset', 'a new password'), ('password_changed', 'a changed password'), ('recovery_used', 'a recovery code that was used'), ('second_factor_reset', 'the second step that was removed'), ('break_glass', 'emergency access to a client'), ('weekly_digest', 'the work list of a week')], max_length=32)),
                ('text', hoofdaannemer.core.crypto.EncryptedTextField()),
                ('main_contractor', models.BigIntegerField(default=0)),
                ('acting_organisation', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('last_error', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='WeeklyDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'role', 'main_contractor', 'organisation', 'municipality'), name='membership_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main_contractor__isnull', False), ('role__in', ['administrator', 'care_coordinator', 'contract_manager', 'controller', 'quality_officer', 'auditor'])), models.Q(('organisation__isnull', False), ('role__in', ['subcontractor_admin', 'subcontractor_user'])), models.Q(('municipality__isnull', False), ('role', 'municipal_viewer')), _connector='OR'), name='membership_party_fits_role'),
        ),
        migrations.AddConstraint(
            model_name='maincontractorlink',
            constraint=models.UniqueConstraint(fields=('main_contractor', 'organisation'), name='main_contractor_link_once'),
        ),
        migrations.AddConstraint(
            model_name='apitoken',
            constraint=models.CheckConstraint(condition=models.Q(('may_send', True), ('may_fetch', True), _connector='OR'), name='api_token_opens_something'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='outgoing_mail_to_deliver'),
        ),
        migrations.AddConstraint(
            model_name='weeklydigest',
            constraint=models.UniqueConstraint(fields=('user', 'week'), name='weekly_digest_once'),
        ),
        migrations.AddConstraint(
            model_name='weeklydigest',
            constraint=models.CheckConstraint(condition=models.Q(('week__iso_week_day', 1)), name='weekly_digest_of_monday'),
        ),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kvk', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^(\\d{8}|\\d{12})$', 'Enter 8 or 12 digits.')], verbose_name='trade register number')),
                ('kind', models.CharField(choices=[('institution', 'institution'), ('practice', 'independent practice'), ('own_team', 'own team'), ('main_contractor', 'main contractor')], max_length=20)),
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
                ('kind', models.CharField(choices=[('invitation', 'an invitation'), ('role_given', 'a new role'), ('password_reset', 'a new password'), ('password_changed', 'a changed password'), ('recovery_used', 'a recovery code that was used'), ('second_factor_reset', 'the second step that was removed'), ('break_glass', 'emergency access to a client'), ('weekly_digest', 'the work list of a week')], max_length=32)),
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
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('contract_manager', 'contract manager'), ('care_coordinator', 'care coordinator'), ('controller', 'controller'), ('quality_officer', 'quality officer'), ('administrator', 'administrator'), ('subcontractor_admin', 'subcontractor administrator'), ('subcontractor_user', 'subcontractor user'), ('municipal_viewer', 'municipal viewer'), ('auditor', 'auditor')], max_length=32, verbose_name='role')),
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
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'role', 'main_contractor', 'organisation', 'municipality'), name='membership_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('main_contractor__isnull', False), ('role__in', ['administrator', 'care_coordinator', 'contract_manager', 'controller', 'quality_officer', 'auditor'])), models.Q(('organisation__isnull', False), ('role__in', ['subcontractor_admin', 'subcontractor_user'])), models.Q(('municipality__isnull', False), ('role', 'municipal_viewer')), _connector='OR'), name='membership_party_fits_role')],
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
    ]
