"""API keys: who may ask. Kept as hashes under names, and read again when their file changes.

A key is 256 random bits, so SHA-256 is the right hash for it: slow, salted hashes protect what people choose, which can
be guessed; this cannot. A slow hash would only be a way to keep the processor busy for who sends wrong keys.
"""

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.rates import Rate

logger = logging.getLogger("begone")

LOOK_SECONDS: Final = 1.0
"""How long a file of keys is taken for unchanged after a look at it."""

NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ENTRY: Final = re.compile(rf"({NAME.pattern}):([0-9a-fA-F]{{64}})(?::(\S+))?")
_MOST: Final = 1_000  # each is compared with, and each name may become a series of the metrics
_MOST_BYTES: Final = 1_000_000

Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key: its owner's name, its hash, and a rate if it has one of its own."""

    name: str
    digest: bytes
    rate: Rate | None = None


def make() -> str:
    """Return a new key; the prefix lets scanners find one that got into a repository."""
    return f"begone_{secrets.token_urlsafe(32)}"


def entry(name: str, key: str, rate: str | None = None) -> str:
    """Return the line by which a file knows `key`."""
    return ":".join([name, hashlib.sha256(key.encode()).hexdigest(), *([rate] if rate else [])])


def read(text: str) -> tuple[Key, ...]:
    """Return the keys that `text` lists: `NAME:SHA256` or `NAME:SHA256:RATE`, white space between, comments from `#`.

    A name may have several keys, so that one can be changed for another. Raises ValueError, which quotes nothing: what
    stands in the wrong place may be a key.
    """
    found: dict[bytes, Key] = {}
    for number, one in enumerate(re.sub("#.*", "", text).split(), 1):
        match = _ENTRY.fullmatch(one)
        if match is None:
            raise ValueError(f"entry {number} is not NAME:SHA256 or NAME:SHA256:RATE (`begone key NAME` makes one)")
        try:
            rate = Rate.read(match[3]) if match[3] else None
        except ValueError as error:
            raise ValueError(f"entry {number}: {error}") from None
        key = Key(match[1], bytes.fromhex(match[2]), rate)
        if key.digest in found:
            raise ValueError(f"entry {number} repeats a key")
        found[key.digest] = key
    if not found:
        raise ValueError("no key is listed")
    if len(found) > _MOST:
        raise ValueError(f"more than {_MOST:,} keys are listed")
    return tuple(found.values())


def read_file(path: Path) -> tuple[Key, ...]:
    """Return the keys that a file lists. Raises ValueError, also when it cannot be read."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"the file cannot be read ({error.strerror})") from None
    if len(content) > _MOST_BYTES:
        raise ValueError(f"the file has more than {_MOST_BYTES:,} bytes")
    try:
        return read(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8") from None


class Keys:
    """The keys that are good now: those `fixed` by the environment and those of a file, which may change meanwhile.

    A file that is gone or broken takes nobody's key away: those known before stay good, and the log says so.
    """

    def __init__(self, fixed: str | None, path: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._fixed = read(fixed) if fixed is not None else ()
        self._path = path
        self._clock = clock
        self._look_from = clock() + LOOK_SECONDS
        self._stamp = _stamp(path) if path is not None else None
        self._filed = read_file(path) if path is not None else ()

    def find(self, given: bytes) -> Key | None:
        """Return the key that was `given`, or None. How long that takes tells nothing of any key."""
        self._look()
        digest = hashlib.sha256(given).digest()
        found = None
        for key in (*self._fixed, *self._filed):
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    def _look(self) -> None:
        if self._path is None or self._clock() < self._look_from:
            return
        self._look_from = self._clock() + LOOK_SECONDS
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp  # taken before the file is read: what is written meanwhile is found by the next look
        try:
            self._filed = read_file(self._path)
        except ValueError as error:
            logger.warning("API keys not read anew, the old ones stay", extra={"fields": {"reason": str(error)}})
        else:
            logger.info("API keys read anew", extra={"fields": {"keys": len(self._filed)}})


def _stamp(path: Path) -> Stamp | None:
    """Return what changes when the file does, also when it is replaced, or made readable; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev
