"""Return messages and declaration answers, as the table in the flow description says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from messaging.istandaard import (
    Finding,
    Message,
    answer,
    declaration_answer,
    declaration_head,
    declaration_rows,
    parse,
    parts,
    serialize,
    validate,
    verdict_of,
)
from messaging.istandaard.answers import Verdict
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import DeclarationMessage
from tests.istandaard import samples
from tests.istandaard.samples import changed

ANSWERED = ("301", "305", "307", "315", "317", "319")
DAY = date(2026, 3, 12)


def finding(code: str, path: str, rule: str = "TR999") -> Finding:
    return Finding(rule, code, path, "text")


def answered(number: str, *findings: Finding, family: Family = Family.WMO) -> Any:
    message = samples.message(number, family)
    made = answer(message, findings, identification="RET1", date=DAY)
    assert parse(serialize(made)).message == made
    assert validate(made) == []
    return made


def codes(message: Message) -> dict[str, tuple[str, ...]]:
    return {path: part.return_codes for path, part in parts(message)}


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("number", ANSWERED)
def test_acceptance_is_a_header(number: str, family: Family) -> None:
    made = answered(number, family=family)
    sent = samples.message(number, family)
    assert made.type is sent.type.answered_by
    assert made.content is None
    assert made.header.return_codes == ()
    assert (made.header.sender, made.header.receiver) == (sent.header.sender, sent.header.receiver)
    assert made.header.message_id == sent.header.message_id
    assert (made.header.return_id, made.header.return_date) == ("RET1", DAY)


@pytest.mark.parametrize("number", ANSWERED)
def test_error_within_message_is_header_with_0001(number: str) -> None:
    within = finding("0001", "/Bericht/Client/Bsn")
    made = answered(number, within, finding("8187", "/Bericht/Client"))
    assert made.header.return_codes == ("0001",)
    assert made.content is None


def test_error_in_header_is_header_with_its_code() -> None:
    path = "/Bericht/Header/BerichtIdentificatie/Identificatie"
    made = answered("305", finding("9056", path))
    assert made.header.return_codes == ("9056",)
    assert made.content is None


@pytest.mark.parametrize("family", Family)
def test_error_in_class_copies_everything(family: Family) -> None:
    place = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct[2]"
    made = answered(
        "301",
        finding("9332", f"{place}/ToewijzingNummer"),
        finding("S329", f"{place}/Product/Code"),
        finding("9332", place),
        family=family,
    )
    found = codes(made)
    assert found.pop(place) == ("9332", "S329")
    assert set(found.values()) == {("0200",)}
    assert made.client.bsn == samples.BSN
    assert made.client.relations[0].contact.return_codes == ("0200",)


def test_classes_not_assessed() -> None:
    message = samples.message("305")
    second = "/Bericht/Client/StartProducten/StartProduct[2]"
    made = answer(
        message,
        [finding("9019", "/Bericht/Client/StartProducten/StartProduct[1]")],
        identification="1",
        date=DAY,
        not_assessed={second},
    )
    assert codes(made)[second] == ("0233",)


def test_answer_of_answer_repeats_answer() -> None:
    made = answered("319", finding("9355", "/Bericht/Antwoord"), family=Family.JW)
    assert made.answer.return_codes == ("9355",)
    assert made.answer.residence_principle.return_codes == ("0200",)


def test_no_return_for_declaration_or_return() -> None:
    for number in ("323", "302"):
        with pytest.raises(ValueError, match="no return message"):
            answer(samples.message(number), [], identification="1", date=DAY)


def test_finding_outside_the_message_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no place"):
        answered("305", finding("9019", "/Elsewhere"))


LINES = "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie"


def declared(*findings: Finding) -> Any:
    message = samples.message("323")
    assert isinstance(message, DeclarationMessage)
    verdict = verdict_of(message, findings)
    made = declaration_answer(message, verdict, identification="ANT1", date=DAY)
    assert parse(serialize(made)).message == made
    assert validate(made) == []
    return made


def test_declaration_approved() -> None:
    made = declared()
    assert made.header.return_codes == ("0200",)
    assert made.answer.return_codes == ("8001",)
    assert made.answer.total_submitted.signed == made.answer.total_awarded.signed == 17_000
    assert made.answer.clients == ()
    assert (made.header.sender, made.header.receiver) == (samples.MUNICIPALITY, samples.PROVIDER)
    assert made.header.declaration_id.number == "A1"
    assert made.header.message_number == "ANT1"


@pytest.mark.parametrize("code", ["0001", "9056"])
def test_declaration_refused_in_header(code: str) -> None:
    path = LINES + "[1]" if code == "0001" else "/Bericht/Header"
    made = declared(finding(code, path))
    assert made.header.return_codes == (code,)
    assert made.answer is None


def test_declaration_refused_as_a_whole() -> None:
    made = declared(
        finding("9333", "/Bericht/Declaratie/DeclaratieNummer"), finding("9321", LINES + "[1]")
    )
    assert made.header.return_codes == ("0200",)
    assert made.answer.return_codes == ("9333",)
    assert made.answer.total_submitted.signed == 17_000
    assert made.answer.total_awarded.signed == 0
    assert made.answer.clients == ()


def test_rejected_lines() -> None:
    made = declared(
        finding("9321", LINES + "[1]/GeleverdVolume"),
        finding("9307", LINES + "[1]"),
        finding("8017", LINES + "[3]"),
    )
    assert made.answer.return_codes == ("0200",)
    client = made.answer.clients[0]
    assert (client.bsn, client.return_codes) == (samples.BSN, ("0200",))
    assert [line.return_codes for line in client.service_lines] == [("9321", "9307"), ("8017",)]
    # 17,000 submitted, minus the debit of 12,000, plus the credit of 12,000.
    assert made.answer.total_awarded.signed == 17_000


def test_rejected_client() -> None:
    made = declared(
        finding("8187", "/Bericht/Declaratie/Clienten/Client[1]/Bsn"),
        finding("9321", LINES + "[1]"),
    )
    client = made.answer.clients[0]
    assert client.return_codes == ("8187",)
    assert [line.return_codes for line in client.service_lines] == [("0233",)] * 3
    assert made.answer.total_awarded.signed == 12_000


def test_awarded_may_be_negative() -> None:
    message = samples.message("323")
    assert isinstance(message, DeclarationMessage)
    verdict = verdict_of(
        message,
        [
            finding("9321", LINES + "[1]"),
            finding("9321", LINES + "[2]"),
            finding("9321", "/Bericht/Declaratie/Clienten/Client[2]/Prestaties/Prestatie[1]"),
        ],
    )
    made = declaration_answer(message, verdict, identification="1", date=DAY)
    assert made.answer is not None
    total = made.answer.total_awarded
    assert (total.cents, total.debit_credit) == (12_000, "C")


def test_answer_from_head_and_rows() -> None:
    """A long declaration is answered without an object for each line."""
    result = parse(serialize(samples.message("323")))
    head, rows = declaration_head(result), list(declaration_rows(result))
    verdict = Verdict(lines=[(rows[0], ("9321",)), (rows[3], ("9308",))])

    made = declaration_answer(head, verdict, identification="1", date=DAY)

    expected = declared(
        finding("9321", LINES + "[1]"),
        finding("9308", "/Bericht/Declaratie/Clienten/Client[2]/Prestaties/Prestatie[1]"),
    )
    assert made.answer == expected.answer


def test_copies_stay_as_sent() -> None:
    message = samples.message("305")
    made = answered("305", finding("9019", "/Bericht/Client/StartProducten/StartProduct[1]"))
    bare = changed(
        made.client, {"return_codes": (), "starts.0.return_codes": (), "starts.1.return_codes": ()}
    )
    assert bare == message.content
