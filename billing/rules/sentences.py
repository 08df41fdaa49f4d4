"""How each rule explains its amount: one sentence a rule, made when somebody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.rules.allocated_sentences import ALLOCATED, PER
from billing.rules.whatif_sentences import WHATIF

# One sentence a rule; the placeholders are the names of the rule's inputs.
SENTENCES: Final[Mapping[str, str | Promise]] = {
    **WHATIF,
    **ALLOCATED,
    "pxq.unit": _("%(volume)s %(unit)s × %(tariff)s = %(amount)s"),
    "pxq.hour_in_minutes": _("%(volume)s minutes ÷ 60 × %(tariff)s per hour = %(amount)s"),
    "pxq.begun": _(
        "%(volume)s minutes, paid for each %(part)s that was begun: %(paid)s minutes ÷ 60 ×"
        " %(tariff)s per hour = %(amount)s"
    ),
    "pxq.euro": _("An amount of %(amount)s was declared, without a tariff."),
    "pxq.credit": _("Takes back line %(line)s: %(amount)s"),
    "invoice.line": _(
        "Invoice %(invoice)s, indication %(indication)s: %(quantity)s %(unit)s × %(price)s ="
        " %(amount)s"
    ),
    "invoice.amount": _("Invoice %(invoice)s, indication %(indication)s: %(amount)s as invoiced."),
    "invoice.credit": _("Invoice %(invoice)s takes back %(line)s: %(amount)s"),
    "invoice.credit_part": _(
        "Invoice %(invoice)s takes a part of %(line)s back, %(left)s of it is left: %(amount)s"
    ),
    "fte.month": _("%(fte)s FTE × %(price)s per year, month %(month)s of 12 = %(amount)s"),
    "fte.part_month": _(
        "%(fte)s FTE × %(price)s per year, month %(month)s of 12, %(days)s of %(of_days)s days"
        " = %(amount)s"
    ),
    "fte.true_up": _(
        "Agreed %(agreed)s FTE, recognised %(recognised)s FTE on average, tolerance %(tolerance)s"
        " FTE: %(difference)s FTE × %(price)s × %(months)s/12 = %(amount)s"
    ),
    "fte.roles.month": _(
        "%(fte)s FTE in %(roles)s roles, together %(year)s per year, month %(month)s of 12 ="
        " %(amount)s"
    ),
    "fte.roles.part_month": _(
        "%(fte)s FTE in %(roles)s roles, together %(year)s per year, month %(month)s of 12,"
        " %(days)s of %(of_days)s days = %(amount)s"
    ),
    "fte.true_up_vacancy": _(
        "Agreed %(agreed)s FTE, recognised %(recognised)s FTE on average, %(vacant)s FTE paid as"
        " vacancy, tolerance %(tolerance)s FTE: %(difference)s FTE × %(price)s × %(months)s/12 ="
        " %(amount)s"
    ),
    "fte.true_up_together": _(
        "%(roles)s roles settled together: agreed %(agreed)s FTE, recognised %(recognised)s FTE on"
        " average, %(vacant)s FTE paid as vacancy, tolerance %(tolerance)s FTE: %(difference)s ÷"
        " %(agreed)s FTE × %(year)s a year × %(months)s/12 = %(amount)s"
    ),
    "fte.true_up_roles": _(
        "%(roles)s roles, each settled by itself at its own price: agreed %(agreed)s FTE,"
        " recognised %(recognised)s FTE on average, %(vacant)s FTE paid as vacancy. Together ="
        " %(amount)s"
    ),
    "lump_sum.month": _("%(year)s per year, month %(month)s of 12 = %(amount)s"),
    "lump_sum.part_month": _(
        "%(year)s per year, month %(month)s of 12, %(days)s of %(of_days)s days = %(amount)s"
    ),
    "capacity.of.month": _("%(places)s places × %(price)s per month = %(amount)s"),
    "capacity.of.part_month": _(
        "%(places)s places × %(price)s per month, %(days)s of %(of_days)s days = %(amount)s"
    ),
    "capacity.days": _("%(places)s places × %(price)s per day × %(days)s days = %(amount)s"),
    "capacity.year.month": _(
        "%(places)s places × %(price)s per year, month %(month)s of 12 = %(amount)s"
    ),
    "capacity.year.part_month": _(
        "%(places)s places × %(price)s per year, month %(month)s of 12, %(days)s of %(of_days)s"
        " days = %(amount)s"
    ),
    "capacity.occupied_day": _(
        "%(occupied)s of %(available)s place-days occupied; %(counted)s count × %(price)s per day ="
        " %(amount)s"
    ),
    "capacity.occupied_month": _(
        "%(occupied)s of %(available)s place-days occupied; %(counted)s count ÷ %(of_days)s days ×"
        " %(price)s per month = %(amount)s"
    ),
    "capacity.occupied_year": _(
        "%(occupied)s of %(available)s place-days occupied; %(counted)s count ÷ %(of_days)s days ×"
        " %(price)s per year ÷ 12 = %(amount)s"
    ),
    "capacity.settled_day": _(
        "%(occupied)s of %(available)s place-days occupied; %(counted)s count × %(price)s per day ="
        " %(earned)s. Paid: %(paid)s. Settled: %(amount)s"
    ),
    "capacity.settled_month": _(
        "%(occupied)s of %(available)s place-months occupied; %(counted)s count × %(price)s per"
        " month = %(earned)s. Paid: %(paid)s. Settled: %(amount)s"
    ),
    "capacity.settled_year": _(
        "%(occupied)s of %(available)s place-years occupied; %(counted)s count × %(price)s per"
        " year = %(earned)s. Paid: %(paid)s. Settled: %(amount)s"
    ),
    "function.month": _(
        "%(users)s expected users × %(price)s per year, month %(month)s of 12 = %(amount)s"
    ),
    "function.part_month": _(
        "%(users)s expected users × %(price)s per year, month %(month)s of 12, %(days)s of"
        " %(of_days)s days = %(amount)s"
    ),
    "profile.month": _("Profile %(profile)s: %(price)s per month = %(amount)s"),
    "profile.part_month": _(
        "Profile %(profile)s: %(price)s per month, %(days)s of %(of_days)s days of care ="
        " %(amount)s"
    ),
    "population.month": _(
        "%(heads)s heads × %(price)s per year, month %(month)s of 12 = %(amount)s"
    ),
    "population.part_month": _(
        "%(heads)s heads × %(price)s per year, month %(month)s of 12, %(days)s of %(of_days)s days"
        " = %(amount)s"
    ),
    "availability.month": _("Fixed amount for being available = %(amount)s"),
    "availability.part_month": _(
        "Fixed amount for being available, %(days)s of %(of_days)s days = %(amount)s"
    ),
    "advance_pool.month": _(
        "Advance: %(part)s of %(production)s expected a year, month %(month)s of 12 = %(amount)s"
    ),
    "advance_pool.part_month": _(
        "Advance: %(part)s of %(production)s expected a year, month %(month)s of 12, %(days)s of"
        " %(of_days)s days = %(amount)s"
    ),
    "pool.k1": _(
        "Key K1: production of %(production)s out of %(whole)s, so much of the reserve of"
        " %(shared)s = %(amount)s"
    ),
    "pool.k2": _(
        "Key K2: production of %(production)s is %(gap)s above the advance of %(advance)s, out of"
        " %(whole)s for all; so much of the reserve of %(shared)s = %(amount)s"
    ),
    "pool.k3": _(
        "Key K3: production of %(production)s out of %(whole)s, so %(share)s of the pool of"
        " %(shared)s, less the advance of %(advance)s = %(amount)s"
    ),
    "settlement.correction": _(
        "The year %(year)s comes to %(outcome)s now; %(before)s was settled before. Difference:"
        " %(amount)s"
    ),
    "subsidy.instalment": _(
        "Subsidy of %(total)s, instalment %(first)s of %(instalments)s = %(amount)s"
    ),
    "subsidy.instalments": _(
        "Subsidy of %(total)s, instalments %(first)s to %(last)s of %(instalments)s = %(amount)s"
    ),
    "subsidy.settled": _(
        "Costs established at %(established)s, at most %(total)s. Paid: %(paid)s. Settled:"
        " %(amount)s"
    ),
    "one_off.paid": _("One-off amount = %(amount)s"),
    "bonus.granted": _("Granted on %(day)s, at most %(most)s: %(amount)s"),
    "bonus.result_met": _("Verdict of %(day)s: met. The bonus of %(most)s = %(amount)s"),
    "bonus.result_partly": _(
        "Verdict of %(day)s: met for %(share)s. Of the bonus of %(most)s: %(amount)s"
    ),
    "bonus.result_not_met": _("Verdict of %(day)s: not met. Of the bonus of %(most)s: %(amount)s"),
    "margin.month": _("Coordination fee of %(part)s of %(base)s of this month = %(amount)s"),
    "margin.part_month": _(
        "Coordination fee of %(part)s of %(base)s of this month, %(days)s of %(of_days)s days"
        " = %(amount)s"
    ),
    "sanction_discount.month": _("Discount of %(part)s on %(base)s of this month = %(amount)s"),
    "sanction_discount.part_month": _(
        "Discount of %(part)s on %(base)s of this month, %(days)s of %(of_days)s days = %(amount)s"
    ),
    "recorded.taken_back": _("Takes back %(line)s: %(amount)s"),
    "upward.adjustment": _(
        "Planned %(planned)s %(counted)s, realised %(realised)s. Within %(corridor)s nothing"
        " changes: %(outside)s lies outside. %(lump_sum)s × %(variable)s × %(outside)s ÷"
        " %(planned)s = %(amount)s"
    ),
    "upward.no_cap": _("A result of %(result)s on revenue of %(revenue)s; no cap was agreed."),
    "upward.profit_cap": _(
        "A result of %(result)s on revenue of %(revenue)s. At most %(cap)s, which is %(most)s;"
        " %(above)s is above it, and %(share_back)s of that goes back = %(amount)s"
    ),
    "upward.solidarity": _(
        "Solidarity key: a share of %(weight)s out of %(whole)s in %(shared)s = %(amount)s"
    ),
    "upward.own_use": _("By own use: %(weight)s out of %(whole)s, of %(shared)s = %(amount)s"),
    "upward.inhabitants": _(
        "By inhabitants: %(weight)s out of %(whole)s, of %(shared)s = %(amount)s"
    ),
    "trajectory.start": _("%(share)s of the price of %(price)s at the start = %(amount)s"),
    "trajectory.planned": _(
        "Ended as planned: the whole price of %(price)s, of which %(paid)s before = %(amount)s"
    ),
    "trajectory.agreed": _(
        "Ended early after %(days)s of %(of_days)s days: %(earned)s is due, the part for the start"
        " at least. Before: %(paid)s. Now: %(amount)s"
    ),
    "trajectory.provider": _(
        "Ended by the provider after %(days)s of %(of_days)s days: %(earned)s is due. Before:"
        " %(paid)s. Now: %(amount)s"
    ),
    "trajectory.planned_waits": _(
        "Ended as planned: of the price of %(price)s, %(waits)s depends on the result and follows"
        " when it was judged. Before: %(paid)s. Now: %(amount)s"
    ),
    "trajectory.agreed_waits": _(
        "Ended early after %(days)s of %(of_days)s days: %(earned)s is due, of which %(waits)s"
        " depends on the result and follows when it was judged. Before: %(paid)s. Now: %(amount)s"
    ),
    "trajectory.provider_waits": _(
        "Ended by the provider after %(days)s of %(of_days)s days: %(earned)s is due, of which"
        " %(waits)s depends on the result and follows when it was judged. Before: %(paid)s. Now:"
        " %(amount)s"
    ),
    "trajectory.result_met": _("The result was met: %(stake)s depended on it. Now: %(amount)s"),
    "trajectory.result_partly": _(
        "The result was met for %(share)s: of %(stake)s that depended on it = %(amount)s"
    ),
    "trajectory.result_not_met": _(
        "The result was not met: of %(stake)s that depended on it = %(amount)s"
    ),
    "trajectory.result_unjudged": _(
        "The result cannot be judged, so what was delivered decides: that earns %(earned)s."
        " Before: %(paid)s. Now: %(amount)s"
    ),
    "trajectory.result_expired": _(
        "The result was not judged in time, so what was delivered decides: that earns %(earned)s."
        " Before: %(paid)s. Now: %(amount)s"
    ),
    "recovery.deferral": _(
        "What is owed is paid back in parts of %(monthly)s a month, so it is put aside: %(amount)s"
    ),
    "recovery.set_off": _(
        "Recovery plan of %(total)s, of which %(before)s was paid back before. Now: %(amount)s."
        " Left: %(left)s"
    ),
    "recovery.rest": _(
        "The recovery plan of %(total)s was ended; %(before)s was paid back before. The rest is"
        " owed at once: %(amount)s"
    ),
    "adjustment.dispute": _(
        "Agreed after a dispute: line %(line)s of statement %(statement)s was %(was)s and becomes"
        " %(becomes)s. The difference: %(amount)s"
    ),
    "adjustment.interest": _(
        "Statement %(statement)s of %(total)s was to be paid on %(until)s at the latest and was"
        " paid on %(paid)s, %(days)s days late. Statutory interest: %(amount)s"
    ),
    "adjustment.interest_rest": _(
        "Statement %(statement)s of %(total)s was to be paid on %(until)s at the latest and was"
        " paid on %(paid)s, %(days)s days late. Statutory interest, without what was posted before"
        " (%(before)s): %(amount)s"
    ),
    "run.first_payment": _("%(amount)s, and nothing was ever paid to this party before."),
    "run.other_account": _(
        "%(amount)s goes to another account than the last payment, which was on %(last)s."
    ),
    "run.young_account": _("%(amount)s goes to an account that holds since %(since)s."),
    "run.jump": _(
        "%(amount)s is %(share)s of what is usual: %(usual)s, the average of the last %(count)s"
        " payments in six months."
    ),
    "run.contract_ended": _("%(amount)s, and the last contract ended on %(ended)s."),
    "run.no_contract": _("%(amount)s, and there is no contract that was signed and runs."),
    "run.not_positive": _("%(amount)s is no amount that can be paid."),
    "run.same_account": _("%(amount)s goes to the same account as %(others)s in this run."),
    "run.same_amount": _("%(amount)s was paid to this party on %(day)s as well."),
    "run.released_holds": _("Of %(amount)s, %(released)s was held before and released."),
    "run.late": _(
        "%(amount)s was to be paid on %(last_day)s at the latest, which is %(days)s days before"
        " this run."
    ),
    "hold.volume": _(
        "%(held)s of %(volume)s delivered by somebody who did not meet the requirements that day;"
        " of %(line)s that is %(amount)s"
    ),
    "hold.days": _(
        "On %(days)s of %(of_days)s days nobody who was named met the requirements; of %(line)s"
        " that is %(amount)s"
    ),
    "hold.ceiling": _(
        "%(used)s counts for the ceiling of %(year)s, which is %(ceiling)s; of %(line)s this lies"
        " above it: %(amount)s"
    ),
    "hold.organisation": _(
        "On %(days)s of %(of_days)s days the organisation did not meet the requirements; of"
        " %(line)s that is %(amount)s"
    ),
}

# Words that stand in an input as a key, so that the reader gets them in the right language.
WORDS: Final[Mapping[str, str | Promise]] = {
    **PER,
    "unit.01": pgettext_lazy("unit", "minutes"),
    "unit.04": pgettext_lazy("unit", "hours"),
    "unit.14": pgettext_lazy("unit", "days of 24 hours"),
    "unit.16": pgettext_lazy("unit", "day parts"),
    "unit.82": pgettext_lazy("unit", "pieces"),
    "unit.83": pgettext_lazy("unit", "euros"),
    "unit.84": pgettext_lazy("unit", "pieces"),
    "minutes.quarter": pgettext_lazy("minutes", "quarter of an hour"),
    "minutes.half": pgettext_lazy("minutes", "half hour"),
    "minutes.hour": pgettext_lazy("minutes", "hour"),
    "counted.decisions": pgettext_lazy("counted", "decisions"),
    "counted.clients": pgettext_lazy("counted", "clients"),
    "counted.inhabitants": pgettext_lazy("counted", "inhabitants"),
    "counted.fte": pgettext_lazy("counted", "FTE"),
    "counted.places": pgettext_lazy("counted", "places"),
}
