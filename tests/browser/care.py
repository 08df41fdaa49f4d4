"""What several stories need first: a client who is allocated and placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hoofdaannemer.scenarios.people import Person
from tests.browser import people
from tests.browser.conftest import Site
from tests.browser.post import TownHall, goods, new_client
from tests.browser.visitor import Visitor


@dataclass(frozen=True)
class Placed:
    """A client, the municipality, and the addresses of the placement."""

    client: Person
    town: TownHall
    allocation: int
    #: Number of the relayed allocation, which the subcontractor reports under.
    number: int
    path: str


def open_place_page(coordinator: Visitor, allocation: int) -> None:
    """From the list of allocations to the page on which one is placed."""
    coordinator.go(f"/toewijzingen/?number={allocation}")
    coordinator.press(f"td a:has-text('{allocation}')")
    coordinator.press("a[href$='/plaatsen/']")


def place(
    site: Site,
    visit: Callable[..., Visitor],
    name: str,
    *,
    product: str,
    start: date,
    volume: int = 0,
    clients: int = 1,
) -> list[Placed]:
    """Let Amersfoort allocate to new people, and the coordinator place them with `name`."""
    town, coordinator = TownHall(site.home, "0307"), visit(people.CARE_COORDINATOR)
    introduced = [new_client(town.code) for _number in range(clients)]
    allocations = town.introduce(introduced, goods(product), start=start, volume=volume)
    placed = []
    for client, allocation in zip(introduced, allocations, strict=True):
        open_place_page(coordinator, allocation)
        coordinator.press(coordinator.row(name).locator("button[name=subcontractor]"))
        number, path = placement_number(coordinator), path_of(coordinator)
        placed.append(Placed(client, town, allocation, number, path))
    return placed


def accept_and_start(provider: Visitor, placed: Placed, begin: date) -> None:
    """The subcontractor takes the client and reports that care began."""
    provider.go(placed.path)
    provider.post_to("/aannemen/")
    provider.press("a[href$='/start/']")
    provider.fill(begin=f"{begin}")
    provider.submit()
    assert provider.main.locator("a[href$='/stop/']").count() == 1, provider.text


def placement_number(visitor: Visitor) -> int:
    """The number in the heading of a placement's page."""
    return int(visitor.main.locator("h1").inner_text().split()[-1])


def path_of(visitor: Visitor) -> str:
    """The address of this page within the site."""
    return visitor.page.url.removeprefix(visitor.address)
