"""The command: `python -m fuzz` runs so many inputs, guided and drawn, and says what became of them; `make fuzz`.

Each turn is a process of its own: one that an input ends or holds is noted as a crash, and the next one goes on.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson

from fuzz import record, tally
from fuzz.tally import Tally

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "build" / "fuzz"

TURNS: Final = {
    "pages": ["fuzz.guided", "pages"],
    "bodies": ["fuzz.guided", "bodies"],
    "drawn": ["fuzz.drawn"],
}
"""The kinds of turns: the module that runs one, and what it is told besides."""

_SHARES: Final = {"pages": 0.45, "bodies": 0.54, "drawn": 0.01}  # most bodies are refused at once
_MOST: Final = {"pages": 50_000, "bodies": 100_000, "drawn": 5_000}  # inputs of a turn
_HELD: Final = 300  # seconds without news of a turn, on a machine that may have much else to do
_TOLD_EVERY: Final = 10  # seconds


class Turn:
    """A process that runs a part of the inputs, of one kind."""

    def __init__(self, folder: Path, kind: str, count: int, seed: int) -> None:
        self.folder = folder / f"{kind}-{seed}"
        self.kind = kind
        self.count = count
        self.tally = Tally()
        self._news = time.monotonic()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        module, *more = TURNS[kind]
        command = [sys.executable, "-m", module, str(self.folder), str(count), str(seed), *more]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)  # noqa: S603 (our own modules)

    def going(self) -> bool:
        """Look at what it has come to; return whether it still runs. What ended it without need is kept."""
        running = self.process.poll() is None
        state = self.folder / "state.json"
        now = Tally.of(orjson.loads(state.read_bytes())) if state.exists() else self.tally
        if now.inputs > self.tally.inputs:
            self._news = time.monotonic()
        self.tally = now
        if running and time.monotonic() - self._news > _HELD:
            self.stop()
            self._broke(f"no news for {_HELD} s")
            return False
        if not running and self.process.returncode != 0:
            self._broke(f"the process ended with {self.process.returncode}")
        return running

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()

    def _broke(self, why: str) -> None:
        if (self.folder / "in-hand").exists() and (data := tally.in_hand(self.folder)):
            tally.keep(self.folder.parent / "found", "ended", data, f"{why}\n{self.folder / 'log'}\n")
        self.tally.crashes += 1
        if self.tally.inputs == 0:
            raise SystemExit(f"A turn could not start; {self.folder / 'log'} says why.")


class Run:
    """All turns of a run, `jobs` at a time."""

    def __init__(self, folder: Path, inputs: int, jobs: int) -> None:
        self.folder = folder
        self.inputs = inputs
        self.jobs = jobs
        self.done = {kind: Tally() for kind in TURNS}
        self.turns: list[Turn] = []

    def left(self, kind: str) -> int:
        """Return how many inputs of a kind no turn has taken yet."""
        return (
            round(self.inputs * _SHARES[kind])
            - self.done[kind].inputs
            - sum(turn.count for turn in self.turns if turn.kind == kind)
        )

    def parts(self) -> dict[str, Tally]:
        """Return what all turns have come to, by kind."""
        found = {kind: Tally() for kind in self.done}
        for kind, tally_so_far in [*self.done.items(), *((turn.kind, turn.tally) for turn in self.turns)]:
            found[kind].add(tally_so_far)
        return found

    def tally(self) -> Tally:
        """Return what all turns have come to."""
        total = Tally()
        for part in self.parts().values():
            total.add(part)
        return total

    def step(self, seed: int) -> bool:
        """Take note of turns that have ended and start new ones; return whether any goes on."""
        for turn in [turn for turn in self.turns if not turn.going()]:
            self.turns.remove(turn)
            self.done[turn.kind].add(turn.tally)
        # The kind of which less is done comes first, so that a run that is cut short has some of both.
        while len(self.turns) < self.jobs and any(self.left(kind) > 0 for kind in self.done):
            kind = max(self.done, key=lambda kind: self.left(kind) / max(1, self.done[kind].inputs + self.left(kind)))
            self.turns.append(Turn(self.folder, kind, min(self.left(kind), _MOST[kind]), seed + len(self.turns)))
        return bool(self.turns)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Feed the engine what nobody would write.")
    parser.add_argument("--inputs", type=int, default=20_000, help="how many (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after this time at the latest")
    parser.add_argument("--seed", type=int, default=1, help="for everything that is drawn by chance (default: 1)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it works and keeps what it finds")
    parser.add_argument("--resume", action="store_true", help="go on with the run that was cut short in the folder")
    parser.add_argument("--record", action="store_true", help="write fuzz/RESULTS.json and SECURITY.md's table from it")
    options = parser.parse_args(arguments)
    results = options.folder / "results.json"
    run = Run(options.folder, options.inputs, options.jobs)
    where, before = record.place(), 0.0
    if options.resume:
        run.done, before = record.read(results)
    else:
        shutil.rmtree(options.folder, ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no turn is left behind
    started, told = time.monotonic() - before, float("-inf")
    seed = options.seed * 1_000 + round(before)
    try:
        while run.step(seed) and time.monotonic() - started - before < options.seconds:
            seed += 1
            time.sleep(0.2)
            if time.monotonic() - told > _TOLD_EVERY:
                told = time.monotonic()
                print(_said(run.tally(), options.inputs, told - started), flush=True)
                record.write(results, where, run.parts(), time.monotonic() - started)
    finally:
        for turn in run.turns:
            turn.going()
            turn.stop()
    took = time.monotonic() - started
    total = run.tally()
    print(_said(total, options.inputs, took))
    record.write(results, where, run.parts(), took)
    if options.record:
        record.keep(results)
    found = sorted((options.folder / "found").glob("*.txt"))
    for path in found:
        print(f"{path.with_suffix('')}: {path.read_text(encoding='utf-8').splitlines()[-1]}", file=sys.stderr)
    return 1 if total.crashes or total.server_errors or total.slow else 0


def _said(total: Tally, inputs: int, seconds: float) -> str:
    return (
        f"{total.inputs:,} of {inputs:,} inputs in {seconds:,.0f} s: {total.crashes} crashes, "
        f"{total.server_errors} of status 5xx, {total.slow} slow (slowest {total.slowest_ms:,.0f} ms)"
    )


if __name__ == "__main__":
    sys.exit(main())
