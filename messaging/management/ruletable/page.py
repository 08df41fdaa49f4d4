"""The page docs/rules.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from messaging.istandaard.rules.catalogue import StandardRule, catalogue

from .places import Enforced, State, enforced

_HEAD = """\
# Rules of the standard

Every rule of iWmo 3.2 and iJw 3.2 and where the code enforces it. Written by
`manage.py rule_table --write` from the facts in `messaging/istandaard/rules/catalogue.csv` and from
the code itself; a test fails where this page is out of date.

- **schema**: the types of the generated schema that refuse a document.
- **within the message**: the functions that judge it, below `messaging.istandaard.rules`.
- **across messages**: the modules that use the rule's code in a condition or a finding. A module is
  named for a rule; it need not judge it for each message that the standard lists.
- **process only**: an agreement between people or organisations that no message shows to be kept.
  Modules that follow or mention it stand beside it.
- **no element has it**: in the catalogue of the standard, on no element of this release.
- **not yet**: nothing in the code judges it.
"""
_LIBRARY = "messaging.istandaard.rules."


def page() -> str:
    """The whole page as Markdown."""
    rows = [(rule, enforced(rule)) for rule in catalogue().values()]
    return "\n".join([_HEAD, *_summary(rows), "", *_table(rows), ""])


def _summary(rows: Sequence[tuple[StandardRule, Enforced]]) -> Iterator[str]:
    kinds = list(dict.fromkeys(rule.kind for rule, _found in rows))
    counts = Counter((found.state, rule.kind) for rule, found in rows)
    yield f"| | {' | '.join(kinds)} | all |"
    yield "|---" * (len(kinds) + 2) + "|"
    for state in State:
        numbers = [counts[state, kind] for kind in kinds]
        yield f"| {state} | {' | '.join(map(str, numbers))} | {sum(numbers)} |"
    totals = [sum(rule.kind == kind for rule, _found in rows) for kind in kinds]
    yield f"| all | {' | '.join(map(str, totals))} | {len(rows)} |"


def _table(rows: Sequence[tuple[StandardRule, Enforced]]) -> Iterator[str]:
    yield "| Rule | Family | Messages | Level | Code | State | Where |"
    yield "|---|---|---|---|---|---|---|"
    for rule, found in rows:
        cells = (
            rule.code,
            rule.family or "both",
            " ".join(rule.messages),
            rule.level,
            rule.return_code,
            str(found.state),
            " ".join(f"`{place.removeprefix(_LIBRARY)}`" for place in found.places),
        )
        yield f"| {' | '.join(cells)} |".replace("  ", " ")
