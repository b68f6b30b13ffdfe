import pytest

from scripts.dockerfile import Instruction, stages
from tests.conftest import ROOT

TEXT = """# comment
ARG BASE=python:3
FROM ${BASE} AS build
RUN one \\
    # in between
    && two
FROM ${BASE}
CMD ["python", "-m", "app"]
CMD python "a b"
"""


def test_stages_and_instructions_are_read_in_order() -> None:
    build, final = stages(TEXT)
    assert (build.name, final.name) == ("build", "")
    assert [(found.name, " ".join(found.value.split())) for found in build.instructions] == [("RUN", "one && two")]
    assert [found.words() for found in final.instructions] == [["python", "-m", "app"], ["python", "a b"]]
    assert final.last("CMD") == Instruction("CMD", 'python "a b"')


@pytest.mark.parametrize("text", ["FROM a\nwhat is this", "RUN before any stage"])
def test_what_is_no_dockerfile_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"FROM|instruction"):
        stages(text)


def test_an_instruction_that_is_missing_is_an_error() -> None:
    with pytest.raises(LookupError):
        stages("FROM a")[0].last("USER")


def test_our_image_runs_as_nobody_and_checks_its_health() -> None:
    _, final = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert [int(number) > 0 for number in final.last("USER").value.split(":")] == [True, True]
    assert "/healthz" in final.last("HEALTHCHECK").value
    assert not [found for found in final.instructions if found.name == "RUN"]
