"""Money, from declaration to settlement."""

from hoofdaannemer.core.rowsecurity import Only, TablePolicy
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role
from hoofdaannemer.rowsecurity.shared import (
    APPEND,
    DISPOSABLE,
    KEEP,
    MONEY,
    PROVIDER,
    READ,
    mine,
    owned,
    through,
)

#: Settlements that no subcontractor ever saw, for a controller to throw away.
NEVER_PROPOSED = Only(frozenset({Role.CONTROLLER})).where(
    "main_contractor_id = (SELECT app_id('main_contractor')) AND proposed_at IS NULL"
)

#: Lines of a production statement that was not put before anybody yet.
OF_DRAFT = Only(frozenset({Role.CONTROLLER})).where(
    "main_contractor_id = (SELECT app_id('main_contractor'))"
    " AND EXISTS (SELECT 1 FROM billing_productionstatement parent"
    " WHERE parent.id = statement_id AND parent.status = 'draft')"
)


POLICIES: dict[str, TablePolicy] = {
    # Facts are appended; payments are made by `billing_release_run` alone.
    "billing_declaration": owned(MONEY),
    # A file may be about several main contractors, so that only who declares reads it.
    "billing_declarationfile": TablePolicy(rows=(PROVIDER,), grants=DISPOSABLE),
    "billing_declarationfilefinding": through(
        "billing_declarationfile", "file_id", grants=("SELECT", "INSERT", "DELETE")
    ),
    # Of an office that acts for nobody: a practice reads its own rows as a declaration file.
    "billing_officefile": TablePolicy(
        rows=(
            Only(frozenset({Role.OFFICE_USER})).where(
                "office_id = (SELECT app_id('organisation'))"
            ),
        ),
        grants=KEEP,
    ),
    "billing_officefilepart": through("billing_officefile", "file_id", grants=DISPOSABLE),
    "billing_officefilefinding": through(
        "billing_officefile", "file_id", grants=("SELECT", "INSERT", "DELETE")
    ),
    "billing_columnmapping": TablePolicy(rows=(PROVIDER,), grants=DISPOSABLE),
    "billing_declaredline": owned(MONEY),
    "billing_declaredtotal": owned(MONEY),
    "billing_linefinding": owned(MONEY, grants=APPEND),
    "billing_workershare": owned(MONEY, grants=APPEND),
    "billing_monthdraft": TablePolicy(rows=(PROVIDER,), grants=KEEP),
    "billing_ftereport": owned(MONEY | {Role.QUALITY_OFFICER}),
    "billing_ftereportrow": owned(
        MONEY | {Role.QUALITY_OFFICER}, grants=("SELECT", "INSERT", "UPDATE", "DELETE")
    ),
    "billing_ftesignal": owned(
        MONEY | {Role.QUALITY_OFFICER}, grants=("SELECT", "INSERT", "UPDATE", "DELETE")
    ),
    "billing_ownteamreport": owned(MONEY),
    "billing_ownteamrow": owned(MONEY, grants=DISPOSABLE),
    "billing_trajectorystep": owned(MONEY, grants=APPEND),
    "billing_entitlement": owned(MONEY, grants=APPEND),
    # Kept by triggers of the owner, for whoever may write the rows they follow.
    "billing_unstatedentitlement": owned(MONEY, grants=READ),
    "billing_entitledtotal": owned(MONEY, grants=READ),
    "billing_trajectoryresult": owned(MONEY),
    # Written anew under a new data key; a trigger keeps the rest.
    "billing_resultentry": owned(MONEY),
    "billing_recoveryplan": owned(MONEY),
    "billing_assessment": owned(MONEY, grants=APPEND),
    # How a pool is settled names all its members; each reads its own part once it is proposed.
    # A draft that was never proposed may be thrown away.
    "billing_settlementround": TablePolicy(
        rows=(mine(MONEY),), grants=DISPOSABLE, deletes=(NEVER_PROPOSED,)
    ),
    "billing_settlement": TablePolicy(
        rows=(
            mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation'))"
                " AND proposed_at IS NOT NULL"
            ),
        ),
        grants=DISPOSABLE,
        deletes=(NEVER_PROPOSED,),
    ),
    "billing_settlemententry": TablePolicy(
        rows=(
            mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation'))"
                " AND kind <> 'computed' AND EXISTS (SELECT 1 FROM billing_settlement parent"
                " WHERE parent.id = settlement_id)"
            ),
        ),
        grants=(*APPEND, "DELETE"),
        deletes=(
            Only(frozenset({Role.CONTROLLER})).where(
                "EXISTS (SELECT 1 FROM billing_settlement parent"
                " WHERE parent.id = settlement_id AND parent.proposed_at IS NULL)"
            ),
        ),
    ),
    "billing_poolproduction": owned(MONEY, grants=APPEND),
    # Production of a year: a subcontractor reads its own part once it is asked to confirm it, an
    # auditor what was established. Lines and parts of a draft are made anew.
    "billing_productionstatement": TablePolicy(
        rows=(
            mine(MONEY),
            Only(frozenset({Role.AUDITOR})).where(
                "main_contractor_id = (SELECT app_id('main_contractor')) AND status = 'locked'"
            ),
        ),
        grants=KEEP,
        writes=(mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_productionpart": TablePolicy(
        rows=(
            mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation')) AND state <> 'draft'"
            ),
            Only(frozenset({Role.AUDITOR})).where(
                "main_contractor_id = (SELECT app_id('main_contractor'))"
                " AND established_at IS NOT NULL"
            ),
        ),
        grants=DISPOSABLE,
        writes=(
            mine(frozenset({Role.CONTROLLER})),
            Only(frozenset({Role.SUBCONTRACTOR_ADMIN})).where(
                "provider_organisation_id = (SELECT app_id('organisation')) AND state <> 'draft'"
            ),
        ),
        deletes=(
            Only(frozenset({Role.CONTROLLER})).where(
                "main_contractor_id = (SELECT app_id('main_contractor')) AND state = 'draft'"
            ),
        ),
    ),
    "billing_productionline": TablePolicy(
        rows=(
            mine(MONEY),
            Only(SUBCONTRACTOR | {Role.AUDITOR}).where(
                "EXISTS (SELECT 1 FROM billing_productionpart parent WHERE parent.id = part_id)"
            ),
        ),
        grants=("SELECT", "INSERT", "DELETE"),
        writes=(OF_DRAFT,),
        deletes=(OF_DRAFT,),
    ),
    "billing_auditterms": owned(MONEY, provider=False, grants=APPEND),
    "billing_auditopinion": TablePolicy(
        rows=(mine(MONEY | {Role.AUDITOR}),),
        grants=APPEND,
        writes=(mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_auditsample": TablePolicy(
        rows=(mine(MONEY | {Role.AUDITOR}),),
        grants=APPEND,
        writes=(mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_drawnline": TablePolicy(
        rows=(mine(MONEY | {Role.AUDITOR}),),
        grants=APPEND,
        writes=(mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_hold": owned(MONEY | {Role.QUALITY_OFFICER}),
    "billing_holdhandover": owned(MONEY | {Role.QUALITY_OFFICER}, grants=APPEND),
    "billing_statement": owned(MONEY, grants=APPEND),
    "billing_statementline": owned(MONEY, grants=APPEND),
    "billing_accountchange": owned(frozenset({Role.CONTROLLER})),
    # Written anew under a new data key.
    "billing_bankreport": owned(MONEY, provider=False),
    "billing_bankentry": owned(MONEY, provider=False),
    "billing_vattreatment": owned(MONEY, grants=APPEND),
    "billing_selfbilling": owned(MONEY),
    "billing_einvoice": owned(MONEY, grants=APPEND),
    "billing_dispute": owned(MONEY),
    "billing_disputeentry": owned(MONEY, grants=APPEND),
    # Proposed by the agreement of a subcontractor, decided about by a controller.
    "billing_adjustment": owned(MONEY),
    # Invoices without a subcontract: the party has no account here, and reads letters.
    "billing_invoicingparty": owned(CARE | {Role.CONTROLLER}, provider=False),
    "billing_indication": owned(CARE | {Role.CONTROLLER}, provider=False),
    # Written anew under a new data key.
    "billing_receivedinvoice": owned(MONEY, provider=False),
    "billing_invoiceline": owned(MONEY, provider=False),
    # Judged again, with what was put right meanwhile.
    "billing_invoicefinding": owned(MONEY, provider=False, grants=DISPOSABLE),
    "billing_monthrun": owned(MONEY, provider=False),
    # A question and its answer change no money, and may be thrown away.
    "billing_whatif": owned(MONEY, provider=False, grants=DISPOSABLE),
    "billing_whatifresult": owned(MONEY, provider=False, grants=DISPOSABLE),
    # A look ahead changes no money; the next one of the month takes its place.
    "billing_forecast": owned(MONEY, provider=False, grants=DISPOSABLE),
    "billing_forecastrow": owned(MONEY, provider=False, grants=DISPOSABLE),
    "billing_forecastwarning": owned(MONEY, provider=False, grants=DISPOSABLE),
    "billing_paymentrun": owned(MONEY, provider=False),
    "billing_paymentrunitem": owned(MONEY, provider=False),
    "billing_paymentruncheck": owned(MONEY, provider=False),
    "billing_paymentterm": owned(MONEY, grants=APPEND),
    # National figures, recorded by whoever runs the installation.
    "billing_interestrate": TablePolicy(grants=APPEND),
    "billing_payment": owned(MONEY, grants=READ),
    # To municipalities: several subcontractors' work in one line, so none of them reads it.
    "billing_upwarddeclaration": owned(MONEY, provider=False),
    "billing_upwardline": owned(MONEY, provider=False),
    "billing_upwardsettlement": owned(MONEY, provider=False),
    "billing_upwardcontribution": owned(MONEY, provider=False, grants=APPEND),
}
