"""Carry out the Dockerfile's steps without a Docker engine: `make docker-steps`.

A scratch folder plays the root of both stages' file systems. COPY takes only what .dockerignore lets through, RUN runs
with the image's paths moved below the scratch folder and this machine's Python for the image's, CMD starts the service
from a tree it cannot write to (as the image's user, where we are root). Then the HEALTHCHECK's own command must succeed
and the model be ready. What this does not show: that the base image exists, and what is in it.
"""

import contextlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scripts.dockerfile import Instruction, Stage, stages

ROOT: Final = Path(__file__).resolve().parent.parent
START_SECONDS: Final = 30


class Box:
    """The scratch folder, and the environment that ENV builds up in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {"PATH": f"{root}/base:{os.defpath}", "HOME": str(root)}
        self.directory = root
        # Ours keeps everything back but what it names.
        ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        self.let_through = {line[1:] for line in ignore if line.startswith("!")}
        # How pip reaches its index is this machine's affair.
        self.environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        # The base image's `python`.
        python = root / "base" / "python"
        python.parent.mkdir()
        python.write_text(f'#!/bin/sh\nexec {base_python()} "$@"\n', encoding="utf-8")
        python.chmod(0o755)

    def moved(self, text: str) -> str:
        """Return `text` with every absolute path below /opt or /build moved into the box."""
        return re.sub(r"(?<![\w./])/(?=(?:opt|build)\b)", f"{self.root}/", text)

    def copy(self, instruction: Instruction) -> None:
        """Carry out COPY; `LookupError` where .dockerignore keeps the source back or no stage has made it.

        From another stage there is nothing to do: both stages have the same root here.
        """
        *sources, target = instruction.words()
        if sources[0].startswith("--from="):
            if not Path(self.moved(target)).exists():
                raise LookupError(f"no stage has made {target}")
            return
        for source in sources:
            if source not in self.let_through:
                raise LookupError(f".dockerignore keeps {source} back")
            destination = Path(self.moved(target))
            if target.endswith("/"):
                destination /= Path(source).name
            destination.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, destination, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / source, destination)

    def set(self, instruction: Instruction) -> None:
        """Carry out ENV, or ARG with its default."""
        for word in instruction.words():
            name, _, value = word.partition("=")
            self.environment[name] = self.moved(value).replace("$PATH", self.environment["PATH"])

    def run(self, instruction: Instruction) -> None:
        """Carry out RUN; `CalledProcessError` where it fails."""
        command = ["/bin/sh", "-euc", self.moved(instruction.value)]
        subprocess.run(command, check=True, env=self.environment, cwd=self.directory)

    def play(self, stage: Stage) -> None:
        """Carry out a stage's instructions, in order."""
        for instruction in stage.instructions:
            print(f"{instruction.name} {instruction.value[:100]}", flush=True)
            match instruction.name:
                case "COPY":
                    self.copy(instruction)
                case "ENV" | "ARG":
                    self.set(instruction)
                case "RUN":
                    self.run(instruction)
                case "WORKDIR":
                    self.directory = Path(self.moved(instruction.value))
                    self.directory.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def started(self, stage: Stage) -> Iterator[subprocess.Popen[bytes]]:
        """Start the stage's CMD as its USER; stop it at the end."""
        owner = {}
        if os.geteuid() == 0:
            user, group = (int(number) for number in stage.last("USER").value.split(":"))
            owner = {"user": user, "group": group, "extra_groups": []}
        command = self._found(stage.last("CMD").words())
        with subprocess.Popen(command, env=self.environment, cwd=self.directory, **owner) as process:  # type: ignore[call-overload]
            try:
                yield process
            finally:
                process.terminate()

    def healthy(self, stage: Stage) -> bool:
        """Return whether the stage's HEALTHCHECK succeeds now."""
        command = stage.last("HEALTHCHECK").value.partition("CMD ")[2]
        words = self._found(Instruction("CMD", command).words())
        check = subprocess.run(words, env=self.environment, cwd=self.directory, check=False, stderr=subprocess.DEVNULL)
        return check.returncode == 0

    def _found(self, words: list[str]) -> list[str]:
        """Return `words` with the program's full path, looked up in the box's PATH, not in ours."""
        return [shutil.which(words[0], path=self.environment["PATH"]) or words[0], *words[1:]]


def base_python() -> str:
    """Return a Python that can stand for the base image's: with pip, and if possible outside root's own folders."""
    own = f"{sys.base_prefix}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in ("/usr/local/bin/python3", "/usr/bin/python3"):
        code = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
        if (
            Path(candidate).exists()
            and subprocess.run([candidate, "-c", code], check=False, capture_output=True).returncode == 0
        ):
            return candidate
    return own


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Play the Dockerfile; return 0 where the service became healthy."""
    build, final = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="begone-image-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        box = Box(root)
        box.play(build)
        box.play(final)
        box.environment |= {"BEGONE_HOST": "127.0.0.1", "BEGONE_PORT": str(free_port())}
        subprocess.run(["/bin/chmod", "-R", "a-w,a+rX", root / "opt"], check=True)
        try:
            return _serve(box, final)
        finally:
            subprocess.run(["/bin/chmod", "-R", "u+w", root / "opt"], check=True)


def _serve(box: Box, final: Stage) -> int:
    began = time.monotonic()
    with box.started(final) as process:
        while time.monotonic() - began < START_SECONDS and process.poll() is None:
            if box.healthy(final) and _ready(box.environment["BEGONE_PORT"]):
                print(f"The service is healthy and ready {time.monotonic() - began:.1f} s after its start.")
                return 0
            time.sleep(0.2)
    print("The service did not become healthy and ready.", file=sys.stderr)
    return 1


def _ready(port: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    connection.request("GET", "/readyz")
    return connection.getresponse().status == http.HTTPStatus.OK


if __name__ == "__main__":
    sys.exit(main())
