"""The checks of the promises hold on real data, and find the faults that are planted in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from hoofdaannemer.invariants import PROMISES, check_all, check_promises
from tests.canary import stage
from tests.conftest import _become as log_in_as

#: Promise → what breaks it, as the owner of the tables would have to do it: constraints stand in
#: the way of most of it, and of the rest the application's role has no grant.
FAULTS: dict[str, tuple[str, ...]] = {
    "MSG-01": ("UPDATE messaging_incomingmessage SET state = 'received'",),
    "MSG-02": ("UPDATE messaging_incomingmessage SET state = 'parked', parked_until = NULL",),
    "MSG-03": ("UPDATE messaging_outgoingmessage SET in_reply_to_id = NULL",),
    "MSG-05": (
        "ALTER TABLE messaging_outgoingmessage DROP CONSTRAINT outgoing_key_once",
        "UPDATE messaging_outgoingmessage SET key = 'once'",
    ),
    "MSG-08": ("UPDATE messaging_outgoingmessage SET delivered_at = NULL",),
    "MSG-12": ("UPDATE messaging_outgoingmessage SET hub_code = 'IB005'",),
    "MSG-11": ("DELETE FROM subcontracts_messagelink",),
    "CARE-01": ("UPDATE subcontracts_placement SET end_date = end_date + 400",),
    "CARE-02": ("UPDATE subcontracts_placement SET volume = volume + 1",),
    "CARE-03": ("DELETE FROM subcontracts_clientaccess",),
    "CARE-05": ("UPDATE subcontracts_upwardreport SET withdrawn_at = now()",),
    "CARE-07": ("UPDATE subcontracts_deliverystop SET end_date = '2000-01-01'",),
    "CARE-09": ("UPDATE subcontracts_placement SET number = id",),
    "CARE-10": ("UPDATE subcontracts_allocation SET volume = volume + 1",),
    "CARE-11": (
        "UPDATE subcontracts_municipalshare SET percent = percent - 1",
        "UPDATE subcontracts_municipaldivision SET start_date = start_date + 1",
    ),
    "CARE-12": ("UPDATE subcontracts_subcontract SET signed_on = NULL",),
    "CARE-13": ("DELETE FROM audit_changerecord WHERE verb = 'placement.made'",),
    "CARE-14": ("UPDATE subcontracts_carerequest SET status = 'answered'",),
    "CARE-15": ("UPDATE subcontracts_requestedproduct SET answer = 'allocated'",),
    "CARE-16": ("UPDATE subcontracts_requestedproduct SET provider_organisation_id = NULL",),
    "CARE-17": ("DELETE FROM audit_accessrecord WHERE purpose = 'break_glass.opened'",),
    "CARE-18": ("UPDATE subcontracts_changedproduct SET stage = 'asked'",),
    "CARE-19": (
        """
        UPDATE subcontracts_changedproduct SET provider_organisation_id
            = (SELECT max(provider_organisation_id) FROM subcontracts_subcontractor)
        """,
    ),
    "CARE-20": (
        """
        UPDATE subcontracts_allocationversion SET requested_change_id
            = (SELECT min(id) FROM subcontracts_requestedchange)
        """,
    ),
    "CARE-21": ("DELETE FROM subcontracts_deadline WHERE leg = 'up' AND kind = '305'",),
    "CARE-22": (
        """
        UPDATE subcontracts_client SET municipality_id
            = (SELECT max(id) FROM accounts_municipality WHERE id <> municipality_id)
        """,
    ),
    "CARE-23": ("UPDATE subcontracts_relaymode SET mode = 'portal'",),
    "DAY-01": ("UPDATE subcontracts_careimportrow SET client_hash = '\\x00'::bytea",),
    "DAY-02": (
        "ALTER TABLE subcontracts_careimport DROP CONSTRAINT care_import_second_person",
        """
        UPDATE subcontracts_careimport SET accepted_by_id = uploaded_by_id WHERE status = 'accepted'
        """,
    ),
    "DAY-03": ("UPDATE subcontracts_careimportrow SET cells = cells || repeat('x', 60)::bytea",),
    "DAY-04": ("UPDATE subcontracts_careimportrow SET status = 'wrong'",),
    "DAY-05": ("UPDATE subcontracts_careimportrow SET status = 'undone'",),
    "DAY-06": (
        "ALTER TABLE subcontracts_careimport DROP CONSTRAINT care_import_undone_by_two",
        "UPDATE subcontracts_careimport SET status = 'undone' WHERE status = 'accepted'",
    ),
    "OFF-01": ("UPDATE audit_changerecord SET at = at - interval '1 day' WHERE mandate <> 0",),
    "OFF-02": ("UPDATE audit_changerecord SET mandate = 0",),
    "OFF-03": ("UPDATE accounts_mandatestep SET by_id = NULL",),
    "OFF-04": ("UPDATE audit_changerecord SET verb = 'account_change.asked' WHERE mandate <> 0",),
    "MAN-01": ("DELETE FROM messaging_messagecopy WHERE sent_id IS NOT NULL",),
    "MAN-02": (
        """
        INSERT INTO messaging_messagecopy
            (main_contractor_id, municipality_id, received_id, state, created_at, attempts,
             last_error)
        SELECT received.main_contractor_id, (SELECT min(id) FROM accounts_municipality),
            received.id, 'waiting', now(), 0, ''
        FROM messaging_incomingmessage received
        JOIN messaging_outgoingmessage reply ON reply.in_reply_to_id = received.id
        WHERE reply.leg = 'down' AND NOT EXISTS (
            SELECT 1 FROM messaging_messagecopy copy WHERE copy.received_id = received.id)
        """,
    ),
    "MAN-03": ("UPDATE messaging_incomingmessage SET source = 'folder'",),
    "MAN-04": ("UPDATE subcontracts_allocation SET origin = 'task'",),
    "OBJ-01": ("UPDATE subcontracts_formaldecision SET client_id = client_id + 1",),
    "OBJ-02": ("UPDATE subcontracts_objection SET due_date = due_date + 1",),
    "OBJ-03": (
        """
        UPDATE subcontracts_objection SET decision_id
            = (SELECT min(id) FROM subcontracts_formaldecision) WHERE replaces_id IS NOT NULL
        """,
    ),
    "IND-01": (
        "DROP INDEX index_tariff_once_a_year",
        """
        UPDATE subcontracts_indexroundline SET product_id
            = (SELECT min(product_id) FROM subcontracts_indexroundline)
        WHERE product_id IS NOT NULL
        """,
    ),
    "IND-02": ("UPDATE subcontracts_indexroundline SET new_amount = new_amount + 0.01",),
    "IND-03": ("UPDATE subcontracts_tariff SET amount = amount + 1",),
    "IND-04": ("UPDATE subcontracts_indexweight SET weight = weight - 1",),
    "IND-05": ("UPDATE subcontracts_indexletter SET pdf = pdf || 'x'::bytea",),
    "STE-01": (
        """
        INSERT INTO subcontracts_clientstop (main_contractor_id, provider_organisation_id,
            subcontract_id, status, start_date, reason, is_asked, recorded_at, decided_at, answer)
        SELECT main_contractor_id, provider_organisation_id, subcontract_id, 'granted',
            start_date, '', false, now(), now(), '' FROM subcontracts_clientstop
        """,
    ),
    "STE-02": ("UPDATE subcontracts_ceilingsignal SET decision_due = decision_due - 1",),
    "TAR-01": ("UPDATE subcontracts_tariffbuildup SET amount = amount + 0.01",),
    "TAR-02": ("UPDATE subcontracts_tariffround SET effective_date = effective_date + 1",),
    "TAR-03": ("DELETE FROM subcontracts_tariffinvitation",),
    "TAR-04": (
        """
        UPDATE subcontracts_clausereading reading SET asked = asker.name
        FROM subcontracts_clausequestion question
        JOIN accounts_organisation asker ON asker.id = question.provider_organisation_id
        WHERE question.id = reading.question_id
        """,
    ),
    "TAR-05": ("DELETE FROM subcontracts_announcementaddressee",),
    "TRM-01": (
        """
        UPDATE subcontracts_municipaltermsversion
        SET "values" = "values" || '{"consent_duty": "sometimes"}'
        """,
    ),
    "TRM-02": (
        """
        UPDATE subcontracts_contractoption SET outcome = 'taken', decided_on = announce_by,
            end_before = announce_by, end_after = announce_by + 400
        """,
    ),
    "TRM-03": ("UPDATE subcontracts_consortiummember SET share = share - 1",),
    "TRM-04": ("UPDATE subcontracts_subcontractclause SET start_date = start_date - 4000",),
    "DEC-01": ("UPDATE billing_declaredline SET amount = amount + 0.01 WHERE is_approved",),
    "DEC-02": ("UPDATE billing_declaration SET granted = granted + 0.01",),
    "DEC-03": ("UPDATE billing_declaration SET status = 'refused'",),
    "DEC-04": ("DELETE FROM billing_linefinding",),
    "DEC-06": ("UPDATE billing_declaredline SET is_credited = true",),
    "DEC-07": ("UPDATE billing_declaredline SET start_date = start_date - 400",),
    "DEC-09": (
        "UPDATE billing_entitlement SET amount = amount + 0.01 WHERE declared_line_id IS NOT NULL",
    ),
    "DEC-12": ("UPDATE billing_declaration SET entitled_at = NULL",),
    "FIL-01": ("UPDATE billing_declarationfile SET status = 'sent', sent_at = now()",),
    "FIL-02": ("DELETE FROM billing_officefilepart",),
    "TEAM-01": ("UPDATE subcontracts_subcontractor SET is_own_team = false",),
    "FTE-01": ("DELETE FROM billing_ftereportrow",),
    "DEC-13": ("UPDATE billing_declaredline SET code = '45B99'",),
    "DEC-14": (
        """
        INSERT INTO subcontracts_messagepurpose
            (main_contractor_id, provider_organisation_id, subcontract_id, purpose, start_date,
             recorded_at)
        SELECT main_contractor_id, provider_organisation_id, id, 'steering', start_date, now()
        FROM subcontracts_subcontract
        """,
    ),
    "DEC-15": ("UPDATE billing_declaredtotal SET hours = hours + 1",),
    "DEC-16": (
        """
        UPDATE subcontracts_fundingline SET parameters = parameters || '{"basis": "allocated"}'
        WHERE form = 'pxq'
        """,
    ),
    "DEC-17": (
        """
        INSERT INTO billing_entitlement (main_contractor_id, provider_organisation_id,
            subcontractor_id, funding_line_id, form, month, product_id, placement_id, reference,
            amount, explanation, recorded_at)
        SELECT main_contractor_id, provider_organisation_id, subcontractor_id, funding_line_id,
            form, month, product_id, placement_id, reference || 'X' || again, amount, explanation,
            recorded_at
        FROM billing_entitlement CROSS JOIN generate_series(1, 2) again
        WHERE form = 'pxq' AND corrects_id IS NULL
        """,
    ),
    "UPW-01": (
        "ALTER TABLE billing_upwardline DROP CONSTRAINT IF EXISTS upward_line_debit_once",
        "DROP INDEX IF EXISTS upward_line_debit_once",
        """
        INSERT INTO billing_upwardline (main_contractor_id, declaration_id, family, line,
            allocation_id, product_id, month, start_date, end_date, volume, unit, tariff, amount,
            reference, is_credit, is_credited, status, codes, decision, decision_reason)
        SELECT main_contractor_id, declaration_id, family, line + 1000, allocation_id, product_id,
            month, start_date, end_date, volume, unit, tariff, amount, reference || 'X', is_credit,
            is_credited, status, codes, decision, decision_reason
        FROM billing_upwardline WHERE status = 'awarded' AND NOT is_credit
        """,
    ),
    "UPW-02": ("UPDATE billing_declaredline SET volume = volume + 1",),
    "UPW-03": (
        """
        UPDATE billing_upwarddeclaration SET municipality_id
            = (SELECT max(id) FROM accounts_municipality WHERE id <> municipality_id)
        """,
    ),
    "UPW-04": ("UPDATE billing_upwarddeclaration SET submitted = submitted + 0.01",),
    "UPW-05": ("UPDATE billing_upwardline SET is_credited = true",),
    "UPW-06": (
        """
        UPDATE billing_upwardline SET month = month - interval '1 month'
        """,
    ),
    "SET-01": (
        "ALTER TABLE billing_settlement DROP CONSTRAINT settlement_locked_entitles",
        "UPDATE billing_settlement SET state = 'locked'",
    ),
    "SET-02": (
        """
        UPDATE billing_settlementround SET status = 'locked', locked_at = now(), locked_by_id
            = (SELECT min(user_id) FROM accounts_membership WHERE role = 'subcontractor_user')
        """,
    ),
    "SET-03": ("UPDATE billing_settlementround SET method = 'pool'",),
    "SET-04": ("UPDATE billing_settlement SET before = before + 1, outcome = outcome + 1",),
    "SET-05": ("UPDATE billing_settlementround SET status = 'draft'",),
    "SET-07": ("UPDATE billing_upwardsettlement SET outcome = outcome + 1, amount = amount + 1",),
    "SET-08": (
        """
        UPDATE billing_upwardsettlement SET status = 'locked', locked_at = now(), locked_by_id
            = (SELECT min(user_id) FROM accounts_membership WHERE role = 'subcontractor_user')
        """,
    ),
    "AUD-01": ("UPDATE billing_productionpart SET amount = amount + 0.01",),
    "AUD-02": ("UPDATE billing_productionline SET amount = amount + 0.01",),
    "AUD-03": (
        """
        UPDATE billing_productionpart SET state = 'objected', objection = 'x'
        WHERE state = 'confirmed'
        """,
    ),
    "AUD-04": ("UPDATE billing_productionline SET month = month - interval '1 month'",),
    "AUD-05": ("UPDATE billing_auditsample SET seed = seed || 'x', size = size + 1",),
    "SET-06": ("UPDATE billing_settlement SET method = 'pool'",),
    "PAY-01": ("UPDATE billing_statementline SET amount = amount + 0.01",),
    "PAY-02": (
        "ALTER TABLE billing_statement DROP CONSTRAINT statement_adds_up",
        "UPDATE billing_statement SET payable = payable + 0.01",
    ),
    "PAY-03": ("UPDATE billing_statement SET previous_id = NULL",),
    "PAY-04": ("UPDATE billing_entitlement SET amount = amount + 0.01",),
    "PAY-05": ("UPDATE billing_hold SET amount = amount + 0.01",),
    "PAY-06": ("UPDATE billing_entitlement SET amount = amount + 0.01",),
    "PAY-07": (
        "ALTER TABLE billing_statement DROP CONSTRAINT statement_adds_up",
        "UPDATE billing_statement SET payable = payable - 0.01",
    ),
    "PAY-08": ("UPDATE billing_payment SET amount = amount - 0.01",),
    "PAY-09": ("DELETE FROM billing_bankentry", "DELETE FROM billing_payment"),
    "PAY-10": (
        "ALTER TABLE billing_paymentrun DROP CONSTRAINT payment_run_four_eyes",
        "UPDATE billing_paymentrun SET released_by_id = prepared_by_id WHERE status = 'released'",
    ),
    "PAY-11": ("UPDATE subcontracts_subcontractor SET is_own_team = true",),
    "PAY-12": ("UPDATE billing_statement SET pdf = pdf || 'x'::bytea",),
    "PAY-13": ("UPDATE billing_hold SET amount = amount + 1000000",),
    "PAY-14": ("UPDATE billing_payment SET failed_at = now()",),
    "PAY-15": (
        """
        UPDATE billing_accountchange
        SET status = 'approved', checked = 'x',
            confirmed_by_id = (SELECT min(id) FROM accounts_user),
            decided_by_id = (SELECT max(id) FROM accounts_user)
        """,
    ),
    "PAY-16": (
        """
        INSERT INTO billing_unstatedentitlement (main_contractor_id, provider_organisation_id,
            subcontractor_id, entitlement_id)
        SELECT main_contractor_id, provider_organisation_id, subcontractor_id, id
        FROM billing_entitlement
        WHERE id IN (SELECT entitlement_id FROM billing_statementline)
        """,
    ),
    "PAY-17": ("UPDATE billing_entitledtotal SET amount = amount + 0.01",),
    "PAY-19": (
        "DROP TRIGGER billing_guard_run_checks ON billing_paymentrun",
        """
        UPDATE billing_paymentruncheck SET seen_by_id = NULL, seen_at = NULL
        WHERE run_id IN (SELECT id FROM billing_paymentrun WHERE status = 'released')
        """,
    ),
    "PAY-20": (
        "DROP TRIGGER billing_guard_adjustment ON billing_adjustment",
        """
        UPDATE billing_adjustment SET kind = 'interest', dispute_id = NULL, amount = 1,
            payment_id = (SELECT min(id) FROM billing_payment)
        WHERE id = (SELECT min(id) FROM billing_adjustment)
        """,
    ),
    "PAY-18": (
        "DROP TRIGGER billing_guard_adjustment ON billing_adjustment",
        "UPDATE billing_adjustment SET amount = amount + 1",
    ),
    "RES-01": (
        """
        INSERT INTO billing_trajectorystep (main_contractor_id, provider_organisation_id,
            placement_id, funding_line_id, reference, day, amount, explanation, recorded_at)
        SELECT main_contractor_id, provider_organisation_id, placement_id, funding_line_id,
            '9:result', ended_on, at_stake, '{}', now()
        FROM billing_trajectoryresult
        """,
    ),
    "RES-02": (
        """
        UPDATE billing_trajectoryresult one SET judged_by_id = (
            SELECT min(author_id) FROM billing_resultentry entry
            WHERE entry.result_id = one.id AND entry.side = 'subcontractor')
        """,
    ),
    "RES-03": (
        "UPDATE billing_trajectoryresult SET outcome = 'met', share = 1, judged_at = now()",
    ),
    "RES-04": (
        """
        INSERT INTO billing_entitlement (main_contractor_id, provider_organisation_id,
            subcontractor_id, funding_line_id, form, month, reference, amount, explanation,
            recorded_at)
        SELECT line.main_contractor_id, line.provider_organisation_id, below.subcontractor_id,
            line.id, 'bonus', date_trunc('month', line.start_date)::date, 'result:1', 1, '{}', now()
        FROM subcontracts_fundingline line
        JOIN subcontracts_subcontract below ON below.id = line.subcontract_id
        WHERE line.form = 'bonus'
        """,
        """
        UPDATE subcontracts_fundingline
        SET parameters = parameters || '{"result_days": "30", "result_judge": "main"}'
        WHERE form = 'bonus'
        """,
    ),
    "REC-01": (
        "DROP TRIGGER billing_guard_plan_line ON billing_statementline",
        "UPDATE billing_statementline SET amount = amount + 100000 WHERE kind = 'set_off'",
    ),
    "REC-02": (
        "DROP TRIGGER billing_guard_plan ON billing_recoveryplan",
        "UPDATE billing_recoveryplan SET monthly = 0.01",
    ),
    "REC-03": ("UPDATE billing_statementline SET kind = 'deferral' WHERE kind = 'set_off'",),
    "INV-01": (
        "DROP TRIGGER billing_guard_invoice_line ON billing_invoiceline",
        "UPDATE billing_invoiceline SET amount = amount + 1",
    ),
    "INV-02": ("UPDATE billing_invoiceline SET credited_amount = 0.01 WHERE state = 'accepted'",),
    "INV-03": (
        "DROP TRIGGER billing_guard_invoice_line ON billing_invoiceline",
        "ALTER TABLE billing_invoiceline DROP CONSTRAINT invoice_line_care_once",
        """
        UPDATE billing_invoiceline SET state = 'accepted', decided_at = now(),
            start_date = (SELECT min(start_date) FROM billing_invoiceline)
        WHERE indication_id IS NOT NULL
        """,
    ),
    "INV-04": (
        "ALTER TABLE billing_entitlement DROP CONSTRAINT entitlement_of_line_or_invoice",
        """
        UPDATE billing_entitlement SET invoice_line_id = (
            SELECT min(id) FROM billing_invoiceline WHERE state = 'waiting')
        WHERE id = (
            SELECT min(one.id) FROM billing_entitlement one
            JOIN billing_statementline line ON line.entitlement_id = one.id
            JOIN billing_payment payment ON payment.statement_id = line.statement_id
            WHERE one.amount > 0)
        """,
    ),
    "INV-05": (
        """
        INSERT INTO billing_invoicefinding (main_contractor_id, invoice_id, invoice_line_id,
            rule, facts, recorded_at, ground)
        SELECT main_contractor_id, invoice_id, id, 'INV-03', '{}', now(), ''
        FROM billing_invoiceline WHERE state = 'accepted'
        """,
    ),
    "INV-06": ("UPDATE billing_receivedinvoice SET status = 'handled'",),
    "REP-01": ("""UPDATE accountability_releasetable SET cells = '[]'""",),
    "REP-02": ("UPDATE accountability_releasefile SET content = content || 'x'::bytea",),
    "REP-03": ("UPDATE accountability_report SET reviewed_at = published_at + interval '1 day'",),
    "REP-04": ("UPDATE accountability_report SET status = 'rejected' WHERE status = 'published'",),
    "REP-05": (
        """
        UPDATE accountability_releasetable
        SET cells = '[{"keys": {}, "measure": "clients", "value": "3", "suppressed": true}]'
        """,
    ),
    "REP-07": ("UPDATE accountability_subcontractorrelease SET listed = '[]'",),
    "REP-08": ("UPDATE accountability_report SET visibility = 'list'",),
    "OWN-01": (
        "DROP TRIGGER declaration_given_away ON billing_declaration",
        """
        UPDATE billing_declaration
        SET main_contractor_id = (SELECT max(id) FROM accounts_maincontractor)
        """,
    ),
    "OWN-02": (
        "DROP TRIGGER placement_given_away ON subcontracts_placement",
        """
        UPDATE subcontracts_placement SET provider_organisation_id
            = (SELECT max(provider_organisation_id) FROM subcontracts_subcontractor)
        """,
    ),
    "OWN-03": ("DELETE FROM accounts_maincontractorlink",),
    "SEC-01": ("CREATE TABLE nobodys (id integer)",),
    "SEC-02": ("GRANT INSERT ON billing_payment TO hoofdaannemer_app",),
    "SEC-03": ("ALTER POLICY visible ON subcontracts_client USING (true)",),
}
#: What a constraint or the shape of the data leaves no way to break here.
UNBREAKABLE = {
    "MSG-04",
    "MSG-06",
    "MSG-07",
    "MSG-09",
    "MSG-10",
    "CARE-04",
    "CARE-06",
    "CARE-08",
    "DEC-05",
    "DEC-08",
    "DEC-10",
    "DEC-11",
    "REP-06",
    "SEC-04",
}


@pytest.fixture(scope="module")
def canary(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The scenario on a connection of the owner, who alone can plant what is forbidden."""
    with django_db_blocker.unblock():
        log_in_as("owner")
        try:
            with stage.loaded(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                yield
        finally:
            log_in_as("app")


@pytest.fixture
def planted(canary: None, db: None) -> None:
    """A place for faults, gone after the test."""
    stage.as_system()


def test_all_promises_hold(planted: None) -> None:
    assert [result for result in check_all() if not result.holds] == []


def test_every_promise_is_broken_by_a_test() -> None:
    codes = [promise.code for promise in PROMISES]
    assert len(codes) == len(set(codes))
    assert set(codes) == FAULTS.keys() | UNBREAKABLE


@pytest.mark.parametrize("code", FAULTS)
def test_finds_the_fault(code: str, planted: None) -> None:
    promise = next(promise for promise in PROMISES if promise.code == code)
    with connection.cursor() as cursor:
        for statement in FAULTS[code]:
            cursor.execute(statement)
    (result,) = check_promises([promise])
    assert not result.holds
    assert result.examples


def test_the_command_says_so(planted: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM subcontracts_clientaccess")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants", "--json", stdout=out)
    assert ended.value.code == 1
    results = {row["name"]: row for row in map(json.loads, out.getvalue().splitlines())}
    assert len(results) == len(PROMISES)
    assert (results["CARE-03"]["holds"], results["CARE-11"]["holds"]) == (False, True)


def test_a_declaration_with_lines_is_not_deleted(planted: None) -> None:
    """Nor by the owner of the tables; the application has no right to delete at all."""
    with (
        pytest.raises(IntegrityError, match="neither deleted nor given away"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM billing_declaration")
