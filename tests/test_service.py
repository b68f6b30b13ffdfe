import asyncio
import threading
from pathlib import Path

import pytest

from app import service as services
from app.answers import HTML, Post
from app.canary import STORY, check
from app.errors import ModelRefused
from app.labeller import Labeller
from app.main import create_app
from app.observe import Metrics
from app.problems import NotReady
from app.service import Service, model_directory
from app.settings import Settings
from app.worker import MAX_STUCK
from tests.envelope import client, fake_labeller, result, until

pytestmark = pytest.mark.anyio

POST = Post(HTML, None, b"<p>Hello")


async def test_pages_wait_for_the_model_that_is_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()

    def load(_: Settings) -> Labeller:
        loaded.wait()
        return fake_labeller()

    monkeypatch.setattr(services, "load", load)
    async with client(create_app(Settings())) as http:
        assert (await http.get("/healthz")).status_code == 200
        early = await http.get("/readyz")
        assert early.status_code == 503
        assert early.json()["type"] == "/problems/not-ready"
        assert early.headers["retry-after"] == "1"
        assert (await http.get("/v1/model")).status_code == 503
        waiting = asyncio.create_task(
            http.post("/v1/label", content=b"<p>Hello", headers={"content-type": "text/html"})
        )
        await asyncio.sleep(0.05)
        assert not waiting.done()
        loaded.set()
        assert (await waiting).json()["counts"]["content"] == 1
        assert (await http.get("/readyz")).status_code == 200
        assert b'begone_model_info{name="fake",version="0.0.1"} 1.0' in (await http.get("/metrics")).content


@pytest.mark.parametrize(
    ("error", "logged"), [(ModelRefused("altered"), "altered"), (ImportError("no such library"), "ImportError")]
)
async def test_a_model_that_cannot_be_loaded_leaves_the_process_unready(
    error: Exception, logged: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load(_: Settings) -> Labeller:
        raise error

    monkeypatch.setattr(services, "load", load)
    service = Service(Settings(), Metrics())
    service.start()
    await until(lambda: service.failed)
    for asked in (service.label(POST), service.check()):
        with pytest.raises(NotReady, match="refused when it was loaded"):
            await asked
    service.stop()
    record = next(record for record in caplog.records if record.levelname == "ERROR")
    told = getattr(record, "fields", None) or {"reason": record.exc_info and record.exc_info[0].__name__}  # type: ignore[union-attr]
    assert told == {"reason": logged}


async def test_those_who_ask_at_once_share_one_canary() -> None:
    labelled: list[str] = []
    service = Service(Settings(), Metrics(), fake_labeller(labelled.append))
    await asyncio.gather(*(service.check() for _ in range(50)))
    assert len(labelled) == 1
    await service.check()
    assert len(labelled) == 2
    service.stop()


async def test_a_process_with_too_many_stuck_threads_asks_to_be_replaced() -> None:
    held = threading.Event()
    app = create_app(Settings(deadline_seconds=0.02), fake_labeller(lambda _: held.wait()))
    worker = app.state.service.worker
    async with client(app) as http:
        for stuck in range(1, MAX_STUCK + 1):
            answered = await http.post("/v1/label", content=b"x", headers={"content-type": "text/html"})
            assert answered.status_code == 504
            await until(lambda stuck=stuck: worker.stuck == stuck)  # type: ignore[misc]
        refused = [await http.get("/healthz"), await http.get("/readyz")]
        refused.append(await http.post("/v1/label", content=b"x", headers={"content-type": "text/html"}))
        assert [(one.status_code, one.json()["type"]) for one in refused] == [(503, "/problems/not-ready")] * 3
        assert b"begone_stuck_threads 4.0" in (await http.get("/metrics")).content
        held.set()
        await until(lambda: worker.healthy)
        assert (await http.get("/healthz")).status_code == 200


def test_the_canary_is_passed_by_a_labeller_in_its_right_mind() -> None:
    assert check(fake_labeller()) is None


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"label": "appeal", "kind": "other"}, "a paragraph of the story that is not labelled content"),
        ({"label": "spam"}, "an unknown label"),
        ({"kind": "donation"}, "an unknown label"),
        ({"score": float("nan")}, "a score that is no probability"),
        ({"score": 1.5}, "a score that is no probability"),
    ],
)
def test_the_canary_notices(change: dict[str, object], wrong: str) -> None:
    assert check(fake_labeller(always=result(list(STORY), **change))) == wrong


def test_the_canary_notices_counts_that_are_off() -> None:
    made = result(list(STORY))
    made.counts["advert"] += 1
    assert check(fake_labeller(always=made)) == "counts that do not add up"


def test_an_empty_answer_to_the_canary_is_noticed() -> None:
    assert check(fake_labeller(always=result([]))) == "a paragraph of the story that is not labelled content"


async def test_a_failed_canary_is_unready() -> None:
    async with client(create_app(Settings(), fake_labeller(always=result([])))) as http:
        answered = await http.get("/readyz")
    assert answered.status_code == 503
    assert "not labelled content" in answered.json()["detail"]


def test_the_setting_names_the_model(tmp_path: Path) -> None:
    assert model_directory(Settings(model_dir=tmp_path)) == tmp_path


def test_current_names_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MODELS", tmp_path)
    monkeypatch.delenv("BEGONE_MODEL_DIR", raising=False)
    with pytest.raises(ModelRefused, match="BEGONE_MODEL_DIR"):
        model_directory(Settings())
    (tmp_path / "CURRENT").write_text("2.1.0\n")
    assert model_directory(Settings()) == tmp_path / "2.1.0"
