"""Changes of the account that is paid to, and the database that lets no other way."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# An account changes to what the newest approved change says, or back to what the undone one left.
# The caller's row-level security holds: who may not see the change may not carry it out.
GUARD = """
CREATE FUNCTION billing_guard_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    newest record;
BEGIN
    SELECT status, iban, account_holder, previous_iban, previous_holder INTO newest
        FROM billing_accountchange
        WHERE subcontractor_id = NEW.id AND status IN ('approved', 'undone')
        ORDER BY id DESC LIMIT 1;
    IF FOUND AND (NEW.iban, NEW.account_holder) = (
        CASE newest.status WHEN 'approved' THEN newest.iban ELSE newest.previous_iban END,
        CASE newest.status WHEN 'approved' THEN newest.account_holder
                           ELSE newest.previous_holder END)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'BIL-166: nobody approved this account' USING ERRCODE = 'HA166';
END
$$;
CREATE TRIGGER billing_guard_account BEFORE UPDATE ON subcontracts_subcontractor
    FOR EACH ROW
    WHEN ((OLD.iban, OLD.account_holder, OLD.iban_since)
          IS DISTINCT FROM (NEW.iban, NEW.account_holder, NEW.iban_since))
    EXECUTE FUNCTION billing_guard_account();
"""
NO_GUARD = """
DROP TRIGGER billing_guard_account ON subcontracts_subcontractor;
DROP FUNCTION billing_guard_account();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_mail_about_accounts'),
        ('billing', '0003_line_keys'),
        ('subcontracts', '0003_steering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('to_confirm', 'to be confirmed'), ('to_decide', 'to be decided'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('undone', 'undone')], max_length=10, verbose_name='status')),
                ('iban', models.CharField(max_length=34, verbose_name='new account')),
                ('account_holder', models.CharField(max_length=70, verbose_name='account holder')),
                ('previous_iban', models.CharField(blank=True, max_length=34, verbose_name='account until now')),
                ('previous_holder', models.CharField(blank=True, max_length=70)),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('checked', models.CharField(blank=True, max_length=300, verbose_name='how it was checked')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
                ('undone_because', models.CharField(blank=True, max_length=300, verbose_name='why it was undone')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('subcontractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='account_changes', to='subcontracts.subcontractor')),
            ],
            options={
                'verbose_name': 'change of account',
                'verbose_name_plural': 'changes of account',
                'ordering': ['-asked_at', '-pk'],
                'indexes': [models.Index(fields=['subcontractor', '-id'], name='billing_acc_subcont_50930d_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['to_confirm', 'to_decide'])), fields=('subcontractor',), name='account_change_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['approved', 'undone']), _negated=True), models.Q(('confirmed_by__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('confirmed_by')), _negated=True), models.Q(('decided_by', models.F('asked_by')), _negated=True), models.Q(('checked', ''), _negated=True)), _connector='OR'), name='account_change_two_people')],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
