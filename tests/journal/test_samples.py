"""The sample store: what was measured, read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.errors import StorageFull
from cockpit.journal.samples import Samples
from tests.journal.tmpfs import fill, mounted

STORED: list[Reading] = [
    Sample(10.0, 1.5),
    Gap(20.0, "no data", "an empty list"),
    Gap(30.0, "error", "connection refused"),
    Sample(40.0, -0.0),
]


@pytest.fixture
def samples(tmp_path: Path) -> Samples:
    return Samples(tmp_path / "samples")


def store(samples: Samples, readings: list[Reading], metric: str = "errors", host: str = "web-1") -> None:
    for reading in readings:
        samples.append(metric, host, reading)


def test_what_was_stored_is_read_back_and_why_there_was_nothing_is_left_out(samples: Samples) -> None:
    store(samples, STORED)
    assert list(samples.since("errors", "web-1", 0.0)) == [
        Sample(10.0, 1.5),
        Gap(20.0, "no data", "no data then"),
        Gap(30.0, "error", "an error then"),
        Sample(40.0, 0.0),
    ]


def test_hosts_and_metrics_have_files_of_their_own(samples: Samples) -> None:
    store(samples, STORED[:1])
    store(samples, STORED[3:], host="web-2")
    assert [reading.at for reading in samples.since("errors", "web-2", 0.0)] == [40.0]
    assert list(samples.since("latency", "web-1", 0.0)) == []


@given(moments=st.lists(st.floats(0, 1e6), unique=True, max_size=40), since=st.floats(0, 1e6))
def test_readings_from_a_moment_on_are_found(
    tmp_path_factory: pytest.TempPathFactory, moments: list[float], since: float
) -> None:
    samples = Samples(tmp_path_factory.mktemp("samples"))
    store(samples, [Sample(at, 1.0) for at in sorted(moments)])
    assert [reading.at for reading in samples.since("errors", "web-1", since)] == sorted(
        at for at in moments if at >= since
    )
    samples.close()


def test_half_a_reading_that_a_crash_left_is_cut_off(samples: Samples) -> None:
    store(samples, STORED[:1])
    with samples.path("errors", "web-1").open("ab") as file:
        file.write(b"halfofit")
    assert len(list(samples.since("errors", "web-1", 0.0))) == 1
    again = Samples(samples.path("errors", "web-1").parent)
    store(again, STORED[3:])
    assert [reading.at for reading in again.since("errors", "web-1", 0.0)] == [10.0, 40.0]


def test_files_are_private_and_have_no_names_that_somebody_chose(samples: Samples) -> None:
    store(samples, STORED, metric="../../errors")
    path = samples.path("../../errors", "web-1")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.name.isalnum()


def test_more_files_than_may_be_open(tmp_path: Path) -> None:
    samples = Samples(tmp_path / "samples", open_files=2)
    for turn in (1.0, 2.0):
        for number in range(5):
            samples.append("errors", f"web-{number}", Sample(turn, number))
    assert [list(samples.since("errors", f"web-{number}", 0.0)) for number in range(5)] == [
        [Sample(1.0, number), Sample(2.0, number)] for number in range(5)
    ]


def test_full_disk_stores_nothing_of_a_reading(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", megabytes=1) as folder:
        samples = Samples(folder)
        store(samples, STORED[:1])
        store(samples, [Sample(100.0 + number, 1.0) for number in range(255)])  # all of its first block
        fill(folder)
        with pytest.raises(StorageFull):
            samples.append("errors", "web-1", Sample(400.0, 1.0))
        assert samples.path("errors", "web-1").stat().st_size % 16 == 0
        (folder / "ballast").unlink()
        samples.append("errors", "web-1", Sample(5000.0, 2.0))
        assert list(samples.since("errors", "web-1", 4000.0)) == [Sample(5000.0, 2.0)]
        samples.close()
