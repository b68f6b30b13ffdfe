"""ARCHITECTURE.md's promises: which way imports go, how long a module is, what is written down, what occurs nowhere."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = (
    {"labels", "errors", "bounds", "anchors", "concepts", "wording", "linked", "addresses", "wishes"},
    {"dom", "vocabulary", "tags", "metadata", "phrases", "estimators", "unseen"},
    {"elements", "head", "opened", "links", "text"},
    {"blocks", "selectors", "builder"},
    {
        "extents",
        "fragments",
        "hints",
        "places",
        "stamps",
        "markup",
        "names",
        "skeleton",
        "labelled",
        "overlays",
        "repeats",
    },
    {"context"},
    {"pagewide"},
    {"features", "clean", "plain", "walls", "breaks", "scan", "consent"},
    {"network", "hide", "fixes", "overrides", "markdown", "unscripted"},
    {"shape", "boxes", "sponsored", "listing"},
    {"judge", "rules"},
    {"model", "removal"},
    {"decision"},
    {"labeller"},
    {"reader", "reasons", "gates", "visible"},
    {"kinds"},
    {"page"},
)
"""The engine, lowest first: a module imports from lower layers only."""

ENGINE = set().union(*LAYERS)
OPEN = {"anchors", "bounds", "dom", "elements", "errors", "labeller", "labels", "model", "reader", "reasons", "unseen"}
OPEN |= {"judge", "metadata", "page", "wishes"}
"""What the envelope may use of the engine: `labeller`, what goes in and comes out, what more can be said."""

EDGE_ONLY = {"fastapi", "starlette", "pydantic", "pydantic_settings", "uvicorn", "prometheus_client", "httpx"}
EDGE_ONLY |= {"opentelemetry"}
"""What the engine knows nothing of: HTTP, the contract's documents, the operator's metrics."""

MOST_LINES = 250
PACKAGES = ("app", "training", "benchmarks", "scripts", "fuzz")
TEXT_NAMES = {"Makefile", "Dockerfile", "LICENSE", ".gitignore", ".dockerignore", ".editorconfig", "CURRENT", "run"}
TEXT_SUFFIXES = {
    ".py",
    ".md",
    ".toml",
    ".in",
    ".txt",
    ".json",
    ".jsonl",
    ".html",
    ".sh",
    ".yml",
    ".yaml",
    ".css",
    ".js",
    ".svg",
}
SHINGLE = 8

LONGER = {
    "problems": "a table of problems, each with the help that its page shows",
    "settings": "a row for each setting, with its reason",
}
"""Modules of app/ that may be longer, and why."""


def modules(package: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((ROOT / package).rglob("*.py"))}


@cache
def imported(path: Path) -> frozenset[str]:
    """Return the full names of all that a file imports, also inside functions and for type checkers only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            assert node.module is not None
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def siblings(path: Path) -> set[str]:
    """Return the modules of app/ that a file imports."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("app.")} & set(modules("app"))


def tracked() -> Iterator[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("no git work tree here")
    for name in listing.stdout.decode().rstrip("\0").split("\0"):
        path = ROOT / name
        if path.is_file():
            yield path


def tracked_texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix in TEXT_SUFFIXES or path.name in TEXT_NAMES:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("name", sorted(ENGINE))
def test_the_engine_imports_downwards_only(name: str) -> None:
    layer = next(number for number, names in enumerate(LAYERS) if name in names)
    below: set[str] = set().union(*LAYERS[:layer])
    assert siblings(modules("app")[name]) <= below


@pytest.mark.parametrize("name", sorted(ENGINE))
def test_the_engine_knows_neither_http_nor_pydantic(name: str) -> None:
    assert not roots(modules("app")[name]) & EDGE_ONLY


def test_the_envelope_uses_the_engine_through_its_door() -> None:
    taken = {name: (siblings(path) & ENGINE) - OPEN for name, path in modules("app").items() if name not in ENGINE}
    assert not {name: used for name, used in taken.items() if used}


def test_no_module_of_the_app_imports_another_in_a_circle() -> None:
    graph = {name: siblings(path) - {name} for name, path in modules("app").items()}
    assert set(TopologicalSorter(graph).static_order()) >= ENGINE


@pytest.mark.parametrize("name", sorted(modules("app")))
def test_the_app_imports_no_training_and_no_tooling(name: str) -> None:
    assert not roots(modules("app")[name]) & {
        "training",
        "benchmarks",
        "scripts",
        "fuzz",
        "tests",
        "tqdm",
        "matplotlib",
    }


@pytest.mark.parametrize("name", sorted(modules("training")))
def test_training_uses_the_engine_not_the_envelope(name: str) -> None:
    path = modules("training")[name]
    assert not roots(path) & ({"tests"} | EDGE_ONLY)
    assert siblings(path) <= ENGINE


def test_every_module_fits_on_a_few_screens() -> None:
    lengths = {
        f"{package}.{name}": len(path.read_text(encoding="utf-8").splitlines())
        for package in PACKAGES
        for name, path in modules(package).items()
        if not (package == "app" and name in LONGER)
    }
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES}


def test_every_module_opens_with_a_sentence() -> None:
    paths = [path for package in PACKAGES for path in modules(package).values() if path.stat().st_size]
    assert not [str(path) for path in paths if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_architecture_names_every_module(package: str) -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    names = {path.name for path in modules(package).values()} - {"__init__.py"}
    assert not {name for name in names if f"`{name}`" not in text and f"`{package}/{name}`" not in text}


def test_the_architecture_names_no_module_that_is_gone() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    there = {path.name for path in tracked()}
    assert not {name for name in re.findall(r"`(?:[a-z_]+/)*(\w+\.py)`", text) if name not in there}


def requirements(name: str) -> set[str]:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    names = (re.match(r"[A-Za-z0-9_.-]+", line) for line in lines if not line.startswith(("#", "-")))
    return {match[0].lower().replace("_", "-") for match in names if match}


def test_every_run_time_dependency_is_used_and_explained() -> None:
    distributions = packages_distributions()
    used = {
        distribution.lower().replace("_", "-")
        for path in modules("app").values()
        for name in roots(path) - set(sys.stdlib_module_names) - {"app", "opentelemetry"}
        for distribution in distributions.get(name, [name])
    }
    # uvicorn takes the first two by itself where they are installed; of the third only the files are served.
    # BeautifulSoup asks chardet where it is installed.
    unimported = {"httptools", "uvloop", "fastapi-offline", "chardet"}
    assert requirements("run.in") - unimported == used
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    explained = requirements("run.in") | requirements("otel.in") | requirements("sbom.in") | requirements("train.in")
    assert not {name for name in explained if f"`{name}`" not in text}


def test_only_tracing_imports_what_the_service_can_do_without() -> None:
    assert {name for name, path in modules("app").items() if "opentelemetry" in roots(path)} == {"tracing"}
    assert [name for name, path in modules("app").items() if "app.tracing" in imported(path)] == ["main"]


def test_what_the_security_rules_find_is_excused_with_a_reason_and_nowhere_in_the_app() -> None:
    excuses = {
        f"{package}.{name}": re.findall(r"# noqa:.*\bS\d+.*", path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for name, path in modules(package).items()
    }
    assert not {name: found for name, found in excuses.items() if found and name.startswith("app.")}
    assert not [line for found in excuses.values() for line in found if not re.search(r"S\d+ \(.+\)", line)]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in settings["select"]
    assert not [rule for rule in settings["ignore"] if rule.startswith("S") and rule[1:].isdigit()]
    excused = {
        folder
        for folder, rules in settings["per-file-ignores"].items()
        if any(r[1:].isdigit() and r[0] == "S" for r in rules)
    }
    assert excused == {"tests/**", "scripts/**", "fuzz/**"}


def test_locks_hold_hashes_for_everything_they_pin() -> None:
    for name in ("run.txt", "otel.txt", "sbom.txt", "dev.txt", "fuzz.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        pins = re.split(r"\n(?=\w)", "\n" + re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))[1:]
        assert len(pins) >= len(requirements(name.replace(".txt", ".in")))
        assert not [pin.splitlines()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin]


def test_the_development_lock_repeats_the_others() -> None:
    pins = {}
    for name in ("run.txt", "otel.txt", "sbom.txt", "dev.txt", "fuzz.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        pins[name] = set(re.findall(r"^(\S+==\S+)", text, flags=re.MULTILINE))
    assert pins["run.txt"] <= pins["otel.txt"] <= pins["dev.txt"] <= pins["fuzz.txt"]
    assert pins["sbom.txt"] <= pins["dev.txt"]


def test_no_tracked_file_names_where_packages_are_fetched() -> None:
    option = r"^\s*(?:--index-url|--extra-index-url|--find-links|--trusted-host|-i|-f)\b|^(?:extra-)?index-url\s*="
    lock = r'"resolved":\s*"http|^\s*(?:registry|url)\s*=\s*"?http'
    # Spelt so that this file does not match itself.
    hosts = "|".join(re.escape(host) for host in ("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org"))
    pattern = re.compile(f"{option}|{lock}|{hosts}", re.MULTILINE)
    found = {name: match[0] for name, text in tracked_texts() if (match := pattern.search(text))}
    assert not found


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_the_seed_occurs_nowhere(seed: Path) -> None:
    shingles = {
        run
        for path in seed.glob("*.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
        for run in _shingles(words(line))
    }
    assert len(shingles) > 100
    found = {
        name: " ".join(min(common)) for name, text in tracked_texts() if (common := shingles & _shingles(words(text)))
    }
    assert not found


def _shingles(text: list[str]) -> set[tuple[str, ...]]:
    return {tuple(text[start : start + SHINGLE]) for start in range(len(text) - SHINGLE + 1)}


def test_the_changelog_knows_this_version() -> None:
    import app

    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == app.__version__
    assert all(tuple(map(int, new.split("."))) > tuple(map(int, old.split("."))) for new, old in pairwise(versions))
