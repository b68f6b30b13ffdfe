"""What several tests share: where the shared material and the browser are, and whether a test may skip without them."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from tests import tiny

ROOT = Path(__file__).resolve().parent.parent
NOTHING_SKIPPED = os.environ.get("TESTS_MAY_NOT_SKIP") == "1"
"""Set by .ci/run where everything is there: a skipped test is then a broken set-up, and fails."""


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of the shared corpus (`CORPUS`, else ../shared/corpus); skip where there is none."""
    return _folder_or_skip(Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus")), "corpus")


@pytest.fixture(scope="session")
def seed() -> Path:
    """Return the folder of the seed page (`SEED`, else ../shared/seed); skip where there is none."""
    return _folder_or_skip(Path(os.environ.get("SEED", ROOT.parent / "shared" / "seed")), "seed")


@pytest.fixture(scope="session")
def chromium() -> tuple[str, str]:
    """Return the paths of Chromium and its driver; skip where they are not installed."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("no chromium and chromedriver on this machine")
    return browser, driver


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a corpus of our own making, small enough to train on in seconds."""
    return tiny.write(tmp_path_factory.mktemp("tiny") / "corpus")


@pytest.fixture(scope="session")
def tiny_model(tiny_corpus: Path) -> Path:
    """Return the folder of a model that was trained on the tiny corpus."""
    from training import train  # heavy, and few tests want it

    out = tiny_corpus.parent / "models" / "tiny"
    with tiny.fitting(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "ROOT", tiny_corpus.parent / "root")  # where the list of mistakes goes
        train.train(tiny_corpus, out, seed=0, jobs=1)
    return out


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that tests marked `anyio` run on: the one that serves."""
    return "asyncio"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if NOTHING_SKIPPED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be (TESTS_MAY_NOT_SKIP=1): {call.excinfo}"
    return report


def _folder_or_skip(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        pytest.skip(f"no shared {name} at {folder} (name it with {name.upper()}=...)")
    return folder
