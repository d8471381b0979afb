"""How the server does, as Prometheus reads it.

Each process counts its own requests: ``contingent_requests_total`` by method, route (the pattern, never what was typed) and
status, ``contingent_request_seconds`` by route. What is of the conference is the same in all: ``contingent_conference_seq``, the
last entry of the history that changed a row; ``contingent_conference_things``, how many rows, entries, plans, jobs, incidents and
accounts there are; ``contingent_jobs_open`` by status; ``contingent_database_up``.
"""

import time
from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contingent.store import Conference, Unusable
from contingent.web.guard.doors import METHODS

NO_ROUTE = "none"
"""Route of what no route answered to."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of how long requests take. [s]"""


class Metrics:
    """What one process counts.

    Parameters
    ----------
    conference : Conference
        Asked when the figures are asked for.
    """

    def __init__(self, conference: Conference) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.requests = Counter(
            "contingent_requests", "Requests that were answered.", ("method", "route", "status"), registry=self.registry)
        self.seconds = Histogram(
            "contingent_request_seconds", "How long requests took.", ("route",), buckets=BUCKETS, registry=self.registry)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.registry.register(_OfConference(conference))

    def text(self) -> bytes:
        """Return all figures as text."""
        return generate_latest(self.registry)


class _OfConference(Collector):
    """Figures of the conference, read when they are asked for."""

    def __init__(self, conference: Conference) -> None:
        self.conference = conference

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; where the database is out of reach, that alone."""
        up = GaugeMetricFamily("contingent_database_up", "Whether the database answers.")
        try:
            seq, count = self.conference.state().seq, self.conference.count()
            jobs = self.conference.jobs(are_open=True, limit=1000)
        except Unusable:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield GaugeMetricFamily("contingent_conference_seq", "Last entry of the history that changed a row.", value=seq)
        things = GaugeMetricFamily("contingent_conference_things", "How many there are.", labels=("what",))
        for what, number in count.items():
            things.add_metric([what], number)
        yield things
        open_jobs = GaugeMetricFamily("contingent_jobs_open", "Jobs that wait or run.", labels=("status",))
        for status in ("queued", "running"):
            open_jobs.add_metric([status], sum(job.status == status for job in jobs))
        yield open_jobs


class Counted:
    """Count requests.

    Parameters
    ----------
    app : ASGI application
        What is wrapped.
    metrics : Metrics
        Where they are counted.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and count it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        finally:
            found: Any = scope.get("route")
            route = str(getattr(found, "path", None) or NO_ROUTE)
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.metrics.requests.labels(method, route, str(status)).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - begun)
