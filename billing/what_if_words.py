"""What-ifs in words: the forms one can choose, what they count, and what is assumed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.rules.explain import number
from billing.rules.whatif.terms import Converted, Counted, Form, Terms
from hoofdaannemer.core.money import format_euro

Words = Mapping[str, str | Promise]

#: What each form does with the past, for who chooses one.
EXPLANATIONS: Final[Words] = {
    Form.PXQ: gettext_lazy(
        "Declared or allocated volumes at other tariffs, or a price a day or a client."
    ),
    Form.FTE: gettext_lazy("A sum for people at work, whatever is delivered."),
    Form.LUMP_SUM: gettext_lazy(
        "One sum a year for all together, shared out and paid in twelfths."
    ),
    Form.TRAJECTORY: gettext_lazy("A price a trajectory, by the starts and stops as they were."),
    Form.CAPACITY: gettext_lazy("A price a place, occupied or not, or by the days of care."),
    Form.FUNCTION: gettext_lazy("A price a year for each client who came, in twelfths."),
    Form.PROFILE: gettext_lazy("One price a month for each client in care."),
    Form.POPULATION: gettext_lazy("An amount a head a year, shared out and paid in twelfths."),
    Form.ADVANCE_POOL: gettext_lazy(
        "A part of the expected production in advance, the rest shared by a key."
    ),
}
COUNTED_WORDS: Final[Mapping[tuple[Form, Counted], str | Promise]] = {
    (Form.PXQ, Counted.DECLARED): gettext_lazy("declared volumes, at a part of their tariffs"),
    (Form.PXQ, Counted.ALLOCATED): gettext_lazy("allocated volumes, at a part of their tariffs"),
    (Form.PXQ, Counted.DAYS): gettext_lazy("days of care"),
    (Form.PXQ, Counted.CLIENTS): gettext_lazy("clients in care in a month"),
    (Form.FTE, Counted.NORM): gettext_lazy("what was paid, by what one FTE produces"),
    (Form.FTE, Counted.REPORTED): gettext_lazy("FTE as they were reported"),
    (Form.FTE, Counted.AGREED): gettext_lazy("FTE as they were agreed"),
    (Form.LUMP_SUM, Counted.ACTUAL): gettext_lazy("what each was paid"),
    (Form.LUMP_SUM, Counted.DAYS): gettext_lazy("days of care"),
    (Form.LUMP_SUM, Counted.EQUAL): gettext_lazy("the same for each"),
    (Form.CAPACITY, Counted.AVERAGE): gettext_lazy("clients in care on an average day"),
    (Form.CAPACITY, Counted.PEAK): gettext_lazy("clients in care on the busiest day"),
    (Form.CAPACITY, Counted.OCCUPIED): gettext_lazy("place-days as they were occupied"),
    (Form.PROFILE, Counted.DAYS): gettext_lazy("clients, a part of a month by its days of care"),
    (Form.PROFILE, Counted.CLIENTS): gettext_lazy("clients, a part of a month in full"),
    (Form.POPULATION, Counted.ACTUAL): gettext_lazy("what each was paid"),
    (Form.POPULATION, Counted.DAYS): gettext_lazy("days of care"),
    (Form.POPULATION, Counted.EQUAL): gettext_lazy("the same for each"),
}
CONVERTED_WORDS: Final[Words] = {
    Converted.PXQ: gettext_lazy("price times quantity only"),
    Converted.ALL: gettext_lazy("all forms that pay for care"),
}
PER_WORDS: Final[Words] = {
    "day": gettext_lazy("a day"),
    "month": gettext_lazy("a month"),
    "year": gettext_lazy("a year"),
}
KEY_WORDS: Final[Words] = {
    "k1": gettext_lazy("K1: by real production"),
    "k2": gettext_lazy("K2: by how far production passed the advance"),
    "k3": gettext_lazy("K3: the whole pool by real production, the advance set off"),
}
_PRICES: Final[Words] = {
    Form.FTE: gettext_lazy("Price of one FTE a year"),
    Form.LUMP_SUM: gettext_lazy("Amount a year for all together"),
    Form.TRAJECTORY: gettext_lazy("Price of a trajectory"),
    Form.CAPACITY: gettext_lazy("Price of one place"),
    Form.FUNCTION: gettext_lazy("Price of one user a year"),
    Form.PROFILE: gettext_lazy("Price of one client a month"),
    Form.POPULATION: gettext_lazy("Amount a head a year"),
    Form.ADVANCE_POOL: gettext_lazy("Size of the pool, of the expected production"),
}
#: What a form asks to be handed in, by which the last figures of an outcome were counted.
_LOADS: Final[Words] = {
    Form.FTE: gettext_lazy("FTE ask a row a month for each person, and no declarations."),
    Form.LUMP_SUM: gettext_lazy("A sum asks for nothing to be handed in."),
    Form.TRAJECTORY: gettext_lazy(
        "Trajectories follow from starts and stops, without declarations."
    ),
    Form.CAPACITY: gettext_lazy("Places follow from starts and stops, without declarations."),
    Form.FUNCTION: gettext_lazy("Users are agreed beforehand, without declarations."),
    Form.PROFILE: gettext_lazy("Clients follow from starts and stops, without declarations."),
    Form.POPULATION: gettext_lazy("Heads are agreed beforehand, without declarations."),
}


def price_label(terms: Terms) -> str:
    """What a price is for."""
    if terms.form is Form.PXQ:
        return str(_pxq_price(terms.counted))
    if terms.form is Form.CAPACITY:
        return f"{_PRICES[terms.form]} {PER_WORDS[terms.per]}"
    return str(_PRICES[terms.form])


def _pxq_price(counted: Counted | None) -> str:
    if counted is Counted.DAYS:
        return _("Price of a day of care")
    return (
        _("Price of a client a month") if counted is Counted.CLIENTS else _("Part of the tariffs")
    )


def price_shown(price: Decimal | None, *, is_percentage: bool) -> str:
    """A price in Dutch notation; a dash where none follows."""
    if price is None:
        return "–"
    return f"{number('price', price).shown()}%" if is_percentage else format_euro(price)


def percent_shown(part: Decimal) -> str:
    """A part of one as a percentage."""
    return f"{number('part', part * 100).shown()}%"


def terms_shown(terms: Terms) -> list[tuple[str, str]]:
    """What was asked, for the page of its outcome."""
    rows = [
        (_("Converted"), f"{percent_shown(terms.share)}, {CONVERTED_WORDS[terms.converted]}"),
    ]
    if terms.counted:
        rows.append((_("Counted by"), str(COUNTED_WORDS[terms.form, terms.counted])))
    rows.append(
        (
            price_label(terms),
            _("the budget-neutral price")
            if terms.price is None
            else price_shown(terms.price, is_percentage=terms.is_percentage),
        )
    )
    return [*rows, *_own_terms(terms)]


def _own_terms(terms: Terms) -> list[tuple[str, str]]:
    if terms.counted is Counted.NORM:
        return [(_("Production of one FTE a year"), format_euro(terms.norm))]
    match terms.form:
        case Form.TRAJECTORY:
            return [
                (_("Part at the start"), percent_shown(terms.start_share)),
                (_("Nominal length in days"), str(terms.nominal_days)),
                (_("Restart window in days"), str(terms.restart_days)),
            ]
        case Form.POPULATION:
            return [(_("Heads"), number("heads", terms.heads).shown())]
        case Form.ADVANCE_POOL:
            return [
                (_("Part in advance"), percent_shown(terms.advance)),
                (_("Key"), str(KEY_WORDS[terms.key])),
                (_("Expected by the first months"), str(terms.base_months)),
            ]
    return []


def assumptions(terms: Terms) -> list[str]:
    """What an outcome takes for granted, in sentences."""
    lines = [
        _(
            "No change of behaviour: clients, volumes, starts and stops are taken as they were. In"
            " reality another form changes what people do."
        ),
        _(
            "Amounts for being available, subsidies, one-off amounts, bonuses, fees and discounts"
            " stay as they were."
        ),
        _("Starts and stops are reported under every form; they are not counted as entries."),
    ]
    if terms.form is Form.ADVANCE_POOL:
        lines += _of_pools()
    elif terms.form is Form.PXQ:
        lines.append(_of_quantity(terms.counted))
    else:
        lines.append(str(_LOADS[terms.form]))
    if terms.share < 1:
        lines.append(
            _("As a part only is converted, both ways of working go on beside each other.")
        )
    return lines


def _of_quantity(counted: Counted | None) -> str:
    if counted is Counted.DECLARED:
        return _("Declarations go on.")
    if counted is Counted.ALLOCATED:
        return _("What was allocated is known, so that nothing is declared.")
    return _("Days and clients follow from starts and stops, without declarations.")


def _of_pools() -> list[str]:
    return [
        _(
            "The pool is the subcontractors that were chosen. Who is in a pool now is in it whole;"
            " of others the part that is converted joins, and expects what its first months came"
            " to."
        ),
        _(
            "Who is in a pool now is shown with what its own key would still give, which is on no"
            " statement. Where nobody filled in what a member produced, each of its days of care is"
            " worth the same."
        ),
        _("Production has to be counted, so declarations go on where they count it."),
    ]
