import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app import __main__ as start
from app import cli, keys, table
from app.rates import Rate
from tests import web
from tests.conftest import ROOT

PAGE = '<html lang=en><body class=x><nav><a href="/">home</a></nav><article><h1>The bell</h1><p>It rang.</p></article>'


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with web.serving() as (base, _):
        yield base


@pytest.fixture
def page(tmp_path: Path) -> str:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    return str(path)


@pytest.fixture(autouse=True)
def _model(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEGONE_MODEL_DIR", str(tiny_model))


def begone(*arguments: str) -> int:
    """Run the command in this process; return its exit status."""
    return cli.main(arguments, lambda: 77)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[list[Any], str]:
    out, err = capsys.readouterr()
    return [json.loads(line) for line in out.splitlines()], err


def test_a_file_is_answered_with_a_line_of_json(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert begone("label", page) == 0
    (answer,), err = said(capsys)
    assert err == ""
    assert answer["source"] == page
    assert answer["language"] == "en"
    assert [block["text"] for block in answer["blocks"]] == ["home", "The bell", "It rang."]
    assert "text" not in answer


def test_several_sources_are_answered_in_order_and_one_that_fails_does_not_stop_the_others(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("<one>\n\ntwo")
    assert begone("label", str(tmp_path / "none.html"), str(lines), str(tmp_path), page) == 1
    answers, err = said(capsys)
    assert [answer["source"] for answer in answers] == [str(lines), page]
    assert [block["text"] for block in answers[0]["blocks"]] == ["<one>", "two"]
    assert f"begone: {tmp_path / 'none.html'}: there is no such file; an address begins with http://" in err
    assert f"begone: {tmp_path}: cannot be read (Is a directory)" in err


@pytest.mark.slow
def test_jobs_label_in_processes_of_their_own(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert begone("label", page, "nothing.html", page, "--jobs", "2") == 1
    answers, err = said(capsys)
    assert [answer["source"] for answer in answers] == [page, page]
    assert "nothing.html: there is no such file" in err


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("<p>Река".encode("windows-1251"))))
    assert begone("label", "-", "--charset", "windows-1251", "--format", "text") == 0
    assert capsys.readouterr().out in {"Река\n", "\n"}  # whatever the model makes of it
    assert begone("label", "-", "-") == 2
    assert "can be read once only" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "begins"), [("html", "<"), ("markdown", ""), ("text", "")])
