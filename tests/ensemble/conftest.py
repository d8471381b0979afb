"""A small cluster on the loopback, shared by the tests of engines."""

import logging
from collections.abc import Iterator
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


def cluster_of(workers: int) -> "LocalCluster":
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL)
