"""What is computed outside of requests: jobs, the processes that do them, and the feed by which open pages hear of changes.

    kinds       what can be asked for, by whom
    asking      asking for a job, once where two ask for the same
    computing   what each kind does: public functions of the planner, called in a process of its own
    child       that process: it computes one job, tells how far it is, and can be killed at any moment
    worker      takes jobs, gives signs of life, cancels, and writes what came of them
    beside      workers that a server starts beside itself
    feed        what happened in the conference, read from the database for all open pages of a process

`python -m contingent.web.work` is one worker.
"""
