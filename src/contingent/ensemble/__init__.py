"""Many pieces of one job, on one core, on many, or on many machines, with the same results.

A job is a function and what all its pieces read; a piece is a small value that says which case, replication or point is meant.
An engine runs the pieces: in this process, on threads, on processes of this machine, or on a Dask cluster. The results are
in the order of the pieces and are the same whatever the engine, as long as the function gives the same for the same: what is
random in it comes from a named stream (`contingent.ensemble.streams`), never from the order in which pieces happen to run.

Knows no troops.
"""

from contingent.ensemble.engine import ENGINE_HELP, Engine, default_engine, parse_engine
from contingent.ensemble.job import Job, Piece, Result
from contingent.ensemble.journal import clear_journal
from contingent.ensemble.run import run_pieces

__all__ = ["ENGINE_HELP", "Engine", "Job", "Piece", "Result", "clear_journal", "default_engine", "parse_engine", "run_pieces"]
