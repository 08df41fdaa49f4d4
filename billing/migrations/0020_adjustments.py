"""Corrections after disputes and interest: proposed, decided by another, posted by a statement."""

import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

# What was proposed stays so, and what was decided about it too.
GUARD = """
CREATE FUNCTION billing_guard_adjustment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'PAY-20: what was proposed and decided stays' USING ERRCODE = 'HA120';
END
$$;
CREATE TRIGGER billing_guard_adjustment BEFORE UPDATE ON billing_adjustment
    FOR EACH ROW
    WHEN (OLD.status <> 'proposed'
          OR (OLD.main_contractor_id, OLD.provider_organisation_id, OLD.subcontractor_id, OLD.kind,
              OLD.dispute_id, OLD.payment_id, OLD.month, OLD.amount, OLD.proposed_by_id)
             IS DISTINCT FROM
             (NEW.main_contractor_id, NEW.provider_organisation_id, NEW.subcontractor_id, NEW.kind,
              NEW.dispute_id, NEW.payment_id, NEW.month, NEW.amount, NEW.proposed_by_id))
    EXECUTE FUNCTION billing_guard_adjustment();
"""
NO_GUARD = """
DROP TRIGGER billing_guard_adjustment ON billing_adjustment;
DROP FUNCTION billing_guard_adjustment();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0019_begun_minutes'),
        ('subcontracts', '0015_no_plan_of_contracts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('dispute', 'correction after a dispute'), ('interest', 'interest over a late payment')], max_length=8, verbose_name='kind')),
                ('status', models.CharField(choices=[('proposed', 'waits for a second person'), ('accepted', 'accepted'), ('refused', 'refused')], default='proposed', max_length=8, verbose_name='status')),
                ('month', models.DateField(verbose_name='month')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('explanation', models.JSONField()),
                ('proposed_at', models.DateTimeField(verbose_name='proposed')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'correction or interest',
                'verbose_name_plural': 'corrections and interest',
                'ordering': ['-proposed_at', '-pk'],
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
            model_name='disputeentry',
            name='becomes',
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='becomes'),
        ),
        migrations.AddField(
            model_name='statement',
            name='adjusted',
            field=models.DecimalField(db_default=Decimal('0.00'), decimal_places=2, default=Decimal('0.00'), max_digits=14, verbose_name='corrections and interest'),
        ),
        migrations.AlterField(
            model_name='disputeentry',
            name='outcome',
            field=models.CharField(blank=True, choices=[('explained', 'explained: the amount stays'), ('stays', 'not granted: the amount stays'), ('corrected', 'granted: the amount is corrected'), ('elsewhere', 'granted: another entry puts it right, without a correction'), ('refused', 'the correction was refused by a second person')], max_length=9),
        ),
        migrations.AlterField(
            model_name='statementline',
            name='kind',
            field=models.CharField(choices=[('entitlement', 'entitlement'), ('correction', 'correction'), ('hold', 'held back'), ('release', 'released'), ('deferral', 'put aside to be paid back in parts'), ('set_off', 'set off for a recovery plan'), ('rest', 'rest of an ended recovery plan'), ('adjustment', 'correction or interest')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='disputeentry',
            constraint=models.CheckConstraint(condition=models.Q(('becomes', None), ('outcome', 'corrected'), _connector='OR'), name='dispute_entry_becomes'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('payable', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('entitled'), '+', models.F('corrected')), '-', models.F('held')), '+', models.F('released')), '+', models.F('carried_in')), '+', models.F('deferred')), '-', models.F('set_off')), '+', models.F('adjusted')), '-', models.F('carried_out'))), models.Q(models.Q(('carried_out__lte', 0), ('payable', 0)), models.Q(('carried_out', 0), ('payable__gt', 0)), _connector='OR')), name='statement_adds_up'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='dispute',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='billing.dispute'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='payment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='billing.payment'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='subcontractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='subcontracts.subcontractor'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='adjustment',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_line', to='billing.adjustment'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('adjustment', None), ('entitlement__isnull', False), ('hold', None), ('kind__in', ['entitlement', 'correction']), ('plan', None)), models.Q(('adjustment', None), ('entitlement', None), ('hold__isnull', False), ('kind__in', ['hold', 'release']), ('plan', None)), models.Q(('adjustment__isnull', False), ('entitlement', None), ('hold', None), ('kind', 'adjustment'), ('plan', None)), models.Q(('adjustment', None), ('amount__gt', 0), ('entitlement', None), ('explanation__isnull', False), ('hold', None), ('kind__in', ['deferral', 'set_off', 'rest']), ('plan__isnull', False)), _connector='OR'), name='statement_line_one_fact'),
        ),
        migrations.AddIndex(
            model_name='adjustment',
            index=models.Index(fields=['subcontractor', 'month'], name='billing_adj_subcont_7b9f33_idx'),
        ),
        migrations.AddIndex(
            model_name='adjustment',
            index=models.Index(condition=models.Q(('status', 'proposed')), fields=['main_contractor'], name='adjustment_to_decide'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dispute__isnull', False), ('kind', 'dispute'), ('payment', None), models.Q(('amount', 0), _negated=True)), models.Q(('amount__gt', 0), ('dispute', None), ('kind', 'interest'), ('payment__isnull', False)), _connector='OR'), name='adjustment_one_ground'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'refused'), _negated=True), fields=('dispute',), name='adjustment_dispute_once'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'refused'), _negated=True), fields=('payment',), name='adjustment_payment_once'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='adjustment_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'proposed')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ['accepted', 'refused'])), _connector='OR'), name='adjustment_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'refused'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('status', 'refused'), _negated=True), ('reason', '')), _connector='OR'), name='adjustment_refused_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='adjustment_whole_month'),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
