"""The model in `models/` that is served by default, with what was measured of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.model import ESTIMATORS, MANIFEST, METRICS, WORDS

ROOT: Final = Path(__file__).resolve().parent.parent
MODELS: Final = ROOT / "models"
CORPUS: Final = ROOT.parent / "shared" / "corpus"
CURRENT: Final = "CURRENT"
_FILES: Final = (ESTIMATORS, WORDS, METRICS)


class Missing(Exception):
    """A file is not there or cannot be read; the message says which command makes it."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model's directory with its manifest and its metrics."""

    directory: Path
    manifest: Mapping[str, Any]
    metrics: Mapping[str, Any]

    def damage(self) -> list[str]:
        """Return which files are not those that the manifest has digests of, as sentences."""
        digests = self.manifest.get("sha256", {})
        found = [
            f"the manifest has no digest of {name}" for name in (ESTIMATORS, WORDS, METRICS) if name not in digests
        ]
        for name, digest in sorted(digests.items()):
            path = self.directory / name
            if not path.is_file():
                found.append(f"{path} is missing, and the manifest names it: make train")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                found.append(f"{path} is not the file that the manifest's digest was made of: make train")
        return found


def current(models: Path = MODELS) -> Trained:
    """Return the model that `models/CURRENT` names; `Missing` where there is none."""
    pointer = models / CURRENT
    if not pointer.is_file():
        raise Missing(f"there is no {pointer}: `make train` makes a model, and this file names the one that is served")
    return read(models / pointer.read_text(encoding="utf-8").strip())


def read(directory: Path) -> Trained:
    """Return the model in a directory; `Missing` where one of its files is not there or holds no JSON object."""
    return Trained(directory, _object(directory / MANIFEST), _object(directory / METRICS))


def _object(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise Missing(f"there is no {path}: `make train` writes it") from None
    except ValueError as error:
        raise Missing(f"{path} is no JSON ({error}): `make train` writes it anew") from error
    if not isinstance(found, dict):
        raise Missing(f"{path} holds no JSON object: `make train` writes it anew")
    return found
