"""What the database lets nobody do otherwise: accounts, results, recovery plans and invoices."""

from django.db import migrations

# An account changes to what the newest approved change says, or back to what the undone one left.
# The caller's row-level security holds: who may not see the change may not carry it out.
ACCOUNTS = """
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
NO_ACCOUNTS = """
DROP TRIGGER billing_guard_account ON subcontracts_subcontractor;
DROP FUNCTION billing_guard_account();
"""
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
# What was invoiced never changes, and what was decided neither; only a credit marks its debit.
# An entitlement of an invoice is that of an accepted line: same party, same amount, and for a
# credit the opposite of what it takes back.
INVOICES = """
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
NO_INVOICES = """
DROP TRIGGER billing_guard_invoice_entitlement ON billing_entitlement;
DROP FUNCTION billing_guard_invoice_entitlement();
DROP TRIGGER billing_guard_invoice_line ON billing_invoiceline;
DROP FUNCTION billing_guard_invoice_line();
"""


class Migration(migrations.Migration):
    replaces = [
        ("billing", "0004_account_changes"),
        ("billing", "0012_results_and_recovery"),
        ("billing", "0013_received_invoices"),
    ]
    dependencies = [("billing", "0003_line_keys"), ("core", "0001_scope_functions")]
    operations = [
        migrations.RunSQL(ACCOUNTS, NO_ACCOUNTS),
        migrations.RunSQL(ENTRIES, NO_ENTRIES),
        migrations.RunSQL(PLANS, NO_PLANS),
        migrations.RunSQL(INVOICES, NO_INVOICES),
    ]
