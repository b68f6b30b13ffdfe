"""What a run has come to: how many inputs, what became of them, how long they took; and what was found, as files."""

import hashlib
import os
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import orjson

MOST_SECONDS: Final = 1.0
"""Processor time that an input of some kilobytes may take: a tenth of the service's deadline."""
_EVERY: Final = 200  # inputs between two writes of the state


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an input: `200` or the refusal's kind, and its processor time in seconds; `error` is a crash."""

    name: str
    seconds: float
    error: BaseException | None = None
    server_error: bool = False  # a status of 500 and above that is neither 503 nor 504


@dataclass(slots=True)
class Tally:
    """Counts of a run or a part of one."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    server_errors: int = 0
    slow: int = 0
    slowest_ms: float = 0
    processor_seconds: float = 0

    def count(self, outcome: Outcome) -> None:
        """Count one input."""
        self.inputs += 1
        self.outcomes[outcome.name] += 1
        self.crashes += outcome.error is not None
        self.server_errors += outcome.server_error
        self.slow += outcome.seconds > MOST_SECONDS
        self.slowest_ms = max(self.slowest_ms, round(1000 * outcome.seconds, 1))
        self.processor_seconds += outcome.seconds

    def add(self, other: "Tally") -> None:
        """Add another part of the run."""
        self.inputs += other.inputs
        self.outcomes += other.outcomes
        self.crashes += other.crashes
        self.server_errors += other.server_errors
        self.slow += other.slow
        self.slowest_ms = max(self.slowest_ms, other.slowest_ms)
        self.processor_seconds += other.processor_seconds

    def document(self) -> dict[str, Any]:
        """Return the counts for a JSON file."""
        counts = asdict(self) | {"outcomes": dict(self.outcomes.most_common())}
        return counts | {"processor_seconds": round(self.processor_seconds, 1)}

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Return the counts that a document holds."""
        known = {name: document[name] for name in cls.__slots__}
        return cls(**known | {"outcomes": Counter(known["outcomes"])})


def write(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON file that is never half there."""
    new = path.with_suffix(".new")
    new.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    new.replace(path)


class Keeper:
    """What a fuzzing process writes down: its counts, the input in hand, and each input that broke a promise.

    The input in hand lies in a file while it runs, so that one that ends the process is not lost with it.
    """

    def __init__(self, folder: Path) -> None:
        self.tally = Tally()
        self.folder = folder
        self.state = folder / "state.json"
        folder.mkdir(parents=True, exist_ok=True)
        self._in_hand = os.open(folder / "in-hand", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        self._known: set[str] = set()

    def take(self, data: bytes) -> None:
        """Note the input that is about to run."""
        os.pwrite(self._in_hand, len(data).to_bytes(4, "big") + data, 0)

    def give(self, data: bytes, outcome: Outcome) -> None:
        """Count an input that has run, and keep it if it was one to look at."""
        self.tally.count(outcome)
        if outcome.error is not None:
            self._keep("crash", data, "".join(traceback.format_exception(outcome.error)))
        elif outcome.server_error:
            self._keep("error", data, outcome.name)
        elif outcome.seconds > MOST_SECONDS:
            self._keep("slow", data, f"{outcome.seconds:.3f} s")
        if self.tally.inputs % _EVERY == 0:
            self.write()

    def write(self) -> None:
        """Write the counts down."""
        write(self.state, self.tally.document())

    def _keep(self, what: str, data: bytes, why: str) -> None:
        place = "\n".join(line for line in why.splitlines() if "/app/" in line)
        if (what + place) in self._known:
            return  # once for each place in the code
        self._known.add(what + place)
        keep(self.folder.parent / "found", what, data, why)


def in_hand(folder: Path) -> bytes:
    """Return the input that a process was at when it ended."""
    held = (folder / "in-hand").read_bytes()
    return held[4 : 4 + int.from_bytes(held[:4], "big")]


def keep(folder: Path, what: str, data: bytes, why: str) -> None:
    """Keep an input and what it did, as two files named after it."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{what}-{hashlib.sha256(data).hexdigest()[:12]}"
    (folder / name).write_bytes(data)
    (folder / f"{name}.txt").write_text(why, encoding="utf-8", errors="replace")
