"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SubcontractsConfig(AppConfig):
    """Contracts both ways, clients, allocations, placements, deliveries."""

    name = "subcontracts"
    verbose_name = _("subcontracts")

    def ready(self) -> None:
        from hoofdaannemer.core import guide as helping
        from hoofdaannemer.core import mandates, navigation
        from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role
        from messaging.exchange import client_lookup, dispatcher, lineage
        from messaging.exchange.entry import registry
        from messaging.exchange.policies import READERS, WAY_CHOOSERS
        from messaging.models import Leg
        from subcontracts import (
            contract_pages,
            covered,
            entries,
            guide,
            handlers,
            open_guide,
            worklist,
        )
        from subcontracts.models.upward_budgets import READERS as READERS_OF_BUDGETS
        from subcontracts.models.upward_terms import READERS as READERS_OF_TERMS
        from subcontracts.selectors import (
            announcements,
            authorities,
            ceiling_signals,
            client_stops,
            clients,
            contract_dates,
            decisions,
            ending,
            foreseen,
            importing,
            index_work,
            leaderless,
            moving,
            offices,
            questions,
            reconciliations,
            tariff_work,
            traffic,
            undelivered,
            work,
        )
        from subcontracts.selectors.lineage import trace

        dispatcher.register(Leg.UP, "301", handlers.take_allocations)
        dispatcher.register(Leg.UP, "319", handlers.take_answer)
        dispatcher.register(Leg.DOWN, "305", handlers.take_starts)
        dispatcher.register(Leg.DOWN, "307", handlers.take_stops)
        dispatcher.register_note(Leg.UP, "301", handlers.note_allocations)
        dispatcher.register_note(Leg.UP, "319", handlers.note_answer)
        dispatcher.register_note(Leg.DOWN, "305", handlers.note_report)
        dispatcher.register_note(Leg.DOWN, "307", handlers.note_report)
        dispatcher.register(Leg.DOWN, "315", handlers.take_request)
        dispatcher.register(Leg.DOWN, "317", handlers.take_change)
        dispatcher.register_return("306", handlers.take_report_return)
        dispatcher.register_return("308", handlers.take_report_return)
        dispatcher.register_return("316", handlers.take_request_return)
        dispatcher.register_return("318", handlers.take_request_return)
        dispatcher.register_copies(authorities.copied_to)
        for maker in entries.MAKERS:
            registry.register(maker)
        for elsewhere in entries.ELSEWHERE:
            registry.register_elsewhere(elsewhere)
        client_lookup.register(clients.ids_of)
        lineage.register(trace)
        for subject, pages, verbs in covered.BY_SUBJECT:
            mandates.cover(subject, pages=pages, verbs=verbs)
        mandates.register_refusal(offices.may_be_refused)
        worklist.register(work.items)
        worklist.register(foreseen.items)
        worklist.register(decisions.items)
        worklist.register(traffic.items)
        worklist.register(reconciliations.items)
        worklist.register(undelivered.items)
        worklist.register(leaderless.items)
        worklist.register(index_work.items)
        worklist.register(contract_dates.items)
        worklist.register(ceiling_signals.items)
        worklist.register(client_stops.items)
        worklist.register(moving.items)
        worklist.register(tariff_work.items)
        worklist.register(questions.items)
        worklist.register(announcements.items)
        worklist.register(importing.items)
        worklist.register(ending.items)
        for order, (label, name, readers) in enumerate(
            (
                (_("Contract"), "municipal_contract_detail", READERS_OF_TERMS),
                (pgettext_lazy("contract", "Terms"), "municipal_contract_terms", READERS_OF_TERMS),
                (_("Duration"), "municipal_contract_duration", READERS_OF_TERMS),
                (_("Budget"), "municipal_contract_budget", READERS_OF_BUDGETS),
                (_("Reports"), "municipal_contract_duties", READERS_OF_TERMS),
                (_("Duties passed on"), "municipal_contract_flowdown", READERS_OF_TERMS),
            )
        ):
            contract_pages.register(label, name, readers, 10 * order)
        helping.register(*guide.TASKS, *open_guide.TASKS)
        helping.explain(*guide.WORDS)

        care = STAFF - {Role.ADMINISTRATOR}
        with_clients = CARE | SUBCONTRACTOR
        money = care - {Role.CARE_COORDINATOR}
        profiles = STAFF - {Role.CARE_COORDINATOR}
        everybody = STAFF | SUBCONTRACTOR | {Role.AUDITOR}
        group = navigation.Group
        for place, label, name, roles, order in (
            (group.WORK_LIST, _("Work list"), "home", everybody, 10),
            (
                group.CLIENTS,
                _("Find a client"),
                "client_list",
                with_clients | {Role.CONTROLLER},
                10,
            ),
            (group.CLIENTS, _("Placements"), "placement_list", care | SUBCONTRACTOR, 20),
            (group.CLIENTS, _("Moves of care"), "care_move_list", CARE, 22),
            (group.CLIENTS, _("Light CSV format"), "care_file_list", SUBCONTRACTOR, 25),
            (group.CLIENTS, _("Allocations"), "allocation_list", care, 30),
            (group.CLIENTS, _("Requests"), "request_list", care | SUBCONTRACTOR, 40),
            (group.CLIENTS, _("Foreseen ends"), "foreseen_list", CARE, 50),
            (group.CLIENTS, _("Formal decisions"), "decision_list", CARE, 55),
            (
                group.CLIENTS,
                _("Terms"),
                "deadline_list",
                with_clients | {Role.CONTROLLER},
                60,
            ),
            (group.MESSAGES, _("Messages by contract"), "contract_messages", READERS, 15),
            (group.MESSAGES, _("Reconciliation"), "reconciliation_list", CARE, 36),
            (group.MESSAGES, _("Ways of messages"), "channel_list", WAY_CHOOSERS, 38),
            (group.CONTRACTS, _("Subcontractors"), "subcontractor_list", profiles, 10),
            (group.CONTRACTS, _("Subcontracts"), "subcontract_list", money | SUBCONTRACTOR, 20),
            (group.CONTRACTS, _("Municipal contracts"), "municipal_contract_list", money, 30),
            (group.CONTRACTS, _("Products"), "product_list", money, 35),
            (
                group.CONTRACTS,
                _("Ceilings"),
                "ceiling_signal_list",
                READERS_OF_BUDGETS | SUBCONTRACTOR,
                24,
            ),
            (
                group.CONTRACTS,
                _("Client stops"),
                "client_stop_list",
                with_clients | {Role.CONTROLLER},
                25,
            ),
            (
                group.CONTRACTS,
                _("Take over running care"),
                "care_import_list",
                {Role.CONTRACT_MANAGER, Role.CONTROLLER},
                50,
            ),
            (group.CONTRACTS, _("Dates"), "contract_date_list", money, 45),
            (
                group.CONTRACTS,
                _("Indexation"),
                "index_round_list",
                {Role.CONTRACT_MANAGER, Role.CONTROLLER},
                40,
            ),
            (
                group.CONTRACTS,
                _("Build-up of tariffs"),
                "buildup_list",
                {Role.CONTRACT_MANAGER, Role.CONTROLLER},
                41,
            ),
            (
                group.CONTRACTS,
                _("Tariff rounds"),
                "tariff_round_list",
                {Role.CONTRACT_MANAGER, Role.CONTROLLER} | SUBCONTRACTOR,
                42,
            ),
            (
                group.CONTRACTS,
                _("Questions and readings"),
                "question_list",
                money | SUBCONTRACTOR,
                26,
            ),
            (group.CONTRACTS, _("Announcements"), "announcement_list", money | SUBCONTRACTOR, 27),
            (group.CONTRACTS, _("Contacts"), "contact_list", STAFF | SUBCONTRACTOR, 28),
            (group.CONTRACTS, _("Our people"), "professional_list", SUBCONTRACTOR, 40),
            (
                group.ADMINISTRATION,
                _("Emergency access"),
                "emergency_list",
                {Role.ADMINISTRATOR, Role.CONTRACT_MANAGER},
                30,
            ),
        ):
            navigation.register(place, label, name, roles, order)
