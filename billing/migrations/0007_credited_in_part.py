"""Credits of a part of an invoice line."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


def guards(line: str, taken: str) -> str:
    """The guards of 0004, with what an accepted line may never lose and what a credit names."""
    return f"""
DROP TRIGGER billing_guard_invoice_line ON billing_invoiceline;
CREATE TRIGGER billing_guard_invoice_line BEFORE UPDATE ON billing_invoiceline
    FOR EACH ROW
    WHEN ((OLD.invoice_id, OLD.subcontractor_id, OLD.line, OLD.start_date, OLD.end_date,
           OLD.quantity, OLD.price, OLD.amount, OLD.vat, OLD.is_credit)
          IS DISTINCT FROM
          (NEW.invoice_id, NEW.subcontractor_id, NEW.line, NEW.start_date, NEW.end_date,
           NEW.quantity, NEW.price, NEW.amount, NEW.vat, NEW.is_credit)
          OR (OLD.state <> 'waiting' AND (OLD.state, OLD.indication_id, OLD.credits_id)
              IS DISTINCT FROM (NEW.state, NEW.indication_id, NEW.credits_id))
          OR (OLD.is_credited AND NOT NEW.is_credited){line})
    EXECUTE FUNCTION billing_guard_invoice_line();
CREATE OR REPLACE FUNCTION billing_guard_invoice_entitlement() RETURNS trigger
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
          {taken}
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'INV-24: no accepted line of an invoice' USING ERRCODE = 'HA124';
END
$$;
"""


GUARDS = guards(
    """
          OR NEW.credited_amount < OLD.credited_amount
          OR NEW.credited_quantity < OLD.credited_quantity""",
    """AND NEW.corrects_id IS NOT DISTINCT FROM
              CASE WHEN line.is_credit AND line.amount = taken.amount THEN taken.id END
          AND NEW.corrects_part_id IS NOT DISTINCT FROM
              CASE WHEN line.is_credit AND line.amount <> taken.amount THEN taken.id END""",
)
BEFORE = guards(
    "",
    """AND NEW.corrects_id IS NOT DISTINCT FROM
              CASE WHEN line.is_credit THEN taken.id END""",
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0006_whole_production'),
        ('subcontracts', '0003_steering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='invoiceline',
            name='invoice_line_credited_once',
        ),
        migrations.AddField(
            model_name='entitlement',
            name='corrects_part',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_in_part', to='billing.entitlement'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='credited_amount',
            field=models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=14),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='credited_quantity',
            field=models.DecimalField(decimal_places=4, default=Decimal('0.00'), max_digits=12),
        ),
        migrations.AddConstraint(
            model_name='entitlement',
            constraint=models.CheckConstraint(condition=models.Q(('corrects_part', None), models.Q(('amount__lt', 0), ('corrects', None), ('invoice_line__isnull', False)), _connector='OR'), name='entitlement_corrects_part'),
        ),
        migrations.RunSQL(GUARDS, BEFORE),
    ]
