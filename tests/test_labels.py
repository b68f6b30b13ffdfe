import pytest

from app.errors import EngineError, ModelRefused, PageTooComplex
from app.labels import CLASSES, KINDS, LABELS, SPANS


def test_the_labels_and_kinds_are_the_contracts() -> None:
    assert LABELS == ("content", "appeal", "advert", "navigation")
    assert list(KINDS) == list(LABELS)
    assert KINDS["content"] == ("main", "comment")
    assert KINDS["appeal"] == ("donation", "subscription", "registration", "newsletter", "adblock", "other")
    assert KINDS["advert"] == KINDS["navigation"] == ()


def test_every_kind_of_every_label_is_a_class_and_labels_are_ranges_of_them() -> None:
    assert len(set(CLASSES)) == len(CLASSES) == 10
    for label, (start, end) in zip(LABELS, SPANS, strict=True):
        assert [kind for of, kind in CLASSES[start:end] if of == label] == list(KINDS[label] or (None,))
    assert [start for start, _ in SPANS[1:]] == [end for _, end in SPANS[:-1]]


@pytest.mark.parametrize(
    ("what", "said"),
    [("max_elements", "200,000 for elements"), ("max_path_steps", "200,000 for path steps")],
)
def test_a_refused_page_is_told_the_bound_in_words(what: str, said: str) -> None:
    error = PageTooComplex(what, 200_000)
    assert str(error) == f"the page exceeds the limit of {said}"
    assert (error.what, error.limit) == (what, 200_000)


def test_all_that_the_engine_raises_has_one_base() -> None:
    assert issubclass(PageTooComplex, EngineError)
    assert issubclass(ModelRefused, EngineError)
