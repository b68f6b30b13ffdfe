"""The updates of the live-blog test page: 400 distinct ones with times, and prompts, adverts and pictures between."""

import random
from typing import Final

_RIDERS: Final = (
    "Okafor Lindqvist Ferraro Vandeputte Quiroga Matsuda Brannigan Delacroix Haugen Petrov Adeyemi Kowalski".split()
)
_PLACES: Final = (
    "the cattle grid",
    "the second hairpin",
    "the feed zone at Hollin Bridge",
    "the cobbles below the abbey",
    "the long drag out of Marske",
    "the reservoir road",
    "the level crossing",
    "the farm track the riders call the washboard",
)
_EVENTS: Final = (
    "{a} has a puncture at {place} and takes a wheel from {b}, who does not look pleased about it.",
    "The gap is down to {n} seconds. {a} sits up, looks round, and reaches for a bottle.",
    "{a} attacks at {place}. Only {b} can follow.",
    "Rain again. {a} has put on a cape the colour of a traffic cone; {b} has thrown his away.",
    "A reader asks whether {a} is the cousin of the {a} who won here in 1994. He is the nephew.",
    "{b} leads over the top by {n} metres and takes three points, which makes {m} for the week.",
    "Crash at {place}: {a} is up, {b} is up, the ice-cream van is not.",
    "We have lost the pictures from the motorbike. When last seen, {a} was {n} seconds up on {b}.",
    "{a} on the radio, before we were asked to stop listening: ‘Tell him I have no legs today.’",
    "The bunch lets {b} go. At {place} he has {n} seconds and nobody seems to mind.",
    "Two sheep on the road near {place}. {a} goes left, {b} goes right, the sheep stay.",
    "{m} kilometres left, and {a} has been on the front for {n} minutes without asking for help.",
)
_HEADS: Final = (
    "Puncture",
    "It’s back together",
    "Attack!",
    "What you’re saying",
    "Points update",
    "A view from the roadside",
)
_ALERTS: Final = (
    '<div class="lb-prompt" data-expect="appeal/newsletter"><p>Can’t stay? We’ll email you when the stage is won.</p>'
    '<form action="/alerts" method="post"><input type="email" placeholder="Email address"> <button>Get alerts</button>'
    "</form></div>"
)
_ADVERT: Final = (
    '<div class="lb-ad" data-expect="advert"><span class="lb-ad__tag">Advertisement</span>'
    '<div id="lb-slot-{at}" class="lb-ad__slot"></div></div>'
)


def updates(count: int) -> str:
    """Return `count` updates as marked-up source, newest first; the same text each time."""
    draw = random.Random(41)
    parts = []
    for at in range(count):
        minute = 11 * 60 + (count - at) * 2 // 3
        text = draw.choice(_EVENTS).format(
            **dict(zip("ab", draw.sample(_RIDERS, 2), strict=True)),
            place=draw.choice(_PLACES),
            n=draw.randint(4, 95),
            m=draw.randint(3, 160),
        )
        clock = f"{minute // 60:02d}:{minute % 60:02d}"
        head = f"<h3>{draw.choice(_HEADS)}</h3>" if at % 7 == 3 else ""
        parts.append(
            f'<article class="lb-post" id="post-{count - at}">'
            f'<header><time datetime="2024-05-18T{clock}">{clock}</time></header>{head}<p>{text}</p></article>'
        )
        if at % 60 == 20:
            parts.append(_ALERTS)
        if at % 25 == 12:
            parts.append(_ADVERT.format(at=at))
    return "\n".join(parts)
