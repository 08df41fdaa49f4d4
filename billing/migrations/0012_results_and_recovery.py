"""Results of trajectories, recovery plans, and the database that keeps both within their bounds."""

import django.db.models.deletion
import django.db.models.expressions
import hoofdaannemer.core.crypto
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# What was said stays: only the columns that are encrypted are written anew, under a new key.
ENTRIES = """
CREATE FUNCTION billing_guard_result_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'BIL-197: what was said of a result stays' USING ERRCODE = 'HA197';
END
$$;
CREATE TRIGGER billing_guard_result_entry BEFORE UPDATE ON billing_resultentry
    FOR EACH ROW
    WHEN ((OLD.result_id, OLD.kind, OLD.side, OLD.outcome, OLD.share, OLD.file_name, OLD.author_id,
           OLD.recorded_at)
          IS DISTINCT FROM
          (NEW.result_id, NEW.kind, NEW.side, NEW.outcome, NEW.share, NEW.file_name, NEW.author_id,
           NEW.recorded_at))
    EXECUTE FUNCTION billing_guard_result_entry();
"""
NO_ENTRIES = """
DROP TRIGGER billing_guard_result_entry ON billing_resultentry;
DROP FUNCTION billing_guard_result_entry();
"""
# A plan takes from its own subcontractor, once it was agreed upon, and never more than its total.
# Its terms are what was agreed: another sum is another plan.
PLANS = """
CREATE FUNCTION billing_guard_plan_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    plan record;
    known numeric;
BEGIN
    SELECT total, status, subcontractor_id INTO plan
        FROM billing_recoveryplan WHERE id = NEW.plan_id FOR UPDATE;
    SELECT coalesce(sum(amount), 0) INTO known FROM billing_statementline
        WHERE plan_id = NEW.plan_id
          AND (kind = 'deferral') = (NEW.kind = 'deferral') AND id IS DISTINCT FROM NEW.id;
    IF plan.status IN ('running', 'paused', 'ended') AND known + NEW.amount <= plan.total
       AND EXISTS (SELECT 1 FROM billing_statement stated WHERE stated.id = NEW.statement_id
                   AND stated.subcontractor_id = plan.subcontractor_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'BIL-206: a plan takes no more than was agreed' USING ERRCODE = 'HA206';
END
$$;
CREATE TRIGGER billing_guard_plan_line BEFORE INSERT OR UPDATE ON billing_statementline
    FOR EACH ROW WHEN (NEW.plan_id IS NOT NULL) EXECUTE FUNCTION billing_guard_plan_line();

CREATE FUNCTION billing_guard_plan() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'BIL-207: the terms of a plan stay as they were agreed' USING ERRCODE = 'HA207';
END
$$;
CREATE TRIGGER billing_guard_plan BEFORE UPDATE ON billing_recoveryplan
    FOR EACH ROW
    WHEN ((OLD.subcontractor_id, OLD.kind, OLD.settlement_id, OLD.total, OLD.monthly, OLD.leaves,
           OLD.first_month, OLD.proposed_by_id)
          IS DISTINCT FROM
          (NEW.subcontractor_id, NEW.kind, NEW.settlement_id, NEW.total, NEW.monthly, NEW.leaves,
           NEW.first_month, NEW.proposed_by_id))
    EXECUTE FUNCTION billing_guard_plan();
"""
NO_PLANS = """
DROP TRIGGER billing_guard_plan_line ON billing_statementline;
DROP FUNCTION billing_guard_plan_line();
DROP TRIGGER billing_guard_plan ON billing_recoveryplan;
DROP FUNCTION billing_guard_plan();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_mail_about_accounts'),
        ('billing', '0011_production_audit'),
        ('subcontracts', '0003_steering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecoveryPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('balance', 'balance of a monthly statement below zero'), ('settlement', 'settlement of a year'), ('claim', 'sanction or another claim')], max_length=10, verbose_name='what is owed')),
                ('status', models.CharField(choices=[('proposed', 'waits for agreement'), ('running', 'running'), ('paused', 'paused'), ('ended', 'ended before its time'), ('finished', 'paid back'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='proposed', max_length=9, verbose_name='status')),
                ('total', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='total')),
                ('monthly', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='a month')),
                ('leaves', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=14, verbose_name='left to pay')),
                ('first_month', models.DateField(verbose_name='first month')),
                ('ground', models.CharField(max_length=300, verbose_name='ground')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed')),
                ('agreed_at', models.DateTimeField(null=True, verbose_name='agreed on')),
                ('paper_reason', models.CharField(blank=True, max_length=300)),
                ('signed_file', models.BinaryField(null=True)),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='remark')),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'recovery plan',
                'verbose_name_plural': 'recovery plans',
                'ordering': ['-proposed_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ResultEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('evidence', 'evidence'), ('verdict', 'verdict'), ('expired', 'not judged in time'), ('agreed', 'agreed'), ('objection', 'objection'), ('decision', 'decision'), ('lapsed', 'lapsed: care went on, or its end was taken back'), ('ended', 'the trajectory ended')], max_length=9)),
                ('side', models.CharField(choices=[('subcontractor', 'the subcontractor'), ('main', 'the main contractor')], max_length=13)),
                ('outcome', models.CharField(blank=True, choices=[('met', 'met'), ('partly', 'partly met'), ('not_met', 'not met'), ('unjudged', 'cannot be judged'), ('expired', 'not judged in time')], max_length=8)),
                ('share', models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ('text', hoofdaannemer.core.crypto.EncryptedTextField(default='', verbose_name='text')),
                ('file', hoofdaannemer.core.crypto.EncryptedTextField(default='')),
                ('file_name', models.CharField(blank=True, max_length=120)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'entry of a result',
                'verbose_name_plural': 'entries of results',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='TrajectoryResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('ended_on', models.DateField(verbose_name='ended on')),
                ('at_stake', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='depends on the result')),
                ('measure', models.CharField(max_length=200, verbose_name='when it is met')),
                ('judge', models.CharField(choices=[('main', 'the main contractor'), ('municipality', 'the municipality'), ('client', 'the client, by an own view'), ('joint', 'both together')], max_length=12, verbose_name='judged by')),
                ('target_date', models.DateField(verbose_name='judged before')),
                ('status', models.CharField(choices=[('awaited', 'evidence awaited'), ('handed_in', 'to be judged'), ('judged', 'judged'), ('objected', 'objected to'), ('decided', 'decided after objection'), ('lapsed', 'lapsed')], default='awaited', max_length=9, verbose_name='status')),
                ('due_date', models.DateField(verbose_name='before')),
                ('outcome', models.CharField(blank=True, choices=[('met', 'met'), ('partly', 'partly met'), ('not_met', 'not met'), ('unjudged', 'cannot be judged'), ('expired', 'not judged in time')], max_length=8, verbose_name='outcome')),
                ('share', models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ('counts_from', models.DateField(null=True, verbose_name='counts from')),
                ('judged_at', models.DateTimeField(null=True, verbose_name='judged')),
                ('decided_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'result of a trajectory',
                'verbose_name_plural': 'results of trajectories',
                'ordering': ['-ended_on', '-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statement_adds_up',
        ),
        migrations.RemoveConstraint(
            model_name='statementline',
            name='statement_line_one_fact',
        ),
        migrations.AddField(
            model_name='statement',
            name='deferred',
            field=models.DecimalField(db_default=Decimal('0.00'), decimal_places=2, default=Decimal('0.00'), max_digits=14, verbose_name='put aside'),
        ),
        migrations.AddField(
            model_name='statement',
            name='set_off',
            field=models.DecimalField(db_default=Decimal('0.00'), decimal_places=2, default=Decimal('0.00'), max_digits=14, verbose_name='set off'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='explanation',
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name='statementline',
            name='kind',
            field=models.CharField(choices=[('entitlement', 'entitlement'), ('correction', 'correction'), ('hold', 'held back'), ('release', 'released'), ('deferral', 'put aside to be paid back in parts'), ('set_off', 'set off for a recovery plan'), ('rest', 'rest of an ended recovery plan')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('payable', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('entitled'), '+', models.F('corrected')), '-', models.F('held')), '+', models.F('released')), '+', models.F('carried_in')), '+', models.F('deferred')), '-', models.F('set_off')), '-', models.F('carried_out'))), models.Q(models.Q(('carried_out__lte', 0), ('payable', 0)), models.Q(('carried_out', 0), ('payable__gt', 0)), _connector='OR')), name='statement_adds_up'),
        ),
        migrations.AddField(
            model_name='recoveryplan',
            name='agreed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recoveryplan',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='recoveryplan',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recoveryplan',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='recoveryplan',
            name='settlement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recovery_plans', to='billing.settlement'),
        ),
        migrations.AddField(
            model_name='recoveryplan',
            name='subcontractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recovery_plans', to='subcontracts.subcontractor'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_lines', to='billing.recoveryplan'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entitlement__isnull', False), ('hold', None), ('kind__in', ['entitlement', 'correction']), ('plan', None)), models.Q(('entitlement', None), ('hold__isnull', False), ('kind__in', ['hold', 'release']), ('plan', None)), models.Q(('amount__gt', 0), ('entitlement', None), ('explanation__isnull', False), ('hold', None), ('kind__in', ['deferral', 'set_off', 'rest']), ('plan__isnull', False)), _connector='OR'), name='statement_line_one_fact'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['deferral', 'rest'])), fields=('plan', 'kind'), name='statement_line_plan_once'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'set_off')), fields=('statement', 'plan'), name='statement_line_plan_month_once'),
        ),
        migrations.AddField(
            model_name='resultentry',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='resultentry',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='resultentry',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='trajectoryresult',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trajectoryresult',
            name='funding_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trajectory_results', to='subcontracts.fundingline'),
        ),
        migrations.AddField(
            model_name='trajectoryresult',
            name='judged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trajectoryresult',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='trajectoryresult',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trajectory_results', to='subcontracts.placement'),
        ),
        migrations.AddField(
            model_name='trajectoryresult',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='trajectoryresult',
            name='subcontractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trajectory_results', to='subcontracts.subcontractor'),
        ),
        migrations.AddField(
            model_name='resultentry',
            name='result',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='billing.trajectoryresult'),
        ),
        migrations.AddIndex(
            model_name='recoveryplan',
            index=models.Index(condition=models.Q(('status__in', ['running', 'paused', 'ended'])), fields=['subcontractor'], name='recovery_plan_in_force'),
        ),
        migrations.AddConstraint(
            model_name='recoveryplan',
            constraint=models.CheckConstraint(condition=models.Q(('leaves__gte', 0), ('monthly__gt', 0), ('monthly__lte', models.F('total')), ('total__gt', 0)), name='recovery_plan_amounts'),
        ),
        migrations.AddConstraint(
            model_name='recoveryplan',
            constraint=models.CheckConstraint(condition=models.Q(('first_month__day', 1)), name='recovery_plan_whole_month'),
        ),
        migrations.AddConstraint(
            model_name='recoveryplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'settlement'), ('settlement__isnull', False)), models.Q(models.Q(('kind', 'settlement'), _negated=True), ('settlement', None)), _connector='OR'), name='recovery_plan_names_settlement'),
        ),
        migrations.AddConstraint(
            model_name='recoveryplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_at', None), ('agreed_by', None), ('status__in', ['proposed', 'refused', 'withdrawn'])), models.Q(('status__in', ['running', 'paused', 'ended', 'finished']), ('agreed_at__isnull', False), ('agreed_by__isnull', False), models.Q(('agreed_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='recovery_plan_two_sides'),
        ),
        migrations.AddConstraint(
            model_name='recoveryplan',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['refused', 'withdrawn']), _negated=True), fields=('settlement',), name='recovery_plan_settlement_once'),
        ),
        migrations.AddIndex(
            model_name='trajectoryresult',
            index=models.Index(fields=['subcontractor'], name='billing_tra_subcont_01c061_idx'),
        ),
        migrations.AddIndex(
            model_name='trajectoryresult',
            index=models.Index(condition=models.Q(('status__in', ['handed_in', 'objected'])), fields=['main_contractor', 'due_date'], name='result_to_judge'),
        ),
        migrations.AddIndex(
            model_name='trajectoryresult',
            index=models.Index(condition=models.Q(('status', 'awaited')), fields=['provider_organisation', 'due_date'], name='result_to_show'),
        ),
        migrations.AddConstraint(
            model_name='trajectoryresult',
            constraint=models.UniqueConstraint(fields=('placement', 'number'), name='result_once'),
        ),
        migrations.AddConstraint(
            model_name='trajectoryresult',
            constraint=models.CheckConstraint(condition=models.Q(('at_stake__gt', 0)), name='result_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='trajectoryresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counts_from', None), ('judged_at', None), ('outcome', ''), ('share', None)), models.Q(models.Q(('outcome', ''), _negated=True), ('judged_at__isnull', False), ('share__gte', 0), ('share__lte', 1)), _connector='OR'), name='result_verdict_whole'),
        ),
        migrations.AddConstraint(
            model_name='trajectoryresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('judged_by', None), models.Q(('decided_by', models.F('judged_by')), _negated=True), _connector='OR')), _connector='OR'), name='result_decided_by_another'),
        ),
        migrations.RunSQL(ENTRIES, NO_ENTRIES),
        migrations.RunSQL(PLANS, NO_PLANS),
    ]
