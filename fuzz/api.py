"""Schemathesis against a running service and the OpenAPI document that it gives: `python -m fuzz.api`; `make fuzz-api`.

What follows on the command line goes to `schemathesis run`, as `--max-examples 1000`.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.process import started

# What the document cannot say: every sequence of bytes is a page, and exactly one of `html` and `text` is wanted.
_NO_PROMISES: Final = "negative_data_rejection,positive_data_acceptance"
_OPTIONS: Final = ["--phases", "examples,coverage,fuzzing", "--request-timeout", "120", "--continue-on-failure"]


def main(arguments: Sequence[str]) -> int:
    """Start the service, let Schemathesis look for broken promises; return its exit status."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder) / "log", mercury=True, deadline_seconds=60) as service,
    ):
        service.until_ready(1)
        address = service.http.base_url.join("/openapi.json")
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(address)]
        command += ["--checks", "all", "--exclude-checks", _NO_PROMISES, *_OPTIONS, *arguments]
        return subprocess.run(command, check=False, cwd=folder).returncode  # noqa: S603 (the developer's own words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
