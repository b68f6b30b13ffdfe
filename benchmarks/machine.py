"""What the figures were measured on: processor, Python, libraries, date."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "scikit-learn", "selectolax", "lxml")


def description() -> str:
    """Return the machine, the versions and the date as a sentence each."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    threads = os.environ.get("OMP_NUM_THREADS", "not set")
    return (
        f"{datetime.now(UTC):%Y-%m-%d} (UTC). {processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}. Python {sys.version.split()[0]}, {libraries}. OMP_NUM_THREADS {threads}."
    )


def processor() -> str:
    """Return the processor's name, as the system gives it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
