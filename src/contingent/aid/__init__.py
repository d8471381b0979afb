"""Aid to the host: what its army lacks, what donors promised, what came, what is still open and will come.

The ledger says which promise counts and which delivery keeps it (`contingent.aid.ledger`); `contingent.aid.support_tracker` reads
and writes the workbook of a public tracker; delays, forecasts and allocation look ahead.
"""
