"""Prints how long whole answers take: a program of its own, since it runs in the trees of other commits, too."""

import gc
import json
import statistics
import sys
import time
from pathlib import Path


def main(tree: str, folder: str, rounds: str) -> None:
    """Print a list of milliseconds, one for each page in `folder`: the median of the rounds after a first one."""
    sys.path.insert(0, tree)
    from app.answers import HTML, Post, answer
    from app.service import load
    from app.settings import Settings

    labeller = load(Settings())
    posts = [Post(HTML, "utf-8", path.read_bytes(), gzip_from=0) for path in sorted(Path(folder).iterdir())]
    times: list[list[float]] = [[] for _ in posts]
    for turn in range(int(rounds) + 1):
        for post, spent in zip(posts, times, strict=True):
            began = time.perf_counter()
            answer(labeller, post)
            if turn:
                spent.append((time.perf_counter() - began) * 1000)
        gc.collect()
    print(json.dumps([statistics.median(spent) for spent in times]))


if __name__ == "__main__":
    main(*sys.argv[1:])
