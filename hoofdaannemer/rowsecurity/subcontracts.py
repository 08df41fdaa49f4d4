"""Contracts, clients and care."""

from hoofdaannemer.core.rowsecurity import Only, TablePolicy
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role
from hoofdaannemer.rowsecurity.shared import (
    APPEND,
    CARE_STAFF,
    DISPOSABLE,
    KEEP,
    MONEY,
    PROVIDER,
    mine,
    owned,
    shown_to_its_subcontractors,
    through,
)

#: Who of the main contractor reads contracts.
CONTRACTS = MONEY | {Role.QUALITY_OFFICER}


def offered(grants: tuple[str, ...] = KEEP) -> TablePolicy:
    """Rows under a subcontract: of the main contractor, and of a provider that was offered it.

    Where rows may be taken away, a contract manager does so: out of a draft, or with an indexation
    that did not take effect yet.
    """
    return TablePolicy(
        rows=(
            mine(STAFF),
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation'))"
                " AND EXISTS (SELECT 1 FROM subcontracts_subcontract parent"
                " WHERE parent.id = subcontract_id)"
            ),
        ),
        grants=grants,
        deletes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    )


KNOWS_CLIENT = (
    mine(CARE | {Role.CONTROLLER}),
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


POLICIES: dict[str, TablePolicy] = {
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
    "subcontracts_municipaldivision": shown_to_its_subcontractors(
        "subcontracts_municipaldivision", APPEND
    ),
    "subcontracts_municipalshare": shown_to_its_subcontractors(
        "subcontracts_municipalshare", APPEND
    ),
    "subcontracts_contractproduct": owned(provider=False),
    "subcontracts_productturn": owned(provider=False, grants=APPEND),
    "subcontracts_exchangeterms": owned(provider=False, grants=APPEND),
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
            mine(CONTRACTS),
            # What is asked of subcontractors too stands in an annex of their contract.
            Only(SUBCONTRACTOR).where(
                "is_passed_on AND EXISTS (SELECT 1 FROM subcontracts_subcontract below"
                " WHERE below.municipal_contract_id = subcontracts_reportingduty.contract_id)"
            ),
        ),
        writes=(mine(CONTRACTS),),
        grants=KEEP,
    ),
    "subcontracts_reporthandedin": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_consortium": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_consortiummember": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_budgetyear": owned(MONEY, provider=False),
    "subcontracts_decisionplan": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_budgetbasis": owned(MONEY, provider=False, grants=APPEND),
    "subcontracts_budgetformchange": owned(CONTRACTS, provider=False, grants=APPEND),
    "subcontracts_municipalchange": owned(CONTRACTS, provider=False, grants=APPEND),
    # Whoever places or accepts: it says whether the subcontractor gets a message.
    "subcontracts_relayconsent": shown_to_its_subcontractors("subcontracts_relayconsent", APPEND),
    "subcontracts_budgetadjuster": owned(MONEY, provider=False, grants=APPEND),
    # A provider sees a contract, and what stands under it, once it was offered.
    "subcontracts_subcontract": TablePolicy(
        rows=(
            mine(STAFF),
            Only(SUBCONTRACTOR).where(
                "provider_organisation_id = (SELECT app_id('organisation')) AND status <> 'draft'"
            ),
        ),
        grants=KEEP,
    ),
    "subcontracts_subcontractversion": offered(),
    "subcontracts_fundingsunset": offered((*KEEP, "DELETE")),
    "subcontracts_subcontractoption": offered((*KEEP, "DELETE")),
    "subcontracts_subcontractconsent": offered(),
    "subcontracts_subcontractclause": offered((*KEEP, "DELETE")),
    "subcontracts_contractceiling": offered((*KEEP, "DELETE")),
    "subcontracts_ceilingsignal": owned(MONEY),
    "subcontracts_clientstop": offered(),
    "subcontracts_ceilingexemption": offered(),
    "subcontracts_subcontractnotice": offered(),
    "subcontracts_relaymode": owned(grants=APPEND),
    # A provider reads its own, and those of the contracts above it.
    "subcontracts_messagepurpose": TablePolicy(
        rows=(
            mine(STAFF),
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
            mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffroundline line"
                " JOIN subcontracts_tariffround round ON round.id = line.round_id"
                " WHERE line.proposed_id = subcontracts_tariffbuildup.id"
                " OR (line.final_id = subcontracts_tariffbuildup.id AND round.status = 'decided'))"
            ),
        ),
        grants=KEEP,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_buildupparameter": TablePolicy(
        rows=(
            mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffbuildup parent"
                " WHERE parent.id = buildup_id)"
            ),
        ),
        grants=DISPOSABLE,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
        deletes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    # A round is a provider's to read from the day on which it is asked: its invitation says so.
    "subcontracts_tariffround": TablePolicy(
        rows=(
            mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffinvitation parent"
                " WHERE parent.round_id = subcontracts_tariffround.id)"
            ),
        ),
        grants=KEEP,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_tariffroundline": TablePolicy(
        rows=(
            mine(MONEY),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_tariffinvitation parent"
                " WHERE parent.line_id = subcontracts_tariffroundline.id)"
            ),
        ),
        grants=KEEP,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_tariffinvitation": TablePolicy(
        rows=(mine(MONEY), PROVIDER),
        grants=APPEND,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    # Never another provider's; its own it changes and takes back until the round closes.
    "subcontracts_tariffreaction": TablePolicy(
        rows=(mine(MONEY), PROVIDER), grants=DISPOSABLE, deletes=(PROVIDER,)
    ),
    "subcontracts_tariffchange": owned(MONEY, provider=False, grants=DISPOSABLE),
    "subcontracts_clausequestion": TablePolicy(rows=(mine(CONTRACTS), PROVIDER), grants=KEEP),
    # Told to every provider that has the clause too, or passes the same duty on; in general to all.
    "subcontracts_clausereading": TablePolicy(
        rows=(
            mine(CONTRACTS),
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
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    # Told to who is addressed; each person confirms in the own name, and nobody changes that.
    "subcontracts_announcement": TablePolicy(
        rows=(
            mine(CONTRACTS),
            Only(SUBCONTRACTOR).where(
                "withdrawn_at IS NULL AND EXISTS ("
                " SELECT 1 FROM subcontracts_announcementaddressee told"
                " WHERE told.announcement_id = subcontracts_announcement.id)"
            ),
        ),
        grants=KEEP,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_announcementaddressee": TablePolicy(
        rows=(mine(CONTRACTS), PROVIDER),
        grants=APPEND,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_readconfirmation": TablePolicy(
        rows=(mine(CONTRACTS), PROVIDER),
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
            mine(STAFF),
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
        rows=(mine(MONEY), PROVIDER),
        grants=KEEP,
        writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
    ),
    "subcontracts_client": TablePolicy(
        rows=(*KNOWS_CLIENT, EMERGENCY), writes=KNOWS_CLIENT, grants=KEEP
    ),
    # One's own to open, a contract manager's to review.
    "subcontracts_emergencyaccess": TablePolicy(
        rows=(mine(frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER})),),
        writes=(
            Only(frozenset({Role.ADMINISTRATOR})).where(
                "main_contractor_id = (SELECT app_id('main_contractor'))"
                " AND user_id = (SELECT app_id('user'))"
            ),
            mine(frozenset({Role.CONTRACT_MANAGER})),
        ),
        grants=KEEP,
    ),
    "subcontracts_clientaccess": owned(),
    "subcontracts_clientresidence": owned(CARE, provider=False),
    "subcontracts_allocation": TablePolicy(
        rows=(
            mine(CARE_STAFF),
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
}
