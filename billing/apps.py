"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Declarations, FTE reports, trajectories, statements and payments."""

    name = "billing"

    def ready(self) -> None:
        """Take in declarations, answer the apps below, offer pages and work."""
        from billing import covered, entries, gates, guide, handlers, worklist
        from billing.models.received import INDICATIONS
        from billing.selectors import division, ending, waiting
        from billing.selectors.board import declared
        from billing.selectors.lineage import trace
        from billing.services import upward_answers
        from billing.views import access
        from hoofdaannemer.core import guide as helping
        from hoofdaannemer.core import mandates, navigation
        from hoofdaannemer.core.navigation import Group
        from hoofdaannemer.core.scope import Role
        from messaging.exchange import dispatcher, health, lineage
        from messaging.exchange.entry import registry
        from messaging.models import Leg
        from subcontracts import contract_pages
        from subcontracts import gates as asked
        from subcontracts import worklist as home
        from subcontracts.selectors import board

        dispatcher.register_declaration(Leg.DOWN, handlers.declared)
        dispatcher.register_answer(
            "325", dispatcher.AnswerTaker(upward_answers.check, upward_answers.take)
        )
        registry.register(entries.MAKER)
        for elsewhere in entries.ELSEWHERE:
            registry.register_elsewhere(elsewhere)
        lineage.register(trace)
        board.register_declared(declared)
        health.register(waiting.waiting)
        health.register_work(waiting.ENTITLE, _("Recording entitlements"))
        asked.register_spent(gates.spent)
        asked.register_turnover(gates.turnover)
        asked.register_paid_by_line(gates.paid_by_line)
        asked.register_declared(gates.declared)
        asked.register_used(gates.used)
        asked.register_division(division.broken_by)
        asked.register_ending(ending.loose_ends)
        asked.register_delete_gate(gates.has_standing_lines)
        home.register(worklist.items)
        contract_pages.register(_("Side by side"), "municipal_contract_wall", access.MONEY, 5)
        contract_pages.register(_("Forecast"), "municipal_contract_forecast", access.MONEY, 6)
        contract_pages.register(_("The whole task"), "municipal_contract_euro", access.MONEY, 7)
        helping.register(*guide.TASKS)
        helping.explain(*guide.WORDS)
        for order, (label, name, roles) in enumerate(
            [
                (_("Hand in the month"), "month_current", access.OWN),
                (_("Declarations"), "declaration_list", access.READERS),
                (_("To municipalities"), "upward_declaration_list", access.MONEY),
                (_("FTE reports"), "fte_report_list", access.HOLDS),
                (_("Own teams"), "own_team_report_list", access.MONEY),
                (_("Held back"), "hold_list", access.HOLDS),
                (_("Close the month"), "month_overview", access.CONTROLLER),
                (_("Monthly statements"), "statement_list", access.READERS),
                (_("Questions and disputes"), "dispute_list", access.READERS),
                (_("Corrections and interest"), "adjustment_list", access.READERS),
                (_("Results"), "result_list", access.READERS),
                (_("Settlement of a year"), "settlement_list", access.READERS),
                (_("Recovery plans"), "recovery_plan_list", access.READERS),
                (_("Settlements with municipalities"), "upward_settlement_list", access.MONEY),
                (_("Production statements"), "production_statement_list", access.AUDITED),
                (_("Corrections and what follows upward"), "correction_list", access.MONEY),
                (_("Our production by year"), "production_part_list", access.OWN),
                (_("Invoices"), "invoice_list", access.MONEY),
                (_("Invoicing parties"), "invoicing_party_list", INDICATIONS),
                (_("Indications"), "indication_list", INDICATIONS),
                (_("Payment runs"), "payment_run_list", access.MONEY),
                (_("Payments"), "payment_list", access.READERS),
                (_("Paid late"), "late_payment_list", access.CONTROLLER),
                (_("Payment terms"), "payment_term_list", access.READERS),
                (_("E-invoices"), "einvoice_list", access.READERS),
                (_("Bank messages"), "bank_report_list", access.MONEY),
                (_("Accounts"), "account_change_list", access.CONTROLLER | access.OWN),
                (_("What if"), "what_if_list", access.MONEY),
            ]
        ):
            navigation.register(Group.MONEY, label, name, roles, order)
        offices = frozenset({Role.OFFICE_USER})
        navigation.register(Group.WORK_LIST, _("Your practices"), "office_home", offices, 5)
        for subject, pages, verbs in covered.BY_SUBJECT:
            mandates.cover(subject, pages=pages, verbs=verbs)
