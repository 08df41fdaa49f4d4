"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubcontractsConfig(AppConfig):
    """Contracts both ways, clients, allocations, placements, deliveries."""

    name = "subcontracts"
    verbose_name = _("subcontracts")

    def ready(self) -> None:
        from messaging.exchange import client_lookup, dispatcher
        from messaging.models import Leg
        from subcontracts import handlers, worklist
        from subcontracts.selectors import clients, work

        dispatcher.register(Leg.UP, "301", handlers.take_allocations)
        dispatcher.register(Leg.DOWN, "305", handlers.take_starts)
        dispatcher.register(Leg.DOWN, "307", handlers.take_stops)
        dispatcher.register(Leg.DOWN, "315", handlers.take_requests)
        dispatcher.register_return("306", handlers.take_report_return)
        dispatcher.register_return("308", handlers.take_report_return)
        dispatcher.register_return("316", handlers.take_request_return)
        client_lookup.register(clients.ids_of)
        worklist.register(work.items)
