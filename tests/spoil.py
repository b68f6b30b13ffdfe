"""Changes to a model's directory that it must not survive, or whose digests are made to fit."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.model import MANIFEST


def rewrite(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    manifest = json.loads((directory / MANIFEST).read_bytes())
    change(manifest)
    (directory / MANIFEST).write_text(json.dumps(manifest))


def replace(directory: Path, name: str, content: bytes) -> None:
    """Replace a file, and its digest in the manifest with it."""
    (directory / name).write_bytes(content)
    rewrite(directory, lambda manifest: manifest["sha256"].update({name: hashlib.sha256(content).hexdigest()}))
