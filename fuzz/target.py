"""One input to the engine, as the service hands it over, held to its promises: an answer or a refusal, in time."""

import time
from typing import TYPE_CHECKING, Final

from app import answers, dropin, extract
from app.errors import EngineError
from app.extract import Page
from app.mercury import MercuryRequest
from app.problems import Refusal, kind_of
from app.service import load
from app.settings import Settings
from fuzz import inputs
from fuzz.tally import Outcome

if TYPE_CHECKING:
    from app.labeller import Labeller

ANSWERED: Final = "200"


class Target:
    """The engine with the committed model and the service's own bounds."""

    def __init__(self, labeller: "Labeller | None" = None) -> None:
        self.labeller = labeller or load(Settings())

    def __call__(self, data: bytes) -> Outcome:
        """Label what `data` stands for; whatever is raised that is no refusal is a crash."""
        taken = inputs.read(data)
        began = time.thread_time()
        try:
            if taken.kind == inputs.DROP_IN:
                extract.answer(self.labeller, taken.post, _page)
            else:
                answers.answer(self.labeller, taken.post)
        except (Refusal, EngineError) as refused:
            return Outcome(kind_of(refused).slug, time.thread_time() - began)
        except BaseException as error:  # also what is no Exception: the service would end with it
            if isinstance(error, KeyboardInterrupt):
                raise
            return Outcome("crash", time.thread_time() - began, error, server_error=True)
        return Outcome(ANSWERED, time.thread_time() - began)


def _page(body: bytes) -> Page:
    posted = dropin.read_json(MercuryRequest, body, "")
    return Page(posted.url or "", posted.html or "")
