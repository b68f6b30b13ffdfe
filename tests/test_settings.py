import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from app import __main__ as start
from app.bounds import Bounds
from app.settings import Settings, settings_table, unknown_variables, variable
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_the_readme_has_a_row_for_every_setting(name: str) -> None:
    row = next(line for line in settings_table().splitlines() if line.startswith(f"| `{variable(name)}` "))
    assert row in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_says_what_it_is_for(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert description.endswith(".")


def test_the_module_prints_the_table() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "app.settings"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert printed.stdout == settings_table()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEGONE_PORT", "9001")
    monkeypatch.setenv("BEGONE_MODEL_DIR", "/srv/model")
    monkeypatch.setenv("BEGONE_MAX_BODY_BYTES", "1000")
    settings = Settings()
    assert (settings.port, settings.model_dir, settings.max_body_bytes) == (9001, Path("/srv/model"), 1000)


def test_the_contracts_defaults() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.max_body_bytes) == ("127.0.0.1", 8000, 5_000_000)


def test_the_engines_bounds_have_one_default() -> None:
    settings = Settings()
    bounds = dataclasses.asdict(Bounds())
    assert {name: getattr(settings, name) for name in bounds} == bounds


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BEGONE_PORT", "65536"),
        ("BEGONE_WORKERS", "0"),
        ("BEGONE_MAX_IN_FLIGHT", "0"),
        ("BEGONE_DEADLINE_SECONDS", "0"),
        ("BEGONE_MAX_BODY_BYTES", "5MB"),
        ("BEGONE_LOG_LEVEL", "loud"),
        ("BEGONE_API_KEYS_FILE", "/nowhere/keys"),
        ("BEGONE_API_KEYS", ""),
        ("BEGONE_API_KEYS", "begone_a-key-itself"),
        ("BEGONE_RATE", "fast"),
        ("BEGONE_TRUSTED_PROXIES", "*"),
        ("BEGONE_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("BEGONE_CORS_ORIGINS", "*"),
        ("BEGONE_CORS_ORIGINS", "moz-extension://*"),
        ("BEGONE_ADMIN_PORT", "0"),
        ("BEGONE_ADMIN_PORT", "8000"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert start.main() == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{name}: ")
    assert "begone_a-key-itself" not in told


def test_any_extension_is_taken_where_keys_are_asked_for(tmp_path: Path) -> None:
    entry = "reader:" + "0" * 64
    path = tmp_path / "keys"
    path.write_text(entry)
    assert Settings(cors_origins="moz-extension://*", api_keys=entry).wants_keys
    assert Settings(cors_origins="moz-extension://*", api_keys_file=path).wants_keys


@pytest.mark.parametrize("value", ["off", "false", "0"])
def test_switches_may_be_words(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEGONE_DOCS", value)
    assert (Settings().docs, Settings().metrics) == (False, True)


def test_settings_do_not_change_while_serving() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_a_mistyped_variable_is_pointed_out() -> None:
    assert unknown_variables(["BEGONE_MAX_BODY", "BEGONE_PORT", "PATH", "BEGONE_QQQ"]) == [
        "BEGONE_MAX_BODY is no setting; did you mean BEGONE_MAX_BODY_BYTES?",
        "BEGONE_QQQ is no setting",
    ]


def test_the_environment_is_looked_through_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEGONE_PROT", "1")
    assert "BEGONE_PROT is no setting; did you mean BEGONE_PORT?" in unknown_variables()


BOUNDS = [name for name in Settings.model_fields if name.startswith("max_") or name.endswith("timeout_seconds")]


@pytest.mark.parametrize("name", [*BOUNDS, "deadline_seconds"])
def test_the_security_page_has_every_bound_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    assert f"| `{variable(name)}` | {default} | " in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
