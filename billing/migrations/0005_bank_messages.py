"""Messages of the bank, payments that came back, and the function that pays again."""

import django.db.models.deletion
import hoofdaannemer.core.crypto
from django.conf import settings
from django.db import connection, migrations, models


# As in 0002, with what followed: a payment that came back does not keep its statement from being
# paid, and nothing goes to an account of less than seven days (`COOLING_DAYS`), whoever prepared it.
RELEASE = """
CREATE OR REPLACE FUNCTION billing_release_run(run bigint, on_day date, moment timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    releaser bigint := app_id('user');
    found_run record;
    made integer;
BEGIN
    SELECT id, main_contractor_id, number, status, total, prepared_by_id INTO found_run
        FROM billing_paymentrun WHERE id = run FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'PAY-01: no such run' USING ERRCODE = 'no_data_found';
    END IF;
    IF found_run.status <> 'prepared' THEN
        RAISE EXCEPTION 'PAY-02: the run is %', found_run.status USING ERRCODE = 'HA002';
    END IF;
    IF app_role() <> 'controller' OR NOT EXISTS (
        SELECT 1 FROM accounts_membership held JOIN accounts_user who ON who.id = held.user_id
        WHERE held.user_id = releaser AND held.role = 'controller' AND held.ended_at IS NULL
          AND held.main_contractor_id = found_run.main_contractor_id AND who.is_active
    ) THEN
        RAISE EXCEPTION 'PAY-03: not a controller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF found_run.prepared_by_id = releaser THEN
        RAISE EXCEPTION 'PAY-04: prepared by the releaser' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (
        SELECT 1 FROM billing_paymentrunitem item
        JOIN billing_statement stated ON stated.id = item.statement_id
        JOIN subcontracts_subcontractor party ON party.id = stated.subcontractor_id
        WHERE item.run_id = run AND (
            item.is_dropped OR party.is_own_team OR item.amount <= 0
            OR item.amount <> stated.payable
            OR stated.main_contractor_id <> found_run.main_contractor_id
            OR item.iban = '' OR item.iban <> party.iban)
    ) OR EXISTS (
        SELECT 1 FROM billing_paymentrunitem item
        JOIN billing_payment paid ON paid.statement_id = item.statement_id
        WHERE item.run_id = run AND paid.failed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'PAY-05: an item does not fit its statement' USING ERRCODE = 'HA005';
    END IF;
    IF EXISTS (
        SELECT 1 FROM billing_paymentrunitem item
        JOIN billing_statement stated ON stated.id = item.statement_id
        JOIN subcontracts_subcontractor party ON party.id = stated.subcontractor_id
        WHERE item.run_id = run
          AND party.iban_since > (moment AT TIME ZONE 'Europe/Amsterdam')::date - 7
    ) THEN
        RAISE EXCEPTION 'PAY-08: an account is too young to be paid to' USING ERRCODE = 'HA008';
    END IF;
    IF found_run.total <> coalesce(
        (SELECT sum(item.amount) FROM billing_paymentrunitem item WHERE item.run_id = run), 0)
    THEN
        RAISE EXCEPTION 'PAY-06: the total does not fit' USING ERRCODE = 'HA006';
    END IF;
    INSERT INTO billing_payment (
        main_contractor_id, provider_organisation_id, run_id, statement_id, amount, iban,
        account_holder, end_to_end_id, execution_date, recorded_at, failure_code)
    SELECT item.main_contractor_id, stated.provider_organisation_id, run, stated.id, item.amount,
           item.iban, item.account_holder, found_run.number || '-' || stated.number, on_day, moment, ''
        FROM billing_paymentrunitem item
        JOIN billing_statement stated ON stated.id = item.statement_id
        WHERE item.run_id = run ORDER BY item.id;
    GET DIAGNOSTICS made = ROW_COUNT;
    IF made = 0 THEN
        RAISE EXCEPTION 'PAY-07: nothing to pay' USING ERRCODE = 'HA007';
    END IF;
    UPDATE billing_paymentrun SET status = 'released', released_by_id = releaser,
        released_at = moment, execution_date = on_day WHERE id = run;
    RETURN made;
END
$$;
"""
# What the application may not do itself either: say that a payment came to nothing. It rests on a
# line of a message of the bank, in which nothing is odd.
FAILURES = """
CREATE FUNCTION billing_note_bank_failures(message bigint, moment timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    IF app_role() <> 'controller' THEN
        RAISE EXCEPTION 'PAY-03: not a controller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH failed AS (
        UPDATE billing_payment paid SET failed_at = moment, failure_code = entry.code
        FROM billing_bankentry entry
        WHERE entry.report_id = message AND entry.payment_id = paid.id AND entry.oddity = ''
          AND entry.outcome IN ('rejected', 'returned') AND paid.failed_at IS NULL
          AND entry.main_contractor_id = paid.main_contractor_id
        RETURNING paid.run_id, paid.statement_id
    )
    UPDATE billing_paymentrunitem item SET is_dropped = true FROM failed
    WHERE item.run_id = failed.run_id AND item.statement_id = failed.statement_id;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION billing_note_bank_failures(bigint, timestamptz) FROM PUBLIC;
"""
NO_FAILURES = "DROP FUNCTION billing_note_bank_failures(bigint, timestamptz);"


