"""Who walks the stories: people of the scenario `regio`, by what they do."""

from __future__ import annotations

from typing import Final

from hoofdaannemer.scenarios.regio.staff import DOMAIN

CONTRACT_MANAGER: Final = f"contract@{DOMAIN}"
SECOND_CONTRACT_MANAGER: Final = f"contract2@{DOMAIN}"
CARE_COORDINATOR: Final = f"zorg@{DOMAIN}"
CONTROLLER: Final = f"controle@{DOMAIN}"
SECOND_CONTROLLER: Final = f"controle2@{DOMAIN}"
QUALITY_OFFICER: Final = f"kwaliteit@{DOMAIN}"
ADMINISTRATOR: Final = f"beheer@{DOMAIN}"

#: A practice paid by price times quantity, which did not hand in the last month.
ZANDLOPER: Final = "praktijk@zandloper.example"
#: Practices whose registration lapsed.
STERRENKIJKER: Final = "praktijk@sterrenkijker.example"
SMIT: Final = "praktijk@smit.example"
#: A large one with its own software.
GGZ_EEMLANDEN: Final = "praktijk@ggz-eemlanden.example"
#: One under FTE funding, which did not hand in its report.
SPRINGPLANK: Final = "praktijk@springplank.example"
#: One that is paid by trajectories.
GEZIN_CENTRAAL: Final = "praktijk@gezincentraal.example"
#: Who leads an own team.
TEAM_JEUGD: Final = "praktijk@teamjeugd.example"

AMERSFOORT: Final = "toezicht@amersfoort.example"
SOEST: Final = "toezicht@soest.example"
