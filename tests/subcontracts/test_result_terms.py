"""What a contract says where a part of a trajectory depends on its result."""

from __future__ import annotations

from datetime import date

import pytest

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from subcontracts.funding_words import line_facts
from subcontracts.models import FundingLine
from subcontracts.rules.funding import check_has_last_day, checked

PLAIN = {"price": "6000", "start_share": "60", "nominal_days": "180"}
LINKED = {
    **PLAIN,
    "result_share": "25",
    "result_of": "price",
    "result_measure": "Het gezin redt zich zonder hulp",
    "result_judge": "joint",
    "result_days": "45",
}


def refused(**changed: str) -> str:
    with pytest.raises(RuleError) as refusal:
        checked("trajectory", "jw", {**LINKED, **changed})
    return refusal.value.code


def test_without_a_part_nothing_else_is_said_of_a_result() -> None:
    said = checked("trajectory", "jw", {**LINKED, "result_share": ""})
    assert said == checked("trajectory", "jw", PLAIN)


@pytest.mark.parametrize("lacking", ["result_of", "result_measure", "result_judge", "result_days"])
def test_a_part_that_depends_on_a_result_says_all_of_it(lacking: str) -> None:
    assert refused(**{lacking: ""}) == "CON-164"


@pytest.mark.parametrize(
    ("share", "of", "code"),
    [
        ("40", "price", ""),
        ("40.0001", "price", "CON-165"),
        ("100", "end", ""),
        ("0", "end", "CON-16"),
    ],
)
def test_no_more_depends_on_it_than_the_end_pays(share: str, of: str, code: str) -> None:
    if code:
        assert refused(result_share=share, result_of=of) == code
    else:
        said = checked("trajectory", "jw", {**LINKED, "result_share": share, "result_of": of})
        assert said["result_of"] == of


def test_the_contract_says_it_in_words() -> None:
    line = FundingLine(form="trajectory", parameters=checked("trajectory", "jw", LINKED))
    said = " ".join(text for _label, text in line_facts(line, "jw"))
    for words in ("25 %", "Het gezin redt zich zonder hulp", "beide samen", "45 dagen"):
        assert words in said


BONUS = {"amount": "5000", "judged_by": "wachttijd onder 4 weken"}
WAITS = {**BONUS, "result_days": "45", "result_judge": "municipality"}


def test_a_bonus_waits_for_a_verdict_only_where_its_contract_says_when() -> None:
    assert checked("bonus", "jw", {**WAITS, "result_days": ""}) == checked("bonus", "jw", BONUS)
    with pytest.raises(RuleError, match="CON-164"):
        checked("bonus", "jw", {**WAITS, "result_judge": ""})
    line = FundingLine(form="bonus", parameters=checked("bonus", "jw", WAITS))
    said = " ".join(text for _label, text in line_facts(line, "jw"))
    for words in ("wachttijd onder 4 weken", "de gemeente", "45 dagen"):
        assert words in said


def test_a_bonus_that_waits_has_a_last_day_to_count_from() -> None:
    open_ended = Period(date(2026, 1, 1), None)
    check_has_last_day("bonus", checked("bonus", "jw", BONUS), open_ended)
    check_has_last_day(
        "bonus", checked("bonus", "jw", WAITS), Period(date(2026, 1, 1), date(2026, 6, 30))
    )
    with pytest.raises(RuleError, match="CON-38"):
        check_has_last_day("bonus", checked("bonus", "jw", WAITS), open_ended)
