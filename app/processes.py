"""What the processes of the service say together in their metrics, where there are several."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client keeps the figures of several processes; set by `__main__` before it is imported."""

_SUMMED: Final = frozenset(
    ("process_resident_memory_bytes", "process_virtual_memory_bytes", "process_cpu_seconds", "process_open_fds")
)
_GAUGES: Final = "gauge_live*_*.db"  # a file of each process that lives, or was killed


def several() -> bool:
    """Return whether this process is one of several."""
    return MULTIPROCESS in os.environ


def render() -> bytes:
    """Return all processes' metrics in Prometheus' text format."""
    from prometheus_client.multiprocess import MultiProcessCollector

    directory = Path(os.environ[MULTIPROCESS])
    for pid in gone(directory):
        forget(pid)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    together.register(_Resources(_pids(directory)))
    return generate_latest(together)


def gone(directory: Path) -> set[int]:
    """Return the processes whose gauges are still in `directory` though they were killed."""
    return {pid for pid in _pids(directory) if Path("/proc/self").exists() and not Path("/proc", str(pid)).exists()}


def forget(pid: int) -> None:
    """Take a process' gauges out of the sum; what it counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


class _Resources(Collector):
    """What the system says of several processes, added up."""

    def __init__(self, pids: set[int]) -> None:
        self.pids = pids

    def collect(self) -> Iterator[Metric]:
        """Yield each figure that can be added up."""
        summed: dict[str, Metric] = {}
        for metric in chain.from_iterable(map(_of, self.pids)):
            if metric.name in summed:
                sample = summed[metric.name].samples[0]
                summed[metric.name].samples[0] = sample._replace(value=sample.value + metric.samples[0].value)
            elif metric.name in _SUMMED:
                summed[metric.name] = metric
        yield from summed.values()


def _of(pid: int) -> Iterable[Metric]:
    return ProcessCollector(pid=lambda: pid, registry=None).collect()


def _pids(directory: Path) -> set[int]:
    return {int(path.stem.rpartition("_")[2]) for path in directory.glob(_GAUGES)}
