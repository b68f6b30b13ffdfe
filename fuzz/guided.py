"""A turn of coverage-guided fuzzing: atheris changes inputs and keeps those that reach new code.

`python -m fuzz.guided FOLDER INPUTS SEED pages|bodies`; `python -m fuzz` starts it.
"""

import gc
import os
import sys
from pathlib import Path
from typing import Final

import atheris

# What turns on a page's structure; the arithmetic after it has few branches, and watching it takes time.
_WATCHED: Final = (
    "answers", "blocks", "builder", "clean", "context", "dom", "elements", "extents", "extract", "fixes", "fragments",
    "head", "hide", "hints", "kinds", "labelled", "markdown", "markup", "metadata", "opened", "overrides", "page",
    "places", "plain", "reader", "removal", "requests", "scan", "selectors", "skeleton", "stamps", "text",
    "visible", "walls",
)  # fmt: skip

with atheris.instrument_imports(include=[f"app.{name}" for name in _WATCHED]):
    from fuzz import inputs, seeds, tally
    from fuzz.target import Target

    target = Target()
    # What the engine imports only when it is wanted is to be watched too.
    for _kind in (inputs.WISHES, inputs.DROP_IN):
        target(inputs.write(_kind, b'{"url":"","html":"<p>x"}', include=0xFF))

MOST_BYTES: Final = 400


def main(folder: Path, count: int, seed: int, kind: str) -> None:
    """Run `count` new inputs of a kind, pages or JSON bodies, then end the process."""
    corpus = folder.parent / f"corpus-{kind}"
    if not corpus.exists():
        seeds.lay_out(corpus, bodies=kind == "bodies")
    keeper = tally.Keeper(folder)
    known = sum(1 for _ in corpus.iterdir())  # run first, one by one; those of earlier turns are not new

    def one(data: bytes) -> None:
        nonlocal known
        if kind == "bodies":
            data = bytes((inputs.BODIES[data[0] % 2],)) + data[1:] if data else data
        keeper.take(data)
        outcome = target(data)
        if known > 0:
            known -= 1
            return
        keeper.give(data, outcome)
        if keeper.tally.inputs >= count:
            keeper.write()
            os._exit(0)  # libFuzzer ends no process that has more to do

    options = [
        f"-seed={seed}",
        f"-max_len={MOST_BYTES}",
        f"-dict={corpus.parent / 'words.dict'}",
        f"-artifact_prefix={folder}/",
        "-rss_limit_mb=4096",
        "-timeout=60",
        "-entropic_scale_per_exec_time=1",
    ]
    gc.collect()
    gc.freeze()  # the model is not looked through again
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
