"""App configuration."""

from django.apps import AppConfig


class QualificationsConfig(AppConfig):
    """Requirements, evidence, reviews and eligibility on a date."""

    name = "qualifications"
