"""Every page of each role's menu, and what its lists lead to: for axe, and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pytest

from hoofdaannemer.scenarios.regio.offices import EMAIL
from tests.browser import crawl, people
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

STAFF: Final = (
    people.CONTRACT_MANAGER,
    people.CARE_COORDINATOR,
    people.CONTROLLER,
    people.QUALITY_OFFICER,
    people.ADMINISTRATOR,
)
#: Paid by price times quantity, for people, and by nobody.
SUBCONTRACTORS: Final = (people.ZANDLOPER, people.SPRINGPLANK, people.TEAM_JEUGD)


@pytest.mark.parametrize(
    "emails", [STAFF, SUBCONTRACTORS, (people.AMERSFOORT,), (EMAIL,)], ids=lambda them: them[0]
)
def test_every_page(emails: Sequence[str], visit: Callable[..., Visitor]) -> None:
    """Nothing serious for who cannot see or point, and nothing that scrolls sideways.

    The page of a row is opened for the first on each side whose list has one.
    """
    seen: set[str] = set()
    found = [f"{email} {one}" for email in emails for one in crawl.findings(visit(email), seen)]
    assert not found, "\n".join(found)