def grant(apps, schema_editor):
    """Only the application calls it; the municipal role does not."""
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(
        f"GRANT EXECUTE ON FUNCTION billing_note_bank_failures(bigint, timestamptz) TO {role}"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_mail_about_accounts'),
        ('billing', '0004_account_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('accepted', 'accepted'), ('rejected', 'rejected'), ('booked', 'booked'), ('returned', 'returned')], max_length=8, verbose_name='what the bank says')),
                ('code', models.CharField(blank=True, max_length=35, verbose_name='code')),
                ('text', models.CharField(blank=True, max_length=200, verbose_name='text')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='amount')),
                ('day', models.DateField(null=True, verbose_name='booked on')),
                ('oddity', models.CharField(blank=True, choices=[('amount', 'another amount than we paid'), ('twice', 'booked after it was rejected or returned'), ('late', 'rejected after it was booked')], max_length=6, verbose_name='what is odd')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='found out')),
                ('finding', models.CharField(blank=True, max_length=300, verbose_name='what was found')),
            ],
            options={
                'verbose_name': 'line of a bank message',
                'verbose_name_plural': 'lines of a bank message',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='BankReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8, verbose_name='kind')),
                ('message_id', models.CharField(db_collation='C', max_length=35, verbose_name='number')),
                ('file_name', models.CharField(max_length=100, verbose_name='file')),
                ('digest', models.CharField(db_collation='C', max_length=64)),
                ('content', hoofdaannemer.core.crypto.EncryptedTextField()),
                ('others', models.PositiveIntegerField(default=0, verbose_name='about others')),
                ('received_at', models.DateTimeField(verbose_name='read')),
            ],
            options={
                'verbose_name': 'bank message',
                'verbose_name_plural': 'bank messages',
                'ordering': ['-received_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='failed_at',
            field=models.DateTimeField(null=True, verbose_name='came back'),
        ),
        migrations.AddField(
            model_name='payment',
            name='failure_code',
            field=models.CharField(blank=True, max_length=35),
        ),
        migrations.AddField(
            model_name='paymentrun',
            name='version',
            field=models.CharField(choices=[('03', 'pain.001.001.03'), ('09', 'pain.001.001.09')], default='03', max_length=2, verbose_name='form of the file'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.statement'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('failed_at', None)), fields=('statement',), name='payment_statement_once'),
        ),
        migrations.AddField(
            model_name='bankentry',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='bankentry',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bank_entries', to='billing.payment'),
        ),
        migrations.AddField(
            model_name='bankentry',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankreport',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='bankreport',
            name='received_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankentry',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='billing.bankreport'),
        ),
        migrations.AddConstraint(
            model_name='bankreport',
            constraint=models.UniqueConstraint(fields=('main_contractor', 'digest'), name='bank_report_once'),
        ),
        migrations.AddIndex(
            model_name='bankentry',
            index=models.Index(condition=models.Q(('settled_at', None), models.Q(('oddity', ''), _negated=True)), fields=['main_contractor'], name='bank_entry_to_find_out'),
        ),
        migrations.RunSQL(RELEASE, migrations.RunSQL.noop),
        migrations.RunSQL(FAILURES, NO_FAILURES),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