def test_the_content_alone(kind: str, begins: str, site: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert begone("label", f"{site}/page", "--allow-private", "--format", kind) == 0
    out = capsys.readouterr().out
    assert out.startswith(begins) or out == "\n"
    assert "{" not in out


def test_an_address_makes_links_absolute(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(page).write_text("<p><a href=/map>the map</a> and a long story about it</p>")
    assert begone("label", page, "--url", "https://x.test/a", "--include", "html,scores", "--include", "reasons") == 0
    (answer,), _ = said(capsys)
    if answer["blocks"][0]["label"] == "content":
        assert 'href="https://x.test/map"' in answer["html"]
    assert answer["blocks"][0]["scores"]
    assert "reasons" in answer["blocks"][0]


def test_a_page_is_fetched_from_this_machine_only_where_that_is_allowed(
    site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert begone("label", f"{site}/cyrillic") == 1
    assert "is a private address; --allow-private" in capsys.readouterr().err
    assert begone("label", f"{site}/cyrillic", f"{site}/lines", "--allow-private") == 0
    (answer, lines), _ = said(capsys)
    assert answer["blocks"][0]["text"] == "Река"
    assert [block["tag"] for block in lines["blocks"]] == [None, None]


def test_the_kind_of_input_may_be_given(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert begone("label", page, "--input", "text") == 0
    (answer,), _ = said(capsys)
    assert answer["blocks"][0]["text"].startswith("<html lang=en>")


def test_a_table_for_people(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(page).write_text("<body class=x><h1>\x1b[31mThe bell</h1><p>" + "long " * 100 + "</p><img src=a>")
    assert begone("label", page, "--format", "table") == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "�[31mThe bell" in out
    assert "<body>" in out
    assert "…" in out
    assert max(map(len, out.splitlines())) <= 120


def test_a_table_is_coloured_on_a_terminal() -> None:
    blocks = [{"label": "appeal", "kind": "donation", "score": 0.912, "text": "Please give", "tag": "p"}]
    answer = {"blocks": blocks, "counts": {"content": 0, "appeal": 1, "advert": 0, "navigation": 0}}
    out = io.StringIO()
    table.show(Console(file=out, force_terminal=True, color_system="standard", width=60, no_color=False), "x", answer)
    assert "\x1b[1;31mappeal" in out.getvalue()
    assert "0.91" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ((), "COMMAND"),
        (("label",), "PAGE"),
        (("label", "x", "--format", "pdf"), "invalid choice"),
        (("label", "x", "--jobs", "0"), "must be a number from 1 to 256"),
        (("label", "x", "--jobs", "many"), "must be a number from 1 to 256"),
        (("label", "x", "--timeout", "0"), "must be a number of seconds"),
        (("label", "x", "--timeout", "soon"), "must be a number of seconds"),
    ],
)
def test_wrong_use_is_explained(arguments: tuple[str, ...], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        begone(*arguments)
    assert ended.value.code == 2
    assert hint in capsys.readouterr().err


def test_what_cannot_be_included_is_explained(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert begone("label", page, "--include", "secrets") == 2
    assert "begone: include: Input should be 'anchors'" in capsys.readouterr().err


def test_a_setting_that_cannot_be_is_explained(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEGONE_MAX_BODY_BYTES", "many")
    assert begone("label", page) == 2
    assert "begone: BEGONE_MAX_BODY_BYTES: " in capsys.readouterr().err


def test_a_page_beyond_the_bounds_is_explained(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEGONE_MAX_BODY_BYTES", "20")
    assert begone("label", page) == 1
    assert "it has more than 20 bytes; BEGONE_MAX_BODY_BYTES" in capsys.readouterr().err
    monkeypatch.setenv("BEGONE_MAX_BODY_BYTES", "2000")
    monkeypatch.setenv("BEGONE_MAX_BLOCKS", "1")
    assert begone("label", page, "--url", "x" * 9_000) == 1
    assert "url: String should have at most 8192 characters" in capsys.readouterr().err
    assert begone("label", page) == 1
    assert "the page exceeds the limit of 1 for blocks" in capsys.readouterr().err


def test_a_model_that_is_none_is_explained(page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert begone("label", page, "--model", str(tmp_path)) == 2
    assert "begone: the model was refused: there is no manifest.json" in capsys.readouterr().err


def test_an_interrupt_ends_it(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    assert begone("label", page) == 130


def test_a_process_that_is_ended_from_outside_is_explained(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(*_: Any) -> Iterator[Any]:
        raise BrokenProcessPool
        yield

    monkeypatch.setattr(cli, "run", ended)
    assert begone("label", page) == 1
    assert "try fewer --jobs" in capsys.readouterr().err


def test_serve_starts_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert begone("serve") == 77
    monkeypatch.setattr(sys, "argv", ["begone", "--version"])
    with pytest.raises(SystemExit) as ended:
        start.begone()
    assert ended.value.code == 0


def test_help_teaches_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["label", "--help"]):
        with pytest.raises(SystemExit):
            begone(*arguments)
        out = capsys.readouterr().out
        assert "examples:" in out
        assert "begone label page.html" in out
    assert "Exit status: 0" in out


def test_the_command_runs_as_a_program_and_bears_a_closed_pipe(page: str) -> None:
    command = [sys.executable, "-m", "app", "label", *[page] * 40]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["source"] == page
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(120) == 0


def test_progress_is_shown_to_who_pipes_the_output(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Any] = []

    def track(outcomes: Any, *what: Any, **_: Any) -> Any:
        seen.append(what)
        return outcomes

    monkeypatch.setattr(cli, "track", track)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert begone("label", page, page) == 0
    assert begone("label", page) == 0
    assert seen == [("Labelling", 2)]
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize("rate", [None, "600/minute"])
def test_a_key_is_printed_once_and_below_it_what_is_kept(rate: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert begone("key", "reader", *(["--rate", rate] if rate else [])) == 0
    out, err = capsys.readouterr()
    key, line = out.splitlines()
    assert key not in err + line
    found = keys.Keys(line, None).find(key.encode())
    assert found is not None
    assert (found.name, found.rate) == ("reader", Rate(600, 60) if rate else None)


@pytest.mark.parametrize("arguments", [["re:der"], [""], ["r" * 65], ["reader", "--rate", "fast"], []])
def test_what_names_no_key_is_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        begone("key", *arguments)
    assert caught.value.code == 2
    assert "begone_" not in capsys.readouterr().out
