import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training import measured
from training import floors, gate, trained
from training.corpus import Corpus
from training.floors import Floor, Floors, Lowered

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return the gate's command on a model, floors and (no) corpus in a folder of its own."""
    measured.model(tmp_path / "models", measured.metrics())

    def command(*arguments: str, corpus: Path = tmp_path / "none") -> int:
        paths = ("--models", str(tmp_path / "models"), "--floors", str(tmp_path / "floors.json"))
        return gate.main([*paths, "--corpus", str(corpus), *arguments])

    return command


def written(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "floors.json").read_text())


def by_figure(tmp_path: Path) -> dict[str, Any]:
    return {each["figure"]: each for each in written(tmp_path)["floors"]}


def worse(tmp_path: Path, value: float) -> None:
    """Give the model a macro F1 of this value."""
    figures = measured.metrics()
    figures["pages"]["macro_f1"] = measured.figure(value)
    measured.model(tmp_path / "models", figures)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "somebody")
    git(tmp_path, "config", "user.email", "somebody@example.test")
    return tmp_path


def commit(folder: Path) -> None:
    git(folder, "add", "floors.json")
    git(folder, "-c", "commit.gpgsign=false", "commit", "-q", "-m", "floors", "--no-verify")


def test_floors_lie_half_way_to_the_bad_end(run: Run, tmp_path: Path) -> None:
    assert run("--set") == 0
    found = by_figure(tmp_path)
    assert found["pages.macro_f1"]["minimum"] == 0.88
    assert found["pages.macro_f1"]["tolerance"] == 0.02
    assert found["text.content_f1"]["minimum"] == 0.78
    assert found["pages.content_hit_rate"]["maximum"] == 0.005
    assert found["calibration.expected_error"]["maximum"] == 0.016
    assert found["kinds.appeal.kind_right"]["minimum"] == 0.91
    assert found["languages.en.appeal_recall"]["minimum"] == 0.83
    assert "languages.?.appeal_recall" not in found
    assert all(each["why"] for each in found.values())
    assert written(tmp_path)["labels"] == measured.LABELS_DIGEST
    assert written(tmp_path)["lowered"] == []


@pytest.mark.parametrize(
    ("name", "value", "bound"),
    [
        ("found", 0.81, {"minimum": 0.75}),  # half-way to the bad end of the interval would be .71
        ("found", 0.74, {"minimum": 0.64}),  # what was promised is not kept: the floor holds what there is
        ("found", 0.99, {"minimum": 0.89}),
        ("false_alarms", 0.009, {"maximum": 0.01}),  # else .0115
        ("false_alarms", 0.012, {"maximum": 0.0145}),
        ("false_alarms", 0.002, {"maximum": 0.0045}),
    ],
)
def test_a_floor_is_no_laxer_than_what_was_promised_and_is_kept(
    run: Run, tmp_path: Path, name: str, value: float, bound: dict[str, float]
) -> None:
    figures = measured.metrics()
    figures["verdicts"]["gate"][name] = measured.figure(value, 0.2 if name == "found" else 0.005)
    measured.model(tmp_path / "models", figures)
    assert run("--set") == 0
    found = by_figure(tmp_path)[f"verdicts.gate.{name}"]
    assert {each: found[each] for each in bound} == bound
    assert run() == 0


def test_a_figure_within_its_tolerance_passes(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--set")
    worse(tmp_path, 0.88)
    assert run() == 0
    assert "0 faults" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("pages", "macro_f1"), 0.8799, "pages.macro_f1: 0.8799, and must be at least 0.8800"),
        (("text", "appeal_f1"), 0.5, "text.appeal_f1: 0.5000, and must be at least 0.7800"),
        (("pages", "content_hit_rate"), 0.0051, "pages.content_hit_rate: 0.0051, and must be at most 0.0050"),
        (("languages", "en", "appeal_recall"), 0.1, "languages.en.appeal_recall: 0.1000"),
    ],
)
def test_a_figure_beyond_its_floor_fails(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: tuple[str, ...], value: float, said: str
) -> None:
    run("--set")
    figures = measured.metrics()
    inner = figures
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = measured.figure(value)
    measured.model(tmp_path / "models", figures)
    assert run() == 1
    assert said in capsys.readouterr().err


