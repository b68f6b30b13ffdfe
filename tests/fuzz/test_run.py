"""The runner, with turns that are over in a moment; and what is written down of a run."""

import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from fuzz import __main__ as runner
from fuzz import record, tally
from fuzz.tally import Outcome
from scripts import markers

TURNS = {"pages": ["tests.fuzz.turn"], "bodies": ["tests.fuzz.turn"], "drawn": ["tests.fuzz.turn"]}


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "TURNS", TURNS)
    monkeypatch.setattr("signal.signal", lambda *_: None)


def run(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    status = runner.main(["--folder", str(folder), *options])
    return status, orjson.loads((folder / "results.json").read_bytes())


def test_a_run_counts_its_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, results = run(tmp_path / "run", "--inputs", "1000", "--jobs", "2")
    assert status == 0
    assert {kind: results[kind]["inputs"] for kind in TURNS} == {"pages": 450, "bodies": 540, "drawn": 10}
    assert results["pages"]["outcomes"] == {"200": 450}
    assert "1,000 of 1,000 inputs" in capsys.readouterr().out


def test_a_run_that_was_cut_short_is_gone_on_with(tmp_path: Path) -> None:
    run(tmp_path / "run", "--inputs", "100")
    _, results = run(tmp_path / "run", "--inputs", "1000", "--resume")
    assert sum(results[kind]["inputs"] for kind in TURNS) == 1_000


def test_an_input_that_ends_the_process_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TURN_ENDS_AT", "30")
    status, results = run(tmp_path / "run", "--inputs", "100", "--seconds", "3")
    assert status == 1
    assert sum(results[kind]["crashes"] for kind in TURNS) >= 1
    kept = [path for path in (tmp_path / "run" / "found").iterdir() if path.suffix != ".txt"]
    assert kept[0].read_bytes() == b"input 30"
    assert str(kept[0]) in capsys.readouterr().err


def test_a_turn_that_cannot_start_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "TURNS", {kind: ["fuzz.nothing"] for kind in TURNS})
    with pytest.raises(SystemExit, match="could not start"):
        runner.main(["--folder", str(tmp_path / "run"), "--inputs", "10"])


def test_a_turn_that_stands_still_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURN_STOPS_AT", "250")
    turn = runner.Turn(tmp_path, "pages", 400, seed=1)
    ends = time.monotonic() + 60
    while turn.going() and turn.tally.inputs < 200:
        assert time.monotonic() < ends
        time.sleep(0.02)
    time.sleep(0.2)  # a moment for the fifty inputs that are left
    monkeypatch.setattr(runner, "_HELD", 0)
    assert not turn.going()
    assert turn.process.returncode != 0
    assert turn.tally.crashes == 1
    assert (tmp_path / "found").exists()


def test_what_breaks_a_promise_is_kept_once_for_each_place(tmp_path: Path) -> None:
    keeper = tally.Keeper(tmp_path / "turn")
    try:
        tally.in_hand(tmp_path / "nowhere")
    except OSError as caught:
        error = caught
    for data in (b"a", b"b"):
        keeper.take(data)
        keeper.give(data, Outcome("crash", 0.1, error, server_error=True))
    keeper.give(b"c", Outcome("200", 5.0))
    keeper.give(b"d", Outcome("internal-error", 0.1, server_error=True))
    assert tally.in_hand(tmp_path / "turn") == b"b"
    counted = keeper.tally
    assert (counted.inputs, counted.crashes, counted.server_errors, counted.slow) == (4, 2, 3, 1)
    assert counted.slowest_ms == 5_000
    kept = sorted(path.name.partition("-")[0] for path in (tmp_path / "found").glob("*.txt"))
    assert kept == ["crash", "error", "slow"]


def test_counts_are_added_and_read_again() -> None:
    first, second = tally.Tally(), tally.Tally()
    first.count(Outcome("200", 0.5))
    second.count(Outcome("malformed-json", 0.5))
    first.add(second)
    again = tally.Tally.of(orjson.loads(orjson.dumps(first.document())))
    assert again == first
    assert (again.inputs, again.slowest_ms, again.processor_seconds) == (2, 500, 1.0)


def test_the_recorded_run_is_in_the_security_page() -> None:
    results = orjson.loads(record.RESULTS.read_bytes())
    written = markers.filled(record.SECURITY.read_text(encoding="utf-8"), "fuzz")
    assert written.strip() == record.results_table(results).strip()


def test_the_recorded_run_broke_no_promise() -> None:
    results = orjson.loads(record.RESULTS.read_bytes())
    for kind in TURNS:
        assert (results[kind]["crashes"], results[kind]["server_errors"], results[kind]["slow"]) == (0, 0, 0)


def test_a_run_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    security = tmp_path / "SECURITY.md"
    security.write_text("<!-- fuzz:start -->\n<!-- fuzz:end -->\n", encoding="utf-8")
    monkeypatch.setattr(record, "RESULTS", tmp_path / "RESULTS.json")
    monkeypatch.setattr(record, "SECURITY", security)
    assert runner.main(["--folder", str(tmp_path / "run"), "--inputs", "100", "--record"]) == 0
    assert "100 inputs in one run" in security.read_text(encoding="utf-8")


def test_the_command_says_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        runner.main(["--help"])
    assert "--record" in capsys.readouterr().out
