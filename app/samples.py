"""The page and the text of the worked examples, and a request of each content type that posts them."""

from typing import Any, Final

from app import extension

PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head><title>Night trains return</title></head>
<body>
<nav><a href="/">Home</a> <a href="/travel">Travel</a> <a href="/weather">Weather</a></nav>
<article>
<h1>Night trains return to the coast</h1>
<p>After eleven years the sleeper to the coast runs again, three nights a week, with four carriages and a small bar.
The first one left on Friday, eight minutes late and sold out.</p>
<aside class="support-box">
<p data-mine="7">Please support our journalism: make a donation today. We depend on our readers' donations.</p>
</aside>
<p>The railway expects sixty thousand passengers a year. A berth costs as much as a cheap hotel room would.</p>
</article>
<footer><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></footer>
</body>
</html>"""

TEXT: Final = """Night trains return to the coast
After eleven years the sleeper to the coast runs again, three nights a week, with four carriages and a small bar.
Please support our journalism: make a donation today. We depend on our readers' donations."""

REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "application/json": {
        "page": {"summary": "A page", "value": {"html": PAGE, "url": "https://news.example/night-trains"}},
        "stamped": {
            "summary": "A page whose elements the caller has stamped",
            "value": {"html": PAGE, "language": "en", "id_attribute": "data-mine"},
        },
        "reader": {
            "summary": "A page for a reader app: also the clean text",
            "value": {"html": PAGE, "url": "https://news.example/night-trains", "include": ["markdown", "scores"]},
        },
        **extension.EXAMPLES,
        "text": {"summary": "A text that was extracted before", "value": {"text": TEXT}},
    },
    "text/html": {"page": {"summary": "A page's bytes as they are", "value": PAGE}},
    "text/plain": {"text": {"summary": "A block a line", "value": TEXT}},
}
