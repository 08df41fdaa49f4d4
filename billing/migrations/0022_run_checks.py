"""What is unusual in a payment run, seen by who releases it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever releases a run saw each of the unusual things that were found in it.
GUARD = """
CREATE FUNCTION billing_guard_run_checks() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM billing_paymentruncheck found
        WHERE found.run_id = NEW.id AND found.seen_by_id IS DISTINCT FROM NEW.released_by_id
    ) THEN
        RAISE EXCEPTION 'PAY-19: something unusual was not seen' USING ERRCODE = 'HA119';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER billing_guard_run_checks BEFORE UPDATE ON billing_paymentrun
    FOR EACH ROW WHEN (NEW.status = 'released' AND OLD.status <> 'released')
    EXECUTE FUNCTION billing_guard_run_checks();
"""
NO_GUARD = """
DROP TRIGGER billing_guard_run_checks ON billing_paymentrun;
DROP FUNCTION billing_guard_run_checks();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0021_hold_handovers'),
        ('subcontracts', '0015_no_plan_of_contracts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PaymentRunCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('first_payment', 'first payment to this party'), ('account_changed', 'account changed not long ago'), ('jump', 'far from what is usual'), ('no_contract', 'no running contract'), ('not_positive', 'nothing or less than nothing'), ('duplicate', 'same amount or account twice'), ('released_holds', 'holds were released'), ('late', 'later than its term')], max_length=15)),
                ('figures', models.JSONField()),
                ('found_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'check of a payment run',
                'verbose_name_plural': 'checks of a payment run',
                'ordering': ['statement', 'kind', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='paymentruncheck',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='paymentruncheck',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='billing.paymentrun'),
        ),
        migrations.AddField(
            model_name='paymentruncheck',
            name='seen_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentruncheck',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.statement'),
        ),
        migrations.AddConstraint(
            model_name='paymentruncheck',
            constraint=models.UniqueConstraint(fields=('run', 'statement', 'kind'), name='payment_run_check_once'),
        ),
        migrations.AddConstraint(
            model_name='paymentruncheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seen_at', None), ('seen_by', None)), models.Q(('seen_at__isnull', False), ('seen_by__isnull', False)), _connector='OR'), name='payment_run_check_seen'),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
