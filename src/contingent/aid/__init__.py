"""Aid to the host: what was promised, what came, what is still open.

The ledger says which promise counts and which delivery keeps it (`contingent.aid.ledger`); `contingent.aid.support_tracker` reads
and writes the workbook of a public tracker.
"""
