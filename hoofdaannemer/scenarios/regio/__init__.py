"""Scenario `regio`: one main contractor, a youth region and a Wmo municipality, a year of care.

Youth (arrangement A2): a lump sum from eight municipalities. Wmo (A3): a lump sum adjusted by
the number of decisions. Forty subcontractors under FTE or fixed lump sum, price times quantity (in
treatment for three years only) and trajectory, two own teams, and an institution that invoices
without a subcontract. All people and organisations are invented.
"""

from hoofdaannemer.scenarios.regio.loader import load
from hoofdaannemer.scenarios.regio.parties import FIRST_KVK

DESCRIPTION = "a youth region of eight municipalities and a Wmo municipality, a year of care"
KVK = f"{FIRST_KVK:08d}"

__all__ = ["DESCRIPTION", "KVK", "load"]
