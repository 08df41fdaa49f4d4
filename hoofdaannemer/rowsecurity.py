"""Who may see which row, table by table: the second lock behind `visible_to`.

Written to the database after each migration by `core.rowsecurity`. A table that is not listed
here fails a test. The first lock, and the text of the policy, is docs/access.md.
"""

from hoofdaannemer.core.rowsecurity import Only, TablePolicy
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role

MONEY = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})
#: Who of the main contractor reads contracts.
CONTRACTS = MONEY | {Role.QUALITY_OFFICER}
READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
KEEP = ("SELECT", "INSERT", "UPDATE")
DISPOSABLE = (*KEEP, "DELETE")
#: A call that nobody has been recognised in yet.
BEFORE_SCOPE = "(SELECT app_role()) IN ('', 'nobody')"


def _mine(roles: frozenset[Role]) -> str:
    return Only(roles).where("main_contractor_id = (SELECT app_id('main_contractor'))")


PROVIDER = Only(SUBCONTRACTOR).where("provider_organisation_id = (SELECT app_id('organisation'))")


def owned(
    staff: frozenset[Role] = STAFF,
    *,
    provider: bool = True,
    grants: tuple[str, ...] = KEEP,
) -> TablePolicy:
    """Rows of the main contractor for `staff`; of the own organisation for a provider."""
    rows = (_mine(staff),) if staff else ()
    return TablePolicy(rows=(*rows, *((PROVIDER,) if provider else ())), grants=grants)


def through(table: str, column: str, *, grants: tuple[str, ...] = KEEP) -> TablePolicy:
    """Rows whose parent row is visible: the parent's own policy decides."""
    return TablePolicy(
        rows=(f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {column})",), grants=grants
    )


def offered(grants: tuple[str, ...] = KEEP) -> TablePolicy:
    """Rows under a subcontract: of the main contractor, and of a provider that was offered it.

    Where rows may be taken away, a contract manager does so: out of a draft, or with an indexation
    that did not take effect yet.
    """
    return TablePolicy(
        rows=(
            _mine(STAFF),
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation'))"
                " AND EXISTS (SELECT 1 FROM subcontracts_subcontract parent"
                " WHERE parent.id = subcontract_id)"
            ),
        ),
        grants=grants,
        deletes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    )


#: Tables of Django and its libraries, and public reference data: nobody's rows.
FREE = TablePolicy()
PUBLIC = TablePolicy(municipal=READ)
CARE_STAFF = STAFF - {Role.ADMINISTRATOR}
KNOWS_CLIENT = (
    _mine(CARE | {Role.CONTROLLER}),
    Only(SUBCONTRACTOR).where(
        "EXISTS (SELECT 1 FROM subcontracts_clientaccess access"
        " WHERE access.client_id = subcontracts_client.id)"
    ),
)
#: The one client for which an administrator has emergency access open; to read, not to write.
EMERGENCY = Only(frozenset({Role.ADMINISTRATOR})).where(
    "main_contractor_id = (SELECT app_id('main_contractor'))"
    " AND EXISTS (SELECT 1 FROM subcontracts_emergencyaccess emergency"
    " WHERE emergency.client_id = subcontracts_client.id"
    " AND emergency.user_id = (SELECT app_id('user'))"
    " AND emergency.ended_at IS NULL AND emergency.ends_at > now())"
)
#: Rows that name on whose behalf they were made, for who manages people there.
SENT_FOR = (
    Only(frozenset({Role.ADMINISTRATOR})).where(
        "main_contractor = (SELECT app_id('main_contractor'))"
    ),
    Only(frozenset({Role.SUBCONTRACTOR_ADMIN})).where(
        "acting_organisation = (SELECT app_id('organisation'))"
    ),
)
_IN_OWN_NAME = "coalesce(user_id, 0) = coalesce((SELECT app_id('user')), 0)"
#: Any role: each record names its maker and is read through `visible_to`.
RECORDS = TablePolicy(
    rows=(
        "user_id = (SELECT app_id('user'))",
        *SENT_FOR,
    ),
    # One records in one's own name only; work without a person in nobody's.
    # And under the mandate one acts under, if under any.
    writes=(f"{_IN_OWN_NAME} AND mandate = coalesce((SELECT app_id('mandate')), 0)",),
    # Append-only: nobody changes or deletes what was recorded.
    grants=APPEND,
    municipal=APPEND,
)


