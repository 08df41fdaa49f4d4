"""App configuration."""

from django.apps import AppConfig


class SubcontractsConfig(AppConfig):
    """Contracts both ways, clients, allocations, placements, deliveries."""

    name = "subcontracts"
