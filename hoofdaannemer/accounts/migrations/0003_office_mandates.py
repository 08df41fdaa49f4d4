import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever acts under a mandate has the role that goes with it while the mandate is in force: each
# statement asks, so that one which begins after its end sees nothing, in whatever request.
# The policies on mandates ask `app_claimed_role`, which does not ask for a mandate: `app_role` would
# ask itself.
FORWARD = """
CREATE FUNCTION app_claimed_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('app.role', true), '') $$;
CREATE FUNCTION app_mandate_holds(mandate bigint, organisation bigint, person bigint)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT 1 FROM accounts_officemandate given
        JOIN accounts_membership member ON member.organisation_id = given.office_id
        JOIN accounts_user holder ON holder.id = member.user_id
        WHERE given.id = mandate AND given.provider_organisation_id = organisation
        AND (now() AT TIME ZONE 'Europe/Amsterdam')::date >= given.start_date
        AND (given.end_date IS NULL
             OR (now() AT TIME ZONE 'Europe/Amsterdam')::date <= given.end_date)
        AND EXISTS (SELECT 1 FROM accounts_mandatestep step
                    WHERE step.mandate_id = given.id AND step.kind = 'accepted')
        AND NOT EXISTS (SELECT 1 FROM accounts_mandatestep step
                        WHERE step.mandate_id = given.id AND step.kind <> 'accepted')
        AND member.user_id = person AND member.role = 'office_user'
        AND member.started_at IS NOT NULL
        AND (member.ended_at IS NULL OR member.ended_at > now())
        AND holder.is_active)
$$;
CREATE OR REPLACE FUNCTION app_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN coalesce(current_setting('app.mandate', true), '') IN ('', '0')
        THEN app_claimed_role()
        WHEN app_mandate_holds(app_id('mandate'), app_id('organisation'), app_id('user'))
        THEN app_claimed_role()
        ELSE 'lapsed' END
$$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION app_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('app.role', true), '') $$;
DROP FUNCTION app_mandate_holds(bigint, bigint, bigint);
DROP FUNCTION app_claimed_role();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_mail_about_accounts'),
        ('core', '0001_scope_functions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MandateStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('accepted', 'accepted by the office'), ('declined', 'declined by the office'), ('returned', 'given back by the office'), ('withdrawn', 'withdrawn'), ('refused', 'refused by the main contractor')], max_length=9, verbose_name='step')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'step of a mandate',
                'verbose_name_plural': 'steps of mandates',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OfficeMandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('declare', 'declaring the month'), ('fte', 'FTE reports'), ('start_stop', 'start and stop messages'), ('statements', 'reading statements and payments'), ('disputes', 'questions and disputes')], max_length=12), size=None, verbose_name='covers')),
                ('start_date', models.DateField(verbose_name='from')),
                ('end_date', models.DateField(null=True, verbose_name='up to and including')),
                ('ground', models.CharField(max_length=200, verbose_name='ground')),
                ('document', models.BinaryField(null=True)),
                ('given_at', models.DateTimeField(verbose_name='given')),
            ],
            options={
                'verbose_name': 'mandate of an office',
                'verbose_name_plural': 'mandates of offices',
                'ordering': ['-given_at', '-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_party_fits_role',
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('contract_manager', 'contract manager'), ('care_coordinator', 'care coordinator'), ('controller', 'controller'), ('quality_officer', 'quality officer'), ('administrator', 'administrator'), ('subcontractor_admin', 'subcontractor administrator'), ('subcontractor_user', 'subcontractor user'), ('office_user', 'administration office'), ('municipal_viewer', 'municipal viewer'), ('auditor', 'auditor')], max_length=32, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='organisation',
            name='kind',
            field=models.CharField(choices=[('institution', 'institution'), ('practice', 'independent practice'), ('own_team', 'own team'), ('main_contractor', 'main contractor'), ('office', 'administration office')], max_length=20),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('invitation', 'an invitation'), ('role_given', 'a new role'), ('password_reset', 'a new password'), ('password_changed', 'a changed password'), ('recovery_used', 'a recovery code that was used'), ('second_factor_reset', 'the second step that was removed'), ('break_glass', 'emergency access to a client'), ('weekly_digest', 'the work list of a week'), ('account_change', 'a change of the account that is paid to'), ('office_mandate', 'a mandate of an administration office')], max_length=32),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main_contractor__isnull', False), ('role__in', ['administrator', 'care_coordinator', 'contract_manager', 'controller', 'quality_officer', 'auditor'])), models.Q(('organisation__isnull', False), ('role__in', ['office_user', 'subcontractor_admin', 'subcontractor_user'])), models.Q(('municipality__isnull', False), ('role', 'municipal_viewer')), _connector='OR'), name='membership_party_fits_role'),
        ),
        migrations.AddField(
            model_name='mandatestep',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='officemandate',
            name='given_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='officemandate',
            name='office',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_held', to='accounts.organisation', verbose_name='administration office'),
        ),
        migrations.AddField(
            model_name='officemandate',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_given', to='accounts.organisation', verbose_name='subcontractor'),
        ),
        migrations.AddField(
            model_name='mandatestep',
            name='mandate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='accounts.officemandate'),
        ),
        migrations.AddIndex(
            model_name='officemandate',
            index=models.Index(fields=['office', 'provider_organisation'], name='accounts_of_office__844cce_idx'),
        ),
        migrations.AddConstraint(
            model_name='officemandate',
            constraint=models.CheckConstraint(condition=models.Q(('end_date', None), ('end_date__gte', models.F('start_date')), _connector='OR'), name='office_mandate_period_forward'),
        ),
        migrations.AddConstraint(
            model_name='officemandate',
            constraint=models.CheckConstraint(condition=models.Q(('office', models.F('provider_organisation')), _negated=True), name='office_mandate_not_to_oneself'),
        ),
        migrations.AddConstraint(
            model_name='officemandate',
            constraint=models.CheckConstraint(condition=models.Q(('subjects__contained_by', ['declare', 'fte', 'start_stop', 'statements', 'disputes']), ('subjects__len__gt', 0)), name='office_mandate_known_subjects'),
        ),
        migrations.AddConstraint(
            model_name='mandatestep',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'accepted')), fields=('mandate',), name='mandate_accepted_once'),
        ),
        migrations.AddConstraint(
            model_name='mandatestep',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'accepted'), _negated=True), fields=('mandate',), name='mandate_ended_once'),
        ),
        migrations.AddConstraint(
            model_name='mandatestep',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'refused'), ('reason', ''), _negated=True), name='mandate_refused_with_reason'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
