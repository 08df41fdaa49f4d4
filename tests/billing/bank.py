"""Messages as banks send them, about payments of a test."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

_PAIN: str = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"
_CAMT: str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"


def status(
    run: str, group: str = "", lines: Iterable[tuple[str, str, str]] = (), *, version: str = "03"
) -> bytes:
    """A pain.002: a status of the whole file, and of payments as (reference, status, reason)."""
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{code}</TxSts>"
        + (f"<StsRsnInf><Rsn><Cd>{why}</Cd></Rsn></StsRsnInf>" if why else "")
        + "</TxInfAndSts>"
        for reference, code, why in lines
    )
    batch = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{run}</OrgnlPmtInfId>{told}</OrgnlPmtInfAndSts>"
    overall = f"<GrpSts>{group}</GrpSts>" if group else ""
    return (
        f'<Document xmlns="{_PAIN.format(version=version)}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>STATUS-{run}</MsgId></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{run}</OrgnlMsgId>{overall}</OrgnlGrpInfAndSts>"
        f"{batch if told else ''}</CstmrPmtStsRpt></Document>"
    ).encode()


def account(
    lines: Iterable[tuple[str, str, Decimal, str]], *, status: str = "BOOK", version: str = "08"
) -> bytes:
    """A camt.053 with an entry for each (reference, DBIT or CRDT, euros, reason of a return)."""
    booked = f"<Sts><Cd>{status}</Cd></Sts>" if version >= "08" else f"<Sts>{status}</Sts>"
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{booked}'
        "<BookgDt><Dt>2026-02-12</Dt></BookgDt><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{reference}</EndToEndId></Refs>"
        + (f"<RtrInf><Rsn><Cd>{why}</Cd></Rsn></RtrInf>" if why else "")
        + "</TxDtls></NtryDtls></Ntry>"
        for reference, side, amount, why in lines
    )
    return (
        f'<Document xmlns="{_CAMT.format(version=version)}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>DAG-1</MsgId></GrpHdr><Stmt>{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()
