"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualificationsConfig(AppConfig):
    """Requirements, evidence, reviews and eligibility on a date."""

    name = "qualifications"

    def ready(self) -> None:
        """Answer the questions of the apps below; offer pages and work."""
        from hoofdaannemer.core import guide as helping
        from hoofdaannemer.core import navigation
        from hoofdaannemer.core.navigation import Group
        from qualifications import annexes, gates, guide, views, worklist
        from subcontracts import gates as asked
        from subcontracts import worklist as home

        asked.register_placement_gate(gates.placement, gates.placements)
        asked.register_professional_gate(gates.professional)
        asked.register_annex(annexes.requirements)
        home.register(worklist.items)
        helping.register(*guide.TASKS)
        helping.explain(*guide.WORDS)
        for order, (label, name) in enumerate(
            [
                (_("Proofs"), "evidence_list"),
                (_("Missing and lapsing"), "qualification_overview"),
                (_("Requirements"), "requirement_list"),
            ]
        ):
            navigation.register(Group.QUALITY, label, name, views.READERS, order)
