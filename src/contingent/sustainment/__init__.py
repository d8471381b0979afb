"""Sustainment: what a force lives on, and how long.

use         what the units in place use up, by place, supply and day
chain       stocks, who lives on them, from where they are filled up
ways        the ways between them on the network, and what closing a place leaves of them
week        one week of resupply, shared out where not everything gets through
balance     the weeks of the plan: stocks, shortages and why
survival    how long the force lasts without each crossing, port and depot
logistics   what this takes, beside what was sized
"""

from contingent.sustainment.options import Supply, SupplyOptions
from contingent.sustainment.sustain import sustain

__all__ = ["Supply", "SupplyOptions", "sustain"]
