import pytest

from app import dom
from app.unseen import hidden_text_chars


@pytest.mark.parametrize(
    ("html", "chars"),
    [
        ("<p>seen</p><script>var a = 'x'</script><style>p{}</style>", 0),
        ("<template><p>a <b>hidden</b>\n text</p><template>more</template></template>", 18),
        ("<noscript><p>Turn scripts on</p><img src=x></noscript>", 15),
        ("<script type='text/template'><div class=x>wall</div></script>", 4),
        ("<script type=module>import x</script>", 0),
        ('<script type="application/ld+json">{"@graph": [{"articleBody": "A  whole\\ntext", "n": 1}]}</script>', 12),
        ('<script type="application/ld+json">{"text": ["listed"], "articleBody": 3}</script>', 0),
        ('<script type="application/ld+json">{"articleBody": </script>', 0),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", 0),
        ("<template>" + "<" * 100_000 + "</template>", 100_000),
    ],
)  # fmt: skip
def test_texts_without_blocks_are_counted(html: str, chars: int) -> None:
    assert hidden_text_chars(dom.parse(html)) == chars
