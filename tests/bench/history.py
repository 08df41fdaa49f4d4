"""A year of declared care in the database: thousands of clients, far over 100,000 lines.

Made by COPY and a few statements, under the application's role. Most BSN hashes are those of
synthetic numbers that fail the eleven test and can come in by no other way, for there are not
enough test numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django.db import connection

from billing.models import DeclaredLine
from hoofdaannemer.accounts.models import MainContractor, Municipality, User
from hoofdaannemer.core.crypto import EncryptedTextField, keyed_hash
from hoofdaannemer.core.numbers import is_bsn
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope, acting_as, system
from subcontracts.models import Client, FundingLine, MunicipalContract, Product, Subcontract
from subcontracts.services import contracts
from tests import factories
from tests.factories import Party

#: The benchmark's today.
NOW: Final = datetime(2026, 11, 16, 9, tzinfo=UTC)
FIRST: Final = Month(2025, 1)
MONTHS: Final = 11
#: Clients with two placements each: of the party that declares, and of the others together.
OWN_CLIENTS, OTHER_CLIENTS = 5000, 3000
OTHERS: Final = 6
TARIFF: Final = Decimal("66.00")
TOWNS: Final = (
    ("0307", "Amersfoort"),
    ("0308", "Baarn"),
    ("0313", "Bunschoten"),
    ("0317", "Eemnes"),
    ("0327", "Leusden"),
    ("0339", "Renswoude"),
    ("0342", "Soest"),
    ("0355", "Zeist"),
)
#: Lines of the last month that came after its statement, where there is one.
UNSTATED: Final = 100
PRODUCTS: Final = ("45A04", "45A05", "45A48", "45A53", "45A55", "45A65")


@dataclass(frozen=True)
class Size:
    """How much is made; clients have two placements each, of which every month is declared."""

    months: int = MONTHS
    #: Parties beside the one that declares.
    others: int = OTHERS
    #: Clients of the one that declares, who are test numbers, and of the others together.
    own_clients: int = OWN_CLIENTS
    other_clients: int = OTHER_CLIENTS
    #: Whether what was declared has its entitlements, or waits for them.
    is_entitled: bool = True
    #: Whether every month has its statement with all of that, but for a few lines of the last.
    is_stated: bool = False
    #: Euros a year that each subcontract may come to; without limit where empty.
    ceiling: Decimal | None = None


@dataclass(frozen=True)
class History:
    """What was made; `lines` counts the declared lines."""

    scope: Scope
    main: MainContractor
    contract: MunicipalContract
    party: Party
    #: Whoever hands in the messages of `party`.
    sender: Scope
    #: BSNs of the clients of `party`, in the order of their numbers from 1.
    bsns: Sequence[str]
    lines: int


def make(size: Size = Size()) -> History:
    """Fill the database; returns what the measurements need."""
    scope = system(NOW)
    with acting_as(scope):
        main = factories.main_contractor()
        towns = [factories.municipality(*town) for town in TOWNS]
        products = [_product(scope, main, code) for code in PRODUCTS]
        shares = dict.fromkeys(towns, Decimal("12.50"))
        contract = factories.municipal_contract(scope, main, "jw", shares, products)
        parties = [
            factories.party(
                scope, main, contract, f"Zorg {n}", FundingLine.Form.PXQ, products, tariff=TARIFF
            )
            for n in range(1 + size.others)
        ]
        user = User.objects.create_user(f"bench{main.pk}@voorbeeld.example", name="Sam de Vries")
        sender = Scope(
            role=Role.SUBCONTRACTOR_USER,
            user_id=user.pk,
            organisation_id=parties[0].organisation.pk,
            at=NOW,
        )
        bsns = list(islice(_test_bsns(), size.own_clients))
        if size.ceiling is not None:
            of_main = Subcontract.objects.filter(main_contractor=main)
            of_main.update(signed_on=FIRST.first)
            for subcontract in of_main:
                factories.agree_ceiling(subcontract, size.ceiling)
        _fill(_Filling(main, contract, parties, towns, products, size), bsns)
        lines = DeclaredLine.objects.filter(main_contractor=main).count()
    connection.close()
    _analyse()
    return History(scope, main, contract, parties[0], sender, bsns, lines)


def months_after(number: int) -> list[Month]:
    """So many months after those of the history."""
    found = [FIRST]
    while len(found) < MONTHS + number:
        found.append(found[-1].next())
    return found[MONTHS:]


def placement_number(client: int, place: int) -> int:
    """Number of a client's first (0) or second (1) placement; clients count from 1."""
    return 100_000_000 + client * 2 + place


