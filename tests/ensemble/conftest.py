"""Small clusters on the loopback for the tests of engines."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from distributed import LocalCluster


@pytest.fixture(scope="session")
def local_cluster() -> Iterator["LocalCluster"]:
    """A scheduler and two workers, each a process with one thread."""
    with cluster_of(2) as running:
        yield running


@pytest.fixture
def empty_cluster() -> Iterator["LocalCluster"]:
    """A scheduler without workers."""
    with cluster_of(0) as running:
        yield running


@pytest.fixture
def strict_cluster() -> Iterator["LocalCluster"]:
    """A scheduler that gives a task up when one worker has died with it, and a worker."""
    with cluster_of(1, allowed_failures=0) as running:
        yield running


@contextmanager
def cluster_of(workers: int, *, allowed_failures: int = 3) -> Iterator["LocalCluster"]:
    import dask
    from distributed import LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": allowed_failures,
        # A cluster of this kind closes a worker for good that is not there when it looks, 15 s after it died: even one that was
        # there meanwhile, and has died again.
        "distributed.deploy.lost-worker-timeout": "1 hour",
    }
    with dask.config.set(settings), LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL) as running:
        yield running
