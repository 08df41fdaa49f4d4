"""What of a request for new care is known already, as the fields of its form."""

from __future__ import annotations

from subcontracts.models import Allocation, Client, RequestedProduct

Fields = dict[str, str]


def person(client: Client) -> Fields:
    """For whom it is."""
    return {
        "bsn": client.bsn or "",
        "surname": client.surname,
        "name_prefix": client.prefix,
        "initials": client.initials,
        "birth_date": client.birth_date,
        "sex": client.sex,
    }


def care(row: Allocation | RequestedProduct) -> Fields:
    """What and how much; a budget is asked anew, for the form has volumes."""
    return {
        "product": str(row.product_id or ""),
        "start_date": row.start_date.isoformat(),
        "end_date": row.end_date.isoformat() if row.end_date else "",
        "volume": str(row.volume or ""),
        "frequency": row.frequency,
    }


def referral(asked: RequestedProduct) -> Fields:
    """Who referred."""
    return {
        "referrer_type": asked.referrer_type,
        "referrer_name": asked.referrer_name,
        "referrer_agb": asked.referrer_agb,
    }