def product_of(client: int, place: int) -> str:
    """Code of the product of that placement."""
    return PRODUCTS[(client + place) % len(PRODUCTS)]


def reference(month: Month, number: int) -> str:
    """Reference of the line that was declared for a placement in a month."""
    return f"H{month.year}{month.month:02d}-{number}"


def _product(scope: Scope, main: MainContractor, code: str) -> Product:
    return contracts.create_product(
        scope=scope,
        main_contractor_id=main.pk,
        family="jw",
        category="45",
        code=code,
        name=f"Begeleiding {code}",
        unit="04",
    )


def _test_bsns() -> Iterator[str]:
    return (str(number) for number in range(999_900_006, 999_999_991) if is_bsn(str(number)))


def _analyse() -> None:
    """As autovacuum does in a database that has been in use for a while."""
    from tests.bench.cluster import bare_connection

    with bare_connection() as bare:
        bare.autocommit = True
        bare.execute("VACUUM ANALYZE")


@dataclass(frozen=True)
class _Filling:
    main: MainContractor
    contract: MunicipalContract
    parties: Sequence[Party]
    towns: Sequence[Municipality]
    products: Sequence[Product]
    size: Size

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements below; arrays count from 1."""
        sealed = EncryptedTextField().get_prep_value("x")
        return {
            "main": self.main.pk,
            "contract": self.contract.pk,
            "towns": [town.pk for town in self.towns],
            "products": [product.pk for product in self.products],
            "codes": [product.code for product in self.products],
            "providers": [party.organisation.pk for party in self.parties],
            "subcontractors": [party.subcontractor.pk for party in self.parties],
            "subcontracts": [party.subcontract.pk for party in self.parties if party.subcontract],
            "funding": [party.line.pk for party in self.parties if party.line],
            "own": self.size.own_clients,
            "others": len(self.parties) - 1,
            "sealed": sealed,
            "hash": keyed_hash("x"),
            "first": FIRST.first,
            "last": _nth(self.size.months - 1).first,
            "tariff": TARIFF,
            "volume": 3,
            "left": UNSTATED,
            "end": date(2027, 12, 31),
            "at": datetime(2024, 12, 1, tzinfo=UTC),
        }


def _nth(place: int) -> Month:
    month = FIRST
    for _step in range(place):
        month = month.next()
    return month


def _fill(filling: _Filling, bsns: Sequence[str]) -> None:
    synthetic = [f"9{number:08d}" for number in range(filling.size.other_clients)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_key (n integer, hash bytea) ON COMMIT DROP")
        with cursor.copy("COPY bench_key FROM STDIN") as copy:
            for n, number in enumerate((*bsns, *synthetic), start=1):
                copy.write_row((n, keyed_hash(number)))
        size = filling.size
        follows = _ENTITLED if size.is_entitled else _WAITING
        for statement in _CARE + follows + (_STATED if size.is_stated else ()):
            cursor.execute(statement, filling.parameters)
    made = Client.objects.filter(main_contractor=filling.main)
    assert made.count() == size.own_clients + size.other_clients


# Providers, towns and products stand in arrays; the provider that declares is the first.
_CARE: Final = (
    """
    INSERT INTO subcontracts_client (main_contractor_id, pseudonym, bsn_hash, surname, prefix,
        initials, birth_date, name_hash, sex, address, is_sealed, recorded_at, municipality_id)
    SELECT %(main)s, 'B-' || n, hash, %(sealed)s, %(sealed)s, %(sealed)s, %(sealed)s, %(hash)s,
        '1', %(sealed)s, false, %(at)s, (%(towns)s::bigint[])[1 + n %% 8]
    FROM bench_key
    """,
    """
    CREATE TEMPORARY TABLE bench_care ON COMMIT DROP AS
    SELECT n, place, n * 2 + place AS number, client.id AS client,
        CASE WHEN n <= %(own)s THEN 1 ELSE 2 + n %% %(others)s END AS provider,
        client.municipality_id AS town, 1 + (n + place) %% 6 AS product,
        DATE '2025-01-01' + n %% 240 AS begin_date
    FROM bench_key CROSS JOIN (VALUES (0), (1)) AS two (place)
    JOIN subcontracts_client client
        ON client.main_contractor_id = %(main)s AND client.bsn_hash = hash
    """,
    """
    INSERT INTO subcontracts_clientaccess (
        client_id, main_contractor_id, provider_organisation_id)
    SELECT client, %(main)s, (%(providers)s::bigint[])[provider] FROM bench_care WHERE place = 0
    """,
    """
    INSERT INTO subcontracts_allocation (volume, unit, frequency, family, number, category,
        start_date, end_date, decided_at, received_at, is_deleted, origin, main_contractor_id,
        municipality_id, client_id, municipal_contract_id, product_id)
    SELECT 12, '04', '4', 'jw', number, '45', %(first)s, %(end)s, %(at)s,
        begin_date - 5 - n %% 60, false, 'municipality', %(main)s, town, client, %(contract)s,
        (%(products)s::bigint[])[product]
    FROM bench_care
    """,
    """
    INSERT INTO subcontracts_placement (volume, unit, frequency, family, number, start_date,
        end_date, status, offered_at, reply_due_date, accepted_by_silence, reply_reason,
        allocation_id, client_id, main_contractor_id, provider_organisation_id, product_id,
        subcontract_id, subcontractor_id, change_reason, is_known_below)
    SELECT 12, '04', '4', 'jw', 100000000 + care.number, %(first)s, %(end)s, 'accepted', %(at)s,
        %(first)s, false, '', allocation.id, client, %(main)s,
        (%(providers)s::bigint[])[provider], (%(products)s::bigint[])[product],
        (%(subcontracts)s::bigint[])[provider], (%(subcontractors)s::bigint[])[provider], '', false
    FROM bench_care care
    JOIN subcontracts_allocation allocation ON allocation.main_contractor_id = %(main)s
        AND allocation.number = care.number
    """,
    """
    INSERT INTO subcontracts_deliverystart (
        begin_date, recorded_at, main_contractor_id, provider_organisation_id, placement_id)
    SELECT care.begin_date, care.begin_date, %(main)s, placement.provider_organisation_id,
        placement.id
    FROM bench_care care JOIN subcontracts_placement placement
        ON placement.main_contractor_id = %(main)s AND placement.number = 100000000 + care.number
    """,
    """
    INSERT INTO subcontracts_deliverystop (end_date, reason, recorded_at, main_contractor_id,
        provider_organisation_id, start_id)
    SELECT begin_date + 60 + (id %% 90)::int, CASE WHEN id %% 3 = 0 THEN '20' ELSE '31' END,
        begin_date + 60 + (id %% 90)::int, %(main)s, provider_organisation_id, id
    FROM subcontracts_deliverystart WHERE main_contractor_id = %(main)s AND id %% 5 = 0
    """,
    """
    INSERT INTO billing_declaration (family, number, month, declared_on, source, status, codes,
        submitted, granted, line_count, rejected_count, recorded_at, entitled_at,
        main_contractor_id, provider_organisation_id, subcontractor_id)
    SELECT 'jw', 'H' || to_char(month, 'YYYYMM'), month, month + 40, 'portal', 'approved', '',
        count(*) * %(tariff)s * %(volume)s, count(*) * %(tariff)s * %(volume)s, count(*), 0,
        month + 40, month + 40, %(main)s, provider_organisation_id, subcontractor_id
    FROM subcontracts_placement
    CROSS JOIN (
        SELECT generate_series(%(first)s::date, %(last)s::date, '1 month')::date AS month) months
    WHERE main_contractor_id = %(main)s
    GROUP BY month, provider_organisation_id, subcontractor_id
    """,
    """
    INSERT INTO billing_declaredline (family, line, number, reference, previous_reference,
        category, code, start_date, end_date, volume, unit, tariff, amount, is_credit,
        is_approved, is_credited, client_id, declaration_id, main_contractor_id, placement_id,
        product_id, provider_organisation_id, funding_line_id)
    SELECT 'jw', row_number() OVER (PARTITION BY declaration.id ORDER BY placement.number),
        placement.number, 'H' || to_char(month, 'YYYYMM') || '-' || placement.number, '', '45',
        product.code, month, month + interval '1 month - 1 day', %(volume)s, '04', %(tariff)s,
        %(tariff)s * %(volume)s, false, true, false, placement.client_id, declaration.id,
        %(main)s, placement.id, product.id, placement.provider_organisation_id,
        (%(funding)s::bigint[])[array_position(%(subcontractors)s::bigint[],
            placement.subcontractor_id)]
    FROM billing_declaration declaration
    JOIN subcontracts_placement placement
        ON placement.provider_organisation_id = declaration.provider_organisation_id
    JOIN subcontracts_product product ON product.id = placement.product_id
    WHERE declaration.main_contractor_id = %(main)s
    ORDER BY declaration.id, placement.number
    """,
)
_ENTITLED: Final = (
    """
    INSERT INTO billing_entitlement (form, month, reference, amount, explanation, recorded_at,
        declared_line_id, funding_line_id, main_contractor_id, placement_id, product_id,
        provider_organisation_id, subcontractor_id)
    SELECT 'pxq', line.start_date, line.reference, line.amount,
        jsonb_build_object('rule', 'pxq.unit', 'amount', line.amount::text, 'inputs',
            jsonb_build_array(jsonb_build_array('volume', 'number', line.volume::text))),
        declaration.recorded_at, line.id,
        (%(funding)s::bigint[])[array_position(%(subcontractors)s::bigint[],
            declaration.subcontractor_id)],
        %(main)s, line.placement_id, line.product_id, line.provider_organisation_id,
        declaration.subcontractor_id
    FROM billing_declaredline line
    JOIN billing_declaration declaration ON declaration.id = line.declaration_id
    WHERE line.main_contractor_id = %(main)s ORDER BY line.id
    """,
    """
    INSERT INTO billing_declaredtotal (hours, others, cents, last_end, main_contractor_id,
        provider_organisation_id, placement_id)
    SELECT sum(volume), 0, sum(amount) * 100, max(end_date), main_contractor_id,
        provider_organisation_id, placement_id
    FROM billing_declaredline WHERE main_contractor_id = %(main)s
    GROUP BY main_contractor_id, provider_organisation_id, placement_id
    """,
)
_STATED: Final = (
    """
    INSERT INTO billing_statement (month, number, entitled, corrected, held, released, carried_in,
        payable, carried_out, issued_at, pay_date, document, pdf, pdf_digest, main_contractor_id,
        provider_organisation_id, subcontractor_id)
    SELECT month, 'H' || subcontractor_id || '-' || to_char(month, 'YYYYMM'), sum(amount), 0, 0, 0,
        0, sum(amount), 0, month + 45, month + 60, '{}', '', '', main_contractor_id,
        provider_organisation_id, subcontractor_id
    FROM billing_entitlement WHERE main_contractor_id = %(main)s
    GROUP BY month, main_contractor_id, provider_organisation_id, subcontractor_id
    """,
    """
    INSERT INTO billing_statementline (kind, amount, entitlement_id, statement_id,
        main_contractor_id, provider_organisation_id)
    SELECT 'entitlement', entitlement.amount, entitlement.id, statement.id, %(main)s,
        entitlement.provider_organisation_id
    FROM billing_entitlement entitlement
    JOIN billing_statement statement ON statement.subcontractor_id = entitlement.subcontractor_id
        AND statement.month = entitlement.month
    WHERE entitlement.main_contractor_id = %(main)s AND entitlement.id NOT IN (
        SELECT id FROM billing_entitlement
        WHERE main_contractor_id = %(main)s AND subcontractor_id = (%(subcontractors)s::bigint[])[1]
        ORDER BY id DESC LIMIT %(left)s)
    ORDER BY entitlement.id
    """,
)
_WAITING: Final = (
    "UPDATE billing_declaration SET entitled_at = NULL WHERE main_contractor_id = %(main)s",
)
