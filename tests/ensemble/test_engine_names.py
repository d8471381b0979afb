"""What `--engine` takes, and what it says to all else."""

import pytest

from contingent.ensemble import Engine, default_engine, parse_engine
from contingent.ensemble.engine import cores


@pytest.mark.parametrize(("text", "engine"), [
    ("here", Engine("here", workers=1)),
    ("threads:3", Engine("threads", workers=3)),
    ("processes:12", Engine("processes", workers=12)),
    ("threads", Engine("threads", workers=cores())),
    ("processes", Engine("processes", workers=cores())),
    ("tcp://scheduler:8786", Engine("cluster", workers=0, address="tcp://scheduler:8786")),
    ("tls://[::1]:8786", Engine("cluster", workers=0, address="tls://[::1]:8786")),
])
def test_what_it_takes(text: str, engine: Engine):
    assert parse_engine(text) == engine


@pytest.mark.parametrize(("text", "said"), [
    ("", "'' is no engine. Maybe 'here', 'threads' or 'threads:4'"),
    ("proceses", "'proceses' is no engine. Nearest: 'processes'. Maybe"),
    ("Here", "'Here' is no engine. Nearest: 'here'."),
    ("here:2", "'here:2' is no engine."),
    ("threads:", "'threads:' names no number of workers"),
    ("threads:0", "one of at least 1"),
    ("processes:-2", "one of at least 1"),
    ("processes:2.5", "names no number of workers"),
    ("processes:²", "names no number of workers"),
    ("tcp://scheduler", "is no address of a scheduler: one begins with tcp:// or tls:// and ends with a port"),
    ("tcp://:8786", "is no address of a scheduler"),
    ("tcp://scheduler:port", "is no address of a scheduler"),
    ("http://scheduler:8786", "is no address of a scheduler"),
    ("scheduler:8786", "is no engine"),
])
def test_what_it_refuses(text: str, said: str):
    with pytest.raises(ValueError, match=r"such as 'tcp://10\.0\.0\.5:8786'") as caught:
        parse_engine(text)
    assert said in str(caught.value)


def test_the_default_is_a_process_for_each_core(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("contingent.ensemble.engine.cores", lambda: 8)
    assert default_engine() == "processes:8"
    monkeypatch.setattr("contingent.ensemble.engine.cores", lambda: 1)
    assert default_engine() == "here"
