"""Invoices of parties without a subcontract, and the database that pays none that was not accepted."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import hoofdaannemer.core.crypto
import hoofdaannemer.core.periods
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

# What was invoiced never changes, and what was decided neither; only a credit marks its debit.
# An entitlement of an invoice is that of an accepted line: same party, same amount, and for a
# credit the opposite of what it takes back.
GUARDS = """
-- How care that was invoiced counts upward: a part of an hour goes in minutes, euros in eurocents.
CREATE FUNCTION billing_invoiced_unit(unit text, quantity numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit = '04' AND quantity <> trunc(quantity) THEN '01' ELSE unit END
$$;
CREATE FUNCTION billing_invoiced_volume(unit text, quantity numeric, amount numeric)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(CASE
        WHEN unit = '83' THEN amount * 100
        WHEN unit = '04' AND quantity <> trunc(quantity) THEN quantity * 60
        ELSE quantity END)::bigint
$$;
CREATE FUNCTION billing_guard_invoice_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'INV-24: what was invoiced and decided stays' USING ERRCODE = 'HA124';
END
$$;
CREATE TRIGGER billing_guard_invoice_line BEFORE UPDATE ON billing_invoiceline
    FOR EACH ROW
    WHEN ((OLD.invoice_id, OLD.subcontractor_id, OLD.line, OLD.start_date, OLD.end_date,
           OLD.quantity, OLD.price, OLD.amount, OLD.vat, OLD.is_credit)
          IS DISTINCT FROM
          (NEW.invoice_id, NEW.subcontractor_id, NEW.line, NEW.start_date, NEW.end_date,
           NEW.quantity, NEW.price, NEW.amount, NEW.vat, NEW.is_credit)
          OR (OLD.state <> 'waiting' AND (OLD.state, OLD.indication_id, OLD.credits_id)
              IS DISTINCT FROM (NEW.state, NEW.indication_id, NEW.credits_id))
          OR (OLD.is_credited AND NOT NEW.is_credited))
    EXECUTE FUNCTION billing_guard_invoice_line();
CREATE FUNCTION billing_guard_invoice_entitlement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM billing_invoiceline line
        LEFT JOIN billing_entitlement taken ON taken.invoice_line_id = line.credits_id
        WHERE line.id = NEW.invoice_line_id AND line.state = 'accepted'
          AND line.subcontractor_id = NEW.subcontractor_id
          AND line.main_contractor_id = NEW.main_contractor_id
          AND NEW.amount = CASE WHEN line.is_credit THEN -line.amount ELSE line.amount END
          AND (taken.id IS NOT NULL OR NOT line.is_credit)
          AND NEW.corrects_id IS NOT DISTINCT FROM
              CASE WHEN line.is_credit THEN taken.id END
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'INV-24: no accepted line of an invoice' USING ERRCODE = 'HA124';
END
$$;
CREATE TRIGGER billing_guard_invoice_entitlement BEFORE INSERT ON billing_entitlement
    FOR EACH ROW WHEN (NEW.invoice_line_id IS NOT NULL)
    EXECUTE FUNCTION billing_guard_invoice_entitlement();
"""
NO_GUARDS = """
DROP FUNCTION billing_invoiced_volume(text, numeric, numeric);
DROP FUNCTION billing_invoiced_unit(text, numeric);
DROP TRIGGER billing_guard_invoice_entitlement ON billing_entitlement;
DROP FUNCTION billing_guard_invoice_entitlement();
DROP TRIGGER billing_guard_invoice_line ON billing_invoiceline;
DROP FUNCTION billing_guard_invoice_line();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_mail_about_accounts'),
        ('billing', '0012_results_and_recovery'),
        ('subcontracts', '0003_steering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InvoicingParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certified', 'certified institution'), ('secure', 'secure youth care'), ('national', 'national youth care'), ('other', 'other care on a decision')], max_length=9, verbose_name='kind')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment term in days')),
                ('oldest_months', models.PositiveSmallIntegerField(default=6, verbose_name='invoiced within months')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'invoicing party',
                'verbose_name_plural': 'invoicing parties',
                'ordering': ['subcontractor__provider_organisation__name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReceivedInvoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='invoice number')),
                ('number_key', models.CharField(db_collation='C', max_length=40)),
                ('kind', models.CharField(choices=[('invoice', 'invoice'), ('credit', 'credit invoice')], default='invoice', max_length=7, verbose_name='kind')),
                ('status', models.CharField(choices=[('waiting', 'waits'), ('handled', 'handled')], default='waiting', max_length=7, verbose_name='status')),
                ('invoice_date', models.DateField(verbose_name='invoice date')),
                ('received_date', models.DateField(verbose_name='received')),
                ('due_date', models.DateField(verbose_name='pay before')),
                ('iban', models.CharField(blank=True, max_length=34, verbose_name='IBAN')),
                ('total', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='total')),
                ('source', models.CharField(choices=[('typed', 'typed in'), ('ubl', 'e-invoice'), ('file', 'table')], max_length=5, verbose_name='source')),
                ('content', hoofdaannemer.core.crypto.EncryptedTextField(default='')),
                ('file_name', models.CharField(blank=True, max_length=120, verbose_name='file')),
                ('entered_at', models.DateTimeField(verbose_name='entered')),
            ],
            options={
                'verbose_name': 'received invoice',
                'verbose_name_plural': 'received invoices',
                'ordering': ['-entered_at', '-pk'],
            },
        ),
        migrations.AlterField(
            model_name='entitlement',
            name='form',
            field=models.CharField(choices=[('pxq', 'price times quantity'), ('fte', 'FTE lump sum'), ('trajectory', 'trajectory'), ('lump_sum', 'fixed lump sum'), ('capacity', 'capacity at a price a place'), ('function', 'function by expected users'), ('profile', 'profile at a price a client'), ('population', 'population at an amount a head'), ('advance_pool', 'share in an advance pool'), ('availability', 'availability'), ('subsidy', 'subsidy in instalments'), ('one_off', 'one-off amount'), ('bonus', 'bonus for an outcome'), ('margin', 'coordination fee'), ('sanction_discount', 'temporary discount'), ('invoice', 'invoice')], max_length=20, verbose_name='funding form'),
        ),
        migrations.AlterField(
            model_name='entitlement',
            name='funding_line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entitlements', to='subcontracts.fundingline'),
        ),
        migrations.AlterField(
            model_name='upwardcontribution',
            name='declared_line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='upward_contributions', to='billing.declaredline'),
        ),
        migrations.CreateModel(
            name='Indication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(db_collation='C', max_length=30, verbose_name='reference')),
                ('kind', models.CharField(choices=[('own', 'own decision'), ('court', 'decision of the court'), ('certified', 'decision of a certified institution')], max_length=9, verbose_name='decided by')),
                ('start_date', models.DateField(verbose_name='start date')),
                ('end_date', models.DateField(null=True, verbose_name='end date')),
                ('volume', models.DecimalField(decimal_places=2, max_digits=10, null=True, verbose_name='volume')),
                ('per', models.CharField(choices=[('term', 'over the whole period'), ('month', 'a month')], default='term', max_length=5, verbose_name='counted')),
                ('price', models.DecimalField(decimal_places=4, max_digits=12, null=True, verbose_name='price at most')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='amount at most')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('allocation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='indications', to='subcontracts.allocation')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='indications', to='subcontracts.client')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subcontracts.product')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subcontractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='indications', to='subcontracts.subcontractor')),
            ],
            options={
                'verbose_name': 'indication',
                'verbose_name_plural': 'indications',
                'ordering': ['-recorded_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField(verbose_name='line')),
                ('given_reference', models.CharField(blank=True, max_length=40, verbose_name='reference')),
                ('given_client', models.CharField(blank=True, max_length=40, verbose_name='client')),
                ('given_product', models.CharField(blank=True, max_length=40, verbose_name='product')),
                ('start_date', models.DateField(verbose_name='start date')),
                ('end_date', models.DateField(verbose_name='end date')),
                ('quantity', models.DecimalField(decimal_places=4, max_digits=12, verbose_name='quantity')),
                ('price', models.DecimalField(decimal_places=4, max_digits=12, verbose_name='price')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('vat', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=14, verbose_name='VAT')),
                ('is_credit', models.BooleanField(default=False)),
                ('given_credit', models.CharField(blank=True, max_length=50, verbose_name='takes back')),
                ('is_credited', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'waits'), ('accepted', 'accepted'), ('refused', 'refused')], default='waiting', max_length=8, verbose_name='status')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('ground', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('client', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subcontracts.client')),
                ('credits', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credited_by', to='billing.invoiceline')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('indication', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoice_lines', to='billing.indication')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('subcontractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_lines', to='subcontracts.subcontractor')),
            ],
            options={
                'verbose_name': 'invoice line',
                'verbose_name_plural': 'invoice lines',
                'ordering': ['invoice', 'line'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(db_collation='C', max_length=10, verbose_name='rule')),
                ('facts', models.JSONField(default=dict)),
                ('recorded_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('ground', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice_line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='billing.invoiceline')),
            ],
            options={
                'verbose_name': 'finding about an invoice',
                'verbose_name_plural': 'findings about invoices',
                'ordering': ['invoice_line', 'rule', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='entitlement',
            name='invoice_line',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entitlement', to='billing.invoiceline'),
        ),
        migrations.AddField(
            model_name='upwardcontribution',
            name='invoice_line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='upward_contributions', to='billing.invoiceline'),
        ),
        migrations.AddConstraint(
            model_name='entitlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('funding_line__isnull', False), ('invoice_line', None), models.Q(('form', 'invoice'), _negated=True)), models.Q(('form', 'invoice'), ('funding_line', None), ('invoice_line__isnull', False)), _connector='OR'), name='entitlement_of_line_or_invoice'),
        ),
        migrations.AddConstraint(
            model_name='upwardcontribution',
            constraint=models.UniqueConstraint(fields=('line', 'invoice_line'), name='upward_contribution_invoice_once'),
        ),
        migrations.AddConstraint(
            model_name='upwardcontribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('declared_line__isnull', False), ('invoice_line', None)), models.Q(('declared_line', None), ('invoice_line__isnull', False)), _connector='OR'), name='upward_contribution_of_one'),
        ),
        migrations.AddField(
            model_name='invoicingparty',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='invoicingparty',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invoicingparty',
            name='subcontractor',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='invoicing', to='subcontracts.subcontractor'),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='subcontractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='received_invoices', to='subcontracts.subcontractor'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.receivedinvoice'),
        ),
        migrations.AddField(
            model_name='invoicefinding',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='billing.receivedinvoice'),
        ),
        migrations.AddIndex(
            model_name='indication',
            index=models.Index(fields=['main_contractor', '-recorded_at', '-id'], name='billing_ind_main_co_f3408e_idx'),
        ),
        migrations.AddIndex(
            model_name='indication',
            index=models.Index(fields=['subcontractor', 'client'], name='billing_ind_subcont_d6bb09_idx'),
        ),
        migrations.AddConstraint(
            model_name='indication',
            constraint=models.UniqueConstraint(fields=('main_contractor', 'reference'), name='indication_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='indication',
            constraint=models.CheckConstraint(condition=models.Q(('end_date', None), ('end_date__gte', models.F('start_date')), _connector='OR'), name='indication_period_forward'),
        ),
        migrations.AddConstraint(
            model_name='indication',
            constraint=models.CheckConstraint(condition=models.Q(('price__isnull', False), ('budget__isnull', False), _connector='OR'), name='indication_is_bounded'),
        ),
        migrations.AddConstraint(
            model_name='indication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('volume', None), ('volume__gt', 0), _connector='OR'), models.Q(('price', None), ('price__gt', 0), _connector='OR'), models.Q(('budget', None), ('budget__gt', 0), _connector='OR')), name='indication_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='invoicingparty',
            constraint=models.CheckConstraint(condition=models.Q(('payment_days__range', (1, 30))), name='invoicing_party_term'),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(fields=['main_contractor', '-entered_at', '-id'], name='billing_rec_main_co_72b649_idx'),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['main_contractor', 'due_date'], name='received_invoice_waiting'),
        ),
        migrations.AddConstraint(
            model_name='receivedinvoice',
            constraint=models.UniqueConstraint(fields=('subcontractor', 'number_key'), name='received_invoice_number_once'),
        ),
        migrations.AddConstraint(
            model_name='receivedinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('due_date__gte', models.F('received_date')), ('total__gte', 0)), name='received_invoice_dates'),
        ),
        migrations.AddIndex(
            model_name='invoiceline',
            index=models.Index(condition=models.Q(('state', 'accepted')), fields=['indication'], name='invoice_line_accepted'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('invoice', 'line'), name='invoice_line_place_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('end_date__gte', models.F('start_date'))), name='invoice_line_forward'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('price__gte', 0), ('quantity__gte', 0), ('vat__gte', 0)), name='invoice_line_amounts'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_credit', False), ('is_credited', False), ('state', 'accepted')), expressions=[(hoofdaannemer.core.periods.InclusiveDateRange(), '&&'), (hoofdaannemer.core.periods.SameId('indication'), '&&')], name='invoice_line_care_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(condition=models.Q(('is_credit', True), ('state', 'accepted')), fields=('credits',), name='invoice_line_credited_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), models.Q(('indication__isnull', False), ('is_credit', False), ('vat', 0)), models.Q(('credits__isnull', False), ('is_credit', True)), _connector='OR'), name='invoice_line_of_something'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('ground', ''), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('decided_by', None), ('ground', ''), ('state', 'accepted')), models.Q(('state__in', ['accepted', 'refused']), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('ground', ''), _negated=True)), _connector='OR'), name='invoice_line_decided'),
        ),
        migrations.AddConstraint(
            model_name='invoicefinding',
            constraint=models.UniqueConstraint(fields=('invoice', 'invoice_line', 'rule'), name='invoice_finding_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='invoicefinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ground', ''), ('settled_at', None), ('settled_by', None)), models.Q(('invoice_line', None), ('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('ground', ''), _negated=True)), _connector='OR'), name='invoice_finding_settled'),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
