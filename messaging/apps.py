"""App configuration."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The message standard and the traffic."""

    name = "messaging"