def test_a_figure_that_is_gone_fails(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--set")
    figures = measured.metrics()
    del figures["languages"]["en"]
    measured.model(tmp_path / "models", figures)
    assert run() == 1
    assert "the model has no such figure" in capsys.readouterr().err


def test_files_must_fit_their_digests(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--set")
    (tmp_path / "models" / "1.2.3" / "vocabulary.txt").write_bytes(b"other words")
    (tmp_path / "models" / "1.2.3" / "model.skops").unlink()
    assert run() == 1
    said = capsys.readouterr().err
    assert "vocabulary.txt is not the file" in said
    assert "model.skops is missing" in said


def test_every_file_must_have_a_digest(tmp_path: Path) -> None:
    directory = measured.model(tmp_path, measured.metrics())
    manifest = json.loads((directory / "manifest.json").read_text())
    del manifest["sha256"]["metrics.json"]
    (directory / "manifest.json").write_text(json.dumps(manifest))
    assert trained.current(tmp_path).damage() == ["the manifest has no digest of metrics.json"]


def test_model_and_corpus_must_be_of_the_same_labels(
    run: Run, tmp_path: Path, tiny_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--set")
    assert run(corpus=tiny_corpus) == 1
    assert "the labels here are" in capsys.readouterr().err
    measured.model(tmp_path / "models", measured.metrics(), labels=Corpus(tiny_corpus).digest())
    assert run(corpus=tiny_corpus) == 1
    assert "the floors were set on labels 5e5e" in capsys.readouterr().err
    assert run("--set", corpus=tiny_corpus) == 0


def test_an_absent_corpus_is_said_to_be_absent(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--set") == 0
    assert "its labels are not compared" in capsys.readouterr().err


def test_setting_raises_floors_but_lowers_none(run: Run, tmp_path: Path) -> None:
    run("--set")
    worse(tmp_path, 0.885)
    assert run("--set") == 0
    assert by_figure(tmp_path)["pages.macro_f1"]["minimum"] == 0.88
    worse(tmp_path, 0.95)
    assert run("--set") == 0
    assert by_figure(tmp_path)["pages.macro_f1"]["minimum"] == 0.93
    assert written(tmp_path)["lowered"] == []


def test_setting_lowers_with_a_reason_only(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--set")
    before = (tmp_path / "floors.json").read_text()
    worse(tmp_path, 0.8)
    assert run("--set") == 2
    assert "pages.macro_f1 from 0.88 to 0.78" in capsys.readouterr().err
    assert (tmp_path / "floors.json").read_text() == before
    assert run("--set", "--why", "stricter labels") == 0
    (note,) = written(tmp_path)["lowered"]
    assert (note["figure"], note["from"], note["to"], note["why"]) == ("pages.macro_f1", 0.88, 0.78, "stricter labels")
    assert len(note["date"]) == 10


def test_a_floor_that_is_given_up_needs_a_reason(run: Run, tmp_path: Path) -> None:
    run("--set")
    figures = measured.metrics()
    del figures["languages"]["en"]
    measured.model(tmp_path / "models", figures)
    assert run("--set") == 2
    assert run("--set", "--why", "too few pages in this language") == 0
    assert written(tmp_path)["lowered"][0]["to"] is None
    assert "languages.en.appeal_recall" not in by_figure(tmp_path)


@pytest.mark.usefixtures("repository")
def test_a_floor_lowered_by_hand_does_not_pass(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--set")
    commit(tmp_path)
    text = (tmp_path / "floors.json").read_text()
    lower = text.replace('"minimum": 0.88', '"minimum": 0.8')
    assert lower != text
    (tmp_path / "floors.json").write_text(lower)
    assert run() == 1
    assert "the floor was at least 0.8800 and is at least 0.8000, without a note" in capsys.readouterr().err
    # Committing it does not help, nor another commit after that one, nor taking the file away and setting it anew.
    commit(tmp_path)
    assert run() == 1
    (tmp_path / "floors.json").write_text(lower.replace('"minimum": 0.8,', '"minimum": 0.81,'))
    commit(tmp_path)
    assert run() == 1
    worse(tmp_path, 0.83)
    (tmp_path / "floors.json").unlink()
    assert run("--set") == 1


@pytest.mark.usefixtures("repository")
def test_a_floor_lowered_with_a_note_passes(run: Run, tmp_path: Path) -> None:
    run("--set")
    commit(tmp_path)
    worse(tmp_path, 0.8)
    assert run("--set", "--why", "stricter labels") == 0
    commit(tmp_path)
    assert run() == 0
    # The note stays written down, ...
    document = written(tmp_path)
    (tmp_path / "floors.json").write_text(json.dumps({**document, "lowered": []}))
    assert run() == 1
    # ... and one that gives no reason is none.
    document["lowered"][0]["why"] = " "
    (tmp_path / "floors.json").write_text(json.dumps(document))
    assert run() == 1


@pytest.mark.usefixtures("repository")
def test_earlier_files_of_another_form_are_passed_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "floors.json").write_text('{"macro_f1": 0.99}')
    commit(tmp_path)
    (tmp_path / "floors.json").unlink()
    assert run("--set") == 0


def floor(bound: float, *, higher: bool = True) -> Floor:
    return Floor("f", higher, bound, 0.0, "why")


def held(bound: float | None, *notes: Lowered, higher: bool = True) -> Floors:
    return Floors("", {} if bound is None else {"f": floor(bound, higher=higher)}, notes)


NOTE = Lowered("f", "2026-01-01", 0.9, 0.8, "a reason")


@pytest.mark.parametrize(
    ("before", "now", "passes"),
    [
        (held(0.9), held(0.9), True),
        (held(0.9), held(0.95), True),
        (held(0.9), held(0.89), False),
        (held(0.9), held(0.8, NOTE), True),
        (held(0.9), held(0.85, NOTE), True),  # lowered with a note, then raised again
        (held(0.9), held(0.79, NOTE), False),  # further down than the note says
        (held(0.9, NOTE), held(0.8, NOTE), False),  # the note is of an earlier lowering
        (held(0.9), held(None), False),
        (held(0.9), held(None, NOTE), False),
        (held(0.9), held(None, Lowered("f", "2026-01-01", 0.9, None, "a reason")), True),
        (held(0.9), held(0.8, Lowered("g", "2026-01-01", 0.9, 0.8, "a reason")), False),
        (held(0.1, higher=False), held(0.09, higher=False), True),
        (held(0.1, higher=False), held(0.11, higher=False), False),
        (held(0.1), held(0.1, higher=False), False),
    ],
)
def test_what_counts_as_lowered(before: Floors, now: Floors, passes: bool) -> None:
    assert (floors.lowered_silently(before, now) == []) is passes


def test_floors_survive_their_file() -> None:
    found = Floors("abc", {"f": floor(0.9), "g": Floor("g", False, 0.1, 0.01, "ä")}, (NOTE,))
    assert floors.from_json(found.to_json()) == found


@pytest.mark.parametrize("text", ["no json", "[]", '{"labels": ""}', '{"labels": "", "floors": [{}], "lowered": []}'])
def test_a_broken_floors_file_is_refused(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "floors.json").write_text(text)
    assert run() == 2


def test_missing_files_name_the_command_that_makes_them(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 2
    assert "python -m training.gate --set" in capsys.readouterr().err
    metrics = tmp_path / "models" / "1.2.3" / "metrics.json"
    for broken in ("[]", "{"):
        metrics.write_text(broken)
        assert run() == 2
        assert "make train" in capsys.readouterr().err
    metrics.unlink()
    assert run() == 2
    assert "metrics.json: `make train` writes it" in capsys.readouterr().err
    (tmp_path / "models" / "CURRENT").unlink()
    assert run() == 2
    assert "make train" in capsys.readouterr().err


def test_without_git_nothing_is_compared(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert run("--set") == 0


def test_the_table_shows_what_does_not_hold(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--set")
    figures = measured.metrics()
    figures["pages"]["macro_f1"] = measured.figure(0.5)
    figures["pages"]["appeal_leak"] = measured.figure(0.5)
    measured.model(tmp_path / "models", figures)
    capsys.readouterr()
    run()
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["pages.macro_f1"].endswith("BELOW")
    assert lines["pages.appeal_leak"].endswith("ABOVE")
    assert lines["text.macro_f1"].endswith("ok")
