"""One small page with something of everything, as HTML and as lines of text."""

from typing import Final

NEWS: Final = """<!DOCTYPE html><html lang="en"><head><title>The bell is back</title></head><body>
<nav class="menu"><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article class="story-body"><h1 id="h" data-uid="7">The bell is back</h1>
<p>It hung in its frame again on Friday, a little greener than before.<br><br>Nobody said who had brought it.</p>
<figure><img src="/bell.jpg" alt=""><figcaption>The bell</figcaption></figure></article></main>
<aside class="support-box" hidden><h3>Give</h3><p>Please <b>donate</b> five euros monthly!</p></aside>
<div class="ad-slot"></div><o:p>odd</o:p>
<footer class="footer"><p>Copyright, imprint</p></footer></body></html>"""

LINES: Final = [
    "Home",
    "Sport",
    "The bell is back",
    "It hung in its frame again on Friday, a little greener than before.",
    "Please donate five euros monthly!",
    "Please donate five euros monthly!",
    "Copyright, imprint",
]