def shown_to_its_subcontractors(table: str) -> TablePolicy:
    """Rows of the main contractor, also for every provider that has a relation with it."""
    return TablePolicy(
        rows=(
            _mine(STAFF),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_subcontractor sub"
                f" WHERE sub.main_contractor_id = {table}.main_contractor_id)"
            ),
        ),
        grants=KEEP,
    )


#: Who of the main contractor reads reports.
REPORTS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})
OWN_MUNICIPALITY = Only(frozenset({Role.MUNICIPAL_VIEWER})).where(
    "municipality_id = (SELECT app_id('municipality'))"
)
#: Published figures: read by the municipality they are for, changed by nobody.
RELEASED = TablePolicy(
    rows=(_mine(REPORTS), OWN_MUNICIPALITY),
    grants=APPEND,
    municipal=READ,
    writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
)
#: Settlements that no subcontractor ever saw, for a controller to throw away.
NEVER_PROPOSED = Only(frozenset({Role.CONTROLLER})).where(
    "main_contractor_id = (SELECT app_id('main_contractor')) AND proposed_at IS NULL"
)
#: Steps of a mandate that one sees.
_OF_SEEN_MANDATE = (
    "EXISTS (SELECT 1 FROM accounts_officemandate parent WHERE parent.id = mandate_id)"
)

#: Lines of a production statement that was not put before anybody yet.
OF_DRAFT = Only(frozenset({Role.CONTROLLER})).where(
    "main_contractor_id = (SELECT app_id('main_contractor'))"
    " AND EXISTS (SELECT 1 FROM billing_productionstatement parent"
    " WHERE parent.id = statement_id AND parent.status = 'draft')"
)


