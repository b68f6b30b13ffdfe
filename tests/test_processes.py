import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.observe import Metrics
from app.processes import MULTIPROCESS, gone
from tests.conftest import ROOT

PROCESS = """
import sys
from app.observe import Metrics, Record

metrics = Metrics()
metrics.in_flight.inc()
metrics.model.labels("m", "1").set(1)
metrics.count(Record("r", status=200), route="/x", method="GET", seconds=1)
sys.stdout.write(metrics.render().decode() + "END\\n")
sys.stdout.flush()
if sys.stdin.readline() == "close\\n":
    metrics.close()
    sys.stdout.write(metrics.render().decode())
"""


def test_several_processes_metrics_are_added_up(tmp_path: Path) -> None:
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {MULTIPROCESS: str(tmp_path)},
            cwd=ROOT,
        )

    def rendered(process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return "".join(iter(process.stdout.readline, "END\n"))

    requests = 'begone_requests_total{method="GET",route="/x",status="200"}'
    with start() as first:
        assert f"{requests} 1.0" in rendered(first)
        with start() as second:
            together = rendered(second)
            assert f"{requests} 2.0" in together
            assert "begone_in_flight 2.0" in together
            assert 'begone_model_info{name="m",version="1"} 1.0' in together
            assert float(re.findall(r"^process_resident_memory_bytes (.+)$", together, re.MULTILINE)[0]) > 2e7
            assert "process_cpu_seconds_total " in together
            assert "process_start_time_seconds" not in together  # nothing that could be added up
            # One that ends takes its gauges out of the sum; what it counted stays.
            last, _ = second.communicate("close\n")
            assert f"{requests} 2.0" in last
            assert "begone_in_flight 1.0" in last
        first.kill()
    with start() as third:
        # One that was killed could not; it is found out.
        assert "begone_in_flight 1.0" in rendered(third)
        third.communicate("")


def test_the_metrics_of_all_processes_are_read_where_there_are_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gauge_livesum_999999999.db").touch()
    monkeypatch.setenv(MULTIPROCESS, str(tmp_path))
    metrics = Metrics()
    metrics.in_flight.inc()
    assert b"begone" not in metrics.render()  # this process was not started as one of several: it has written nothing
    assert not list(tmp_path.iterdir())
    (tmp_path / f"gauge_livesum_{os.getpid()}.db").touch()
    metrics.close()
    assert not list(tmp_path.iterdir())


def test_without_a_list_of_processes_none_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gauge_livesum_999999999.db").touch()
    assert gone(tmp_path) == {999_999_999}
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert gone(tmp_path) == set()
