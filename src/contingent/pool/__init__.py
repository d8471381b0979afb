"""From what nations have to what they could offer: pool, yields, releases, terms and commitments made into offers.

    pool.csv         formations, aircraft and ships that nations have
    yields.csv       what one of them gives: a brigade gives a headquarters, battlegroups, battalions
    releases.csv     the share of those units that a nation could give to this force
    commitments.csv  the people that it has elsewhere already
    terms.csv        notice, tour, dwell, caveats

`derive_offers` reads these five tables and adds rows to the offers. It decides nothing about tours.
"""

from contingent.pool.offers import derive_offers

__all__ = ["derive_offers"]