POLICIES: dict[str, TablePolicy] = {
    # Django and libraries. The municipal role may keep its session and messages going.
    "django_migrations": FREE,
    "django_content_type": PUBLIC,
    "django_session": TablePolicy(municipal=("SELECT", "INSERT", "UPDATE", "DELETE")),
    "auth_group": FREE,
    "auth_group_permissions": FREE,
    "auth_permission": FREE,
    "axes_accessattempt": FREE,
    "axes_accessattemptexpiration": FREE,
    "axes_accessfailurelog": FREE,
    "axes_accesslog": FREE,
    "otp_static_staticdevice": PUBLIC,
    "otp_static_statictoken": FREE,
    "core_counter": TablePolicy(grants=KEEP),
    # Counted before a call has a scope; whoever acts for somebody neither reads nor resets it.
    "core_callcount": TablePolicy(rows=(BEFORE_SCOPE,)),
    # When work last ran: nothing of anybody.
    "core_heartbeat": TablePolicy(grants=KEEP),
    # Audit
    "audit_accessrecord": RECORDS,
    "audit_changerecord": RECORDS,
    "audit_refusedattempt": RECORDS,
    # Accounts: read before there is a scope, so guarded by `visible_to` alone.
    "accounts_organisation": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_maincontractor": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_maincontractorlink": TablePolicy(grants=KEEP),
    "accounts_municipality": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_user": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_membership": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_invitation": TablePolicy(grants=KEEP),
    "accounts_opensession": TablePolicy(municipal=("SELECT", "INSERT", "UPDATE", "DELETE")),
    "accounts_apitoken": TablePolicy(grants=KEEP),
    # Who acts for whom: for both, and for who contracts the one that gives it. Never changed.
    "accounts_officemandate": TablePolicy(
        rows=(
            Only(frozenset({Role.OFFICE_USER})).where(
                "office_id = (SELECT app_id('organisation'))"
            ),
            PROVIDER,
            Only(MONEY).where(
                "EXISTS (SELECT 1 FROM accounts_maincontractorlink link"
                " WHERE link.organisation_id = provider_organisation_id"
                " AND link.main_contractor_id = (SELECT app_id('main_contractor')))"
            ),
        ),
        writes=(
            Only(frozenset({Role.SUBCONTRACTOR_ADMIN})).where(
                "provider_organisation_id = (SELECT app_id('organisation'))"
            ),
        ),
        grants=APPEND,
        asks_mandate=False,
    ),
    "accounts_mandatestep": TablePolicy(
        rows=(_OF_SEEN_MANDATE,),
        writes=tuple(
            Only(frozenset(roles)).where(f"kind IN ({kinds}) AND {_OF_SEEN_MANDATE}")
            for roles, kinds in (
                ({Role.OFFICE_USER}, "'accepted', 'declined', 'returned'"),
                ({Role.SUBCONTRACTOR_ADMIN}, "'withdrawn'"),
                (MONEY, "'refused'"),
            )
        ),
        grants=APPEND,
        asks_mandate=False,
    ),
    # Read before there is a scope; then the administrator's.
    "accounts_accesskey": TablePolicy(
        rows=(BEFORE_SCOPE, _mine(frozenset({Role.ADMINISTRATOR}))), grants=KEEP
    ),
    # Asked at each request of whoever gave a second factor; the key in it is encrypted.
    "accounts_authenticatorapp": PUBLIC,
    # Anybody writes, workers read: who asked for a new password is nobody's business.
    "accounts_resetwish": TablePolicy(
        rows=("false",),
        writes=("true",),
        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
        municipal=("INSERT",),
    ),
    # Written and read by a worker only.
    "accounts_weeklydigest": TablePolicy(rows=("false",), grants=APPEND),
    "accounts_outgoingmail": TablePolicy(
        rows=SENT_FOR,
        writes=("true",),
        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
    ),
    # Messaging. A person's action may put a message in the out-tray.
    "messaging_channel": owned(provider=True),
    "messaging_incomingmessage": owned(STAFF, grants=KEEP),
    "messaging_outgoingmessage": owned(STAFF, grants=KEEP),
    # Written by the system alone; whoever looks after the traffic lists what was refused.
    "messaging_hubenvelope": owned(CARE | {Role.ADMINISTRATOR}, provider=False),
    # Rows without content: who looks after the traffic sees what did not arrive.
    "messaging_messagecopy": owned(CARE | {Role.ADMINISTRATOR}, provider=False),
    # Read before there is a scope, like the keys of organisations; then the administrator's.
    "messaging_municipalkey": TablePolicy(
        rows=(BEFORE_SCOPE, _mine(frozenset({Role.ADMINISTRATOR}))), grants=KEEP
    ),
    # Findings go when a person has the message judged again; the change record keeps the codes.
    "messaging_messagefinding": through(
        "messaging_incomingmessage", "message_id", grants=(*KEEP, "DELETE")
    ),
    "messaging_deliveryattempt": through("messaging_outgoingmessage", "message_id"),
    # Subcontracts
    "subcontracts_subcontractor": owned(),
    "subcontracts_professional": TablePolicy(
        rows=(
            PROVIDER,
            Only(CARE_STAFF).where(
                "EXISTS (SELECT 1 FROM accounts_maincontractorlink link"
                " WHERE link.organisation_id = provider_organisation_id"
                " AND link.main_contractor_id = (SELECT app_id('main_contractor')))"
            ),
        ),
        grants=KEEP,
    ),
    "subcontracts_product": shown_to_its_subcontractors("subcontracts_product"),
    # A provider reads the contract above it only as far as placing and reporting need.
    "subcontracts_municipalcontract": shown_to_its_subcontractors("subcontracts_municipalcontract"),
    # A provider asks allocations of these municipalities; the shares are not on its pages.
    "subcontracts_contractmunicipality": shown_to_its_subcontractors(
        "subcontracts_contractmunicipality"
    ),
    "subcontracts_contractproduct": owned(provider=False),
    "subcontracts_authority": owned(provider=False, grants=APPEND),
    "subcontracts_reconciliation": owned(CARE, provider=False),
    "subcontracts_difference": owned(CARE, provider=False),
    # What a municipality pays a unit is no subcontractor's business.
    "subcontracts_upwardtariff": owned(provider=False),
    # What was agreed with municipalities; a subcontractor reads what its own contract says.
    "subcontracts_municipaltermsversion": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_contractoption": owned(CONTRACTS, provider=False),
    "subcontracts_reportingduty": TablePolicy(
        rows=(
            _mine(CONTRACTS),
            # What is asked of subcontractors too stands in an annex of their contract.
            Only(SUBCONTRACTOR).where(
                "is_passed_on AND EXISTS (SELECT 1 FROM subcontracts_subcontract below"
                " WHERE below.municipal_contract_id = subcontracts_reportingduty.contract_id)"
            ),
        ),
        writes=(_mine(CONTRACTS),),
        grants=KEEP,
    ),
    "subcontracts_reporthandedin": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_consortium": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_consortiummember": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_budgetyear": owned(MONEY, provider=False),
    "subcontracts_budgetadjuster": owned(MONEY, provider=False, grants=APPEND),
    # A provider sees a contract, and what stands under it, once it was offered.
    "subcontracts_subcontract": TablePolicy(
        rows=(
            _mine(STAFF),
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation')) AND status <> 'draft'"
            ),
        ),
        grants=KEEP,
    ),
    "subcontracts_subcontractversion": offered(),
    "subcontracts_fundingsunset": offered((*KEEP, "DELETE")),
    "subcontracts_subcontractoption": offered((*KEEP, "DELETE")),
    "subcontracts_subcontractclause": offered((*KEEP, "DELETE")),
    "subcontracts_ceilingsignal": owned(MONEY),
    "subcontracts_clientstop": offered(),
    "subcontracts_ceilingexemption": offered(),
    "subcontracts_subcontractnotice": offered(),
    "subcontracts_relaymode": owned(grants=APPEND),
    # A provider reads its own, and those of the contracts above it.
    "subcontracts_messagepurpose": TablePolicy(
        rows=(
            _mine(STAFF),
            PROVIDER,
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_subcontract below"
                " WHERE below.municipal_contract_id"
                " = subcontracts_messagepurpose.municipal_contract_id)"
            ),
        ),
        grants=APPEND,
    ),
    # A provider's own files, about whichever main contractor.
    "subcontracts_placementfile": TablePolicy(rows=(PROVIDER,), grants=APPEND),
    "subcontracts_carefile": TablePolicy(rows=(PROVIDER,), grants=APPEND),
    # Written anew under another key, so it takes updates.
    "subcontracts_refusedrow": through("subcontracts_carefile", "file_id"),
    "subcontracts_fundingline": offered((*KEEP, "DELETE")),
    "subcontracts_fundinglineproduct": offered((*KEEP, "DELETE")),
    "subcontracts_tariff": offered((*KEEP, "DELETE")),
    # How a tariff is built up; lines of a draft change and go.
    # A provider reads what was proposed to it, and what was decided once it is published.
    "subcontracts_tariffbuildup": TablePolicy(
        rows=(
            _mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffroundline line"
                " JOIN subcontracts_tariffround round ON round.id = line.round_id"
                " WHERE line.proposed_id = subcontracts_tariffbuildup.id"
                " OR (line.final_id = subcontracts_tariffbuildup.id AND round.status = 'decided'))"
            ),
        ),
        grants=KEEP,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_buildupparameter": TablePolicy(
        rows=(
            _mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffbuildup parent"
                " WHERE parent.id = buildup_id)"
            ),
        ),
        grants=DISPOSABLE,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
        deletes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    # A round is a provider's to read from the day on which it is asked: its invitation says so.
    "subcontracts_tariffround": TablePolicy(
        rows=(
            _mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffinvitation parent"
                " WHERE parent.round_id = subcontracts_tariffround.id)"
            ),
        ),
        grants=KEEP,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_tariffroundline": TablePolicy(
        rows=(
            _mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffinvitation parent"
                " WHERE parent.line_id = subcontracts_tariffroundline.id)"
            ),
        ),
        grants=KEEP,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_tariffinvitation": TablePolicy(
        rows=(_mine(MONEY), PROVIDER),
        grants=APPEND,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    # Never another provider's; its own it changes and takes back until the round closes.
    "subcontracts_tariffreaction": TablePolicy(
        rows=(_mine(MONEY), PROVIDER), grants=DISPOSABLE, deletes=(PROVIDER,)
    ),
    "subcontracts_tariffchange": owned(MONEY, provider=False, grants=DISPOSABLE),
    "subcontracts_clausequestion": TablePolicy(rows=(_mine(CONTRACTS), PROVIDER), grants=KEEP),
    # Told to every provider that has the clause too, or passes the same duty on; in general to all.
    "subcontracts_clausereading": TablePolicy(
        rows=(
            _mine(CONTRACTS),
            Only(SUBCONTRACTOR).where(
                "withdrawn_at IS NULL AND (clause_text = '' AND EXISTS ("
                " SELECT 1 FROM subcontracts_subcontractor sub WHERE sub.main_contractor_id"
                " = subcontracts_clausereading.main_contractor_id)"
                " OR clause_text <> '' AND EXISTS ("
                " SELECT 1 FROM subcontracts_subcontractclause clause"
                " JOIN subcontracts_subcontract below ON below.id = clause.subcontract_id"
                " WHERE clause.main_contractor_id = subcontracts_clausereading.main_contractor_id"
                " AND (clause.text = subcontracts_clausereading.clause_text"
                " OR clause.passes_on <> ''"
                " AND clause.passes_on = subcontracts_clausereading.passes_on"
                " AND below.municipal_contract_id"
                " = subcontracts_clausereading.municipal_contract_id)))"
            ),
        ),
        grants=KEEP,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    # Told to who is addressed; each person confirms in the own name, and nobody changes that.
    "subcontracts_announcement": TablePolicy(
        rows=(
            _mine(CONTRACTS),
            Only(SUBCONTRACTOR).where(
                "withdrawn_at IS NULL AND EXISTS ("
                " SELECT 1 FROM subcontracts_announcementaddressee told"
                " WHERE told.announcement_id = subcontracts_announcement.id)"
            ),
        ),
        grants=KEEP,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_announcementaddressee": TablePolicy(
        rows=(_mine(CONTRACTS), PROVIDER),
        grants=APPEND,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_readconfirmation": TablePolicy(
        rows=(_mine(CONTRACTS), PROVIDER),
        grants=APPEND,
        writes=(
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation'))"
                " AND user_id = (SELECT app_id('user'))"
            ),
        ),
    ),
    # Read by both sides, kept by the own one.
    "subcontracts_subjectcontact": TablePolicy(
        rows=(
            _mine(STAFF),
            PROVIDER,
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id IS NULL AND EXISTS ("
                " SELECT 1 FROM subcontracts_subcontractor sub WHERE sub.main_contractor_id"
                " = subcontracts_subjectcontact.main_contractor_id)"
            ),
        ),
        grants=KEEP,
        writes=(
            Only(frozenset({Role.CONTRACT_MANAGER, Role.ADMINISTRATOR})).where(
                "main_contractor_id = (SELECT app_id('main_contractor'))"
                " AND provider_organisation_id IS NULL"
            ),
            PROVIDER,
        ),
    ),
    # Where the care under a subcontract went: for who looks after clients.
    "subcontracts_caremove": owned(CARE, provider=False),
    "subcontracts_caremoveitem": owned(CARE, provider=False),
    # What the own access handed in, and what of it was wrong.
    "subcontracts_careimport": owned(MONEY, provider=False),
    "subcontracts_careimportrow": owned(MONEY, provider=False, grants=DISPOSABLE),
    "subcontracts_careimportfault": owned(MONEY, provider=False, grants=DISPOSABLE),
    "subcontracts_referralfile": owned(CARE, provider=False, grants=APPEND),
    "subcontracts_refusedreferralrow": through("subcontracts_referralfile", "file_id"),
    # What indexation rests on; a subcontractor reads its own letter and nothing else of it.
    "subcontracts_indexseries": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_indexfigure": owned(MONEY, provider=False),
    "subcontracts_indexscheme": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_indexterms": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_indexweight": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_subcontractindexing": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_indexround": owned(MONEY, provider=False),
    "subcontracts_indexpercent": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_indexroundline": owned(MONEY, provider=False),
    "subcontracts_indexletter": TablePolicy(
        rows=(_mine(MONEY), PROVIDER),
        grants=KEEP,
        writes=(_mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_client": TablePolicy(
        rows=(*KNOWS_CLIENT, EMERGENCY), writes=KNOWS_CLIENT, grants=KEEP
    ),
    # One's own to open, a contract manager's to review.
    "subcontracts_emergencyaccess": TablePolicy(
        rows=(_mine(frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER})),),
        writes=(
            Only(frozenset({Role.ADMINISTRATOR})).where(
                "main_contractor_id = (SELECT app_id('main_contractor'))"
                " AND user_id = (SELECT app_id('user'))"
            ),
            _mine(frozenset({Role.CONTRACT_MANAGER})),
        ),
        grants=KEEP,
    ),
    "subcontracts_clientaccess": owned(),
    "subcontracts_clientresidence": owned(CARE, provider=False),
    "subcontracts_allocation": TablePolicy(
        rows=(
            _mine(CARE_STAFF),
            # A start or stop in the portal is combined with the allocation it belongs to.
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_placement placement"
                " WHERE placement.allocation_id = subcontracts_allocation.id)"
            ),
        ),
        grants=KEEP,
    ),
    "subcontracts_allocationversion": owned(CARE_STAFF, provider=False),
    "subcontracts_foreseenend": owned(CARE, provider=False),
    # The reason of a decision tells much about a client: for who looks after clients alone.
    "subcontracts_formaldecision": owned(CARE, provider=False),
    "subcontracts_objection": owned(CARE, provider=False),
    "subcontracts_carerequest": owned(CARE_STAFF),
    "subcontracts_requestedproduct": owned(CARE_STAFF),
    "subcontracts_requestedchange": owned(CARE_STAFF),
    # The lines as sent name allocations that are not the asker's to know of.
    "subcontracts_changedproduct": owned(CARE_STAFF),
    "subcontracts_placement": owned(CARE_STAFF),
    "subcontracts_placementprofessional": owned(CARE_STAFF),
    "subcontracts_deliverystart": owned(CARE_STAFF),
    "subcontracts_deliverystop": owned(CARE_STAFF),
    "subcontracts_messagelink": owned(CARE_STAFF, grants=APPEND),
    "subcontracts_upwardreport": owned(CARE_STAFF, provider=False),
    "subcontracts_deadline": owned(CARE_STAFF),
    # Qualifications
    "qualifications_requirement": shown_to_its_subcontractors("qualifications_requirement"),
    "qualifications_requirementproduct": shown_to_its_subcontractors(
        "qualifications_requirementproduct"
    ),
    "qualifications_evidence": owned(CARE_STAFF),
    "qualifications_review": owned(CARE_STAFF, grants=APPEND),
    # Billing. Facts are appended; payments are made by `billing_release_run` alone.
    "billing_declaration": owned(MONEY),
    # A file may be about several main contractors, so that only who declares reads it.
    "billing_declarationfile": TablePolicy(rows=(PROVIDER,), grants=DISPOSABLE),
    "billing_declarationfilefinding": through(
        "billing_declarationfile", "file_id", grants=("SELECT", "INSERT", "DELETE")
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
    "billing_trajectoryresult": owned(MONEY),
    # Written anew under a new data key; a trigger keeps the rest.
    "billing_resultentry": owned(MONEY),
    "billing_recoveryplan": owned(MONEY),
    "billing_assessment": owned(MONEY, grants=APPEND),
    # How a pool is settled names all its members; each reads its own part once it is proposed.
    # A draft that was never proposed may be thrown away.
    "billing_settlementround": TablePolicy(
        rows=(_mine(MONEY),), grants=DISPOSABLE, deletes=(NEVER_PROPOSED,)
    ),
    "billing_settlement": TablePolicy(
        rows=(
            _mine(MONEY),
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
            _mine(MONEY),
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
            _mine(MONEY),
            Only(frozenset({Role.AUDITOR})).where(
                "main_contractor_id = (SELECT app_id('main_contractor')) AND status = 'locked'"
            ),
        ),
        grants=KEEP,
        writes=(_mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_productionpart": TablePolicy(
        rows=(
            _mine(MONEY),
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
            _mine(frozenset({Role.CONTROLLER})),
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
            _mine(MONEY),
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
        rows=(_mine(MONEY | {Role.AUDITOR}),),
        grants=APPEND,
        writes=(_mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_auditsample": TablePolicy(
        rows=(_mine(MONEY | {Role.AUDITOR}),),
        grants=APPEND,
        writes=(_mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_drawnline": TablePolicy(
        rows=(_mine(MONEY | {Role.AUDITOR}),),
        grants=APPEND,
        writes=(_mine(frozenset({Role.CONTROLLER})),),
    ),
    "billing_hold": owned(MONEY | {Role.QUALITY_OFFICER}),
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
    "billing_payment": owned(MONEY, grants=READ),
    # To municipalities: several subcontractors' work in one line, so none of them reads it.
    "billing_upwarddeclaration": owned(MONEY, provider=False),
    "billing_upwardline": owned(MONEY, provider=False),
    "billing_upwardsettlement": owned(MONEY, provider=False),
    "billing_upwardcontribution": owned(MONEY, provider=False, grants=APPEND),
    # Accountability
    "accountability_report": owned(REPORTS, provider=False),
    "accountability_reporttable": owned(REPORTS, provider=False, grants=APPEND),
    "accountability_release": RELEASED,
    "accountability_releasetable": RELEASED,
    "accountability_releasefile": RELEASED,
    "accountability_receipt": TablePolicy(
        rows=(_mine(REPORTS), OWN_MUNICIPALITY),
        grants=APPEND,
        municipal=APPEND,
        writes=(OWN_MUNICIPALITY,),
    ),
}
