import gc
from pathlib import Path

import pytest

from app.answers import HTML, Post, answer
from app.bounds import Bounds
from app.errors import PageTooComplex
from app.labeller import Labeller
from app.model import Model


@pytest.mark.parametrize("collecting", [True, False])
def test_the_garbage_collector_rests_meanwhile_and_is_left_as_it_was(tiny_model: Path, collecting: bool) -> None:
    model = Model.load(tiny_model)
    started = []
    (gc.enable if collecting else gc.disable)()
    gc.callbacks.append(lambda phase, _: started.append(phase))
    try:
        answer(Labeller(model), Post(HTML, None, b"<p class=a>The bell rang.</p>" * 2_000))
        assert gc.isenabled() is collecting
        assert len(started) <= 4  # one at its end, perhaps one before its beginning
        with pytest.raises(PageTooComplex):
            answer(Labeller(model, Bounds(max_blocks=10)), Post(HTML, None, b"<p class=a>The bell rang.</p>" * 2_000))
        assert gc.isenabled() is collecting
    finally:
        gc.callbacks.pop()
        gc.enable()
