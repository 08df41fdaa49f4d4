"""What makes care cost more or less than before: clients, use by each, or price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hoofdaannemer.core.money import ZERO, round_cents


@dataclass(frozen=True)
class Measured:
    """A product in a period: clients, units in its smallest unit, and euros."""

    clients: int = 0
    units: Decimal = ZERO
    euros: Decimal = ZERO


@dataclass(frozen=True)
class Driver:
    """Euros by which a period differs from the one before, by cause; they add up to the cent."""

    clients: Decimal = ZERO
    use: Decimal = ZERO
    price: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The whole difference."""
        return self.clients + self.use + self.price

    def __add__(self, other: Driver) -> Driver:
        return Driver(self.clients + other.clients, self.use + other.use, self.price + other.price)

    @property
    def main(self) -> str:
        """The cause that weighs most in the direction of the difference; empty where none does."""
        causes = {"clients": self.clients, "use": self.use, "price": self.price}
        sign = 1 if self.total >= 0 else -1
        name, amount = max(causes.items(), key=lambda item: item[1] * sign)
        return name if amount * sign > 0 else ""


def driver(before: Measured, after: Measured) -> Driver:
    """Why one product cost more or less.

    First what more or fewer clients would have cost at the use and price of before, then what each
    used, and price is the rest. A product without clients before, or after, differs by its clients.
    """
    difference = after.euros - before.euros
    if not before.clients or not after.clients or not before.units or not after.units:
        return Driver(clients=difference)
    clients = round_cents((after.clients - before.clients) * before.euros / before.clients)
    price = before.euros / before.units
    at_old_use = before.units / before.clients * after.clients
    use = round_cents((after.units - at_old_use) * price)
    return Driver(clients, use, difference - clients - use)


def drivers(before: Mapping[int, Measured], after: Mapping[int, Measured]) -> dict[int, Driver]:
    """The same for each product that one of the periods knows."""
    nothing = Measured()
    return {
        product: driver(before.get(product, nothing), after.get(product, nothing))
        for product in sorted(before.keys() | after.keys())
    }


def together(parts: Mapping[int, Driver]) -> Driver:
    """All products in one."""
    total = Driver()
    for one in parts.values():
        total += one
    return total
