import os
import subprocess
import sys
from pathlib import Path

import pytest

import app
from app.labeller import Labeller
from app.model import Model
from tests import smallpage
from tests.conftest import ROOT
from training import train
from training.boxes import boxes
from training.corpus import Corpus
from training.invented import invented

AGAIN = """
import sys, warnings
from pathlib import Path
from training import train
warnings.filterwarnings("ignore", message="Got `batch_size`")
train.ROOT = Path(sys.argv[3])
sys.exit(train.main(["--corpus", sys.argv[1], "--out", sys.argv[2], "--jobs", "2"]))
"""


def test_without_a_corpus_the_command_says_how_to_name_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(["--corpus", str(tmp_path), "--out", str(tmp_path / "model")]) == 2
    assert "name its directory with --corpus" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_training_leaves_a_model_its_figures_and_the_list_of_its_mistakes(tiny_model: Path, tiny_corpus: Path) -> None:
    model = Model.load(tiny_model)
    assert model.version == app.__version__
    own = boxes()
    assert model.manifest["trained_on"] == {
        "corpus": Corpus(tiny_corpus).digest(),
        "pages": 40,
        "invented": len(invented()),
        "boxes": sum(map(len, own.values())),
        "box_languages": len(own),
        "seed": 0,
    }
    assert model.metrics["small"]["macro_f1"]["value"] > 0.6
    for what in ("pages", "text"):
        assert model.metrics[what]["macro_f1"]["value"] > 0.8
        assert model.metrics[what]["content_hit_rate"]["value"] < 0.1
    assert model.metrics["alignment"] == {"units": 805, "matched": 1.0}
    assert (tiny_corpus.parent / "root" / "build" / "mistakes.jsonl").exists()
    assert Labeller(model).label_html(smallpage.NEWS).blocks


def test_a_model_trained_elsewhere_is_not_served_by_default(tiny_model: Path) -> None:
    assert not (tiny_model.parent / "CURRENT").exists()


def test_the_same_corpus_and_seed_give_the_same_bytes_in_another_process(
    tiny_model: Path, tiny_corpus: Path, tmp_path: Path
) -> None:
    """Also with other hashes of strings, and with two processes at work instead of none."""
    out = tmp_path / "model"
    subprocess.run(
        [sys.executable, "-c", AGAIN, str(tiny_corpus), str(out), str(tmp_path / "root")],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "1234", "OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        timeout=180,
    )
    written = {path.name: path.read_bytes() for path in out.iterdir()}
    assert set(written) == {path.name for path in tiny_model.iterdir()}
    assert [name for name, content in written.items() if content != (tiny_model / name).read_bytes()] == []
