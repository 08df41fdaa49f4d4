"""Scenario `regio`: one main contractor, a youth region and a Wmo municipality, a year of care.

Youth (arrangement A2): a lump sum from eight municipalities. Wmo (A3): a lump sum adjusted by
the number of decisions. Forty subcontractors under FTE lump sum, price times quantity and
trajectory, two own teams. All people and organisations are invented.
"""
