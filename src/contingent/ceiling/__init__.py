"""The sustainable ceiling: the largest multiple of a requirement that a pool holds, and what has been said about it.

    demand        how full each priority must be
    part          one family at work: tours by search, bounds by prices and by the solver
    largest       the largest multiple: tours from below, proof from above
    questions     dwell, years, nations, share released, backstop: points, and how each changes what is given
    piece         one point worked out, counted again, and what binds it
    claims        what has been said in public, beside it
    plain_force   a force without a scenario, and published studies from their own inputs

`find_ceiling` and `sustainable` are the doors.
"""

from contingent.ceiling.answer import Ceiling, CeilingOptions, find_ceiling
from contingent.ceiling.plain_force import Component, published_studies, read_force, sustainable

__all__ = ["Ceiling", "CeilingOptions", "Component", "find_ceiling", "published_studies", "read_force", "sustainable"]
