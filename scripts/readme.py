"""Write the README's marked places anew from the code and the model: `make readme`."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from app.answers import HTML, Post, answer
from app.labels import KINDS as LABEL_KINDS
from app.problems import KINDS as PROBLEMS
from app.service import load
from app.settings import Settings, settings_table
from scripts.markers import fill_file, table

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = ROOT / "README.md"
EXAMPLE: Final = Path(__file__).resolve().parent / "example.html"

MEANINGS: Final = {
    "content": "what the reader came for: the text with headline, byline, captions and tables, and readers' comments",
    "appeal": "a plea to the reader: give, subscribe, register, take the newsletter, switch the ad blocker off",
    "advert": "somebody sells something: adverts and their slots, sponsored links, the house's own offers",
    "navigation": "the site's furniture: menus, related links, share buttons, cookie notices, imprint",
}


def labels_table() -> str:
    """Return the labels, their kinds and meanings."""
    rows = [
        [f"`{label}`", ", ".join(f"`{kind}`" for kind in kinds), MEANINGS[label]]
        for label, kinds in LABEL_KINDS.items()
    ]
    return table(["label", "kinds", "meaning"], rows)


def errors_table() -> str:
    """Return every problem that the service answers with."""
    rows = [[str(kind.status), f"`{kind.type}`", kind.title, kind.help] for kind in PROBLEMS]
    return table(["status", "type", "title", "what to do"], rows)


def example_command() -> str:
    """Return the shell command that posts the example page."""
    page = EXAMPLE.read_text(encoding="utf-8")
    command = "curl -s http://127.0.0.1:8000/v1/label -H 'Content-Type: text/html' --data-binary @- <<'HTML'"
    return f"```sh\n{command}\n{page}HTML\n```"


def example_answer() -> dict[str, Any]:
    """Return what the model served by default answers to the example page."""
    answered = answer(load(Settings()), Post(HTML, "utf-8", EXAMPLE.read_bytes()))
    document: dict[str, Any] = json.loads(answered.body)
    return document


def laid_out(document: dict[str, Any]) -> str:
    """Return an answer as JSON with a line for each member, each block and each label of `hide`."""
    members = []
    for name, value in document.items():
        if name == "blocks":
            blocks = ",\n".join(f"    {_json(block)}" for block in value)
            members.append(f'  "blocks": [\n{blocks}\n  ]')
        elif name == "hide":
            labels = ",\n".join(f"    {_json(label)}: {_json(found)}" for label, found in value.items())
            members.append(f'  "hide": {{\n{labels}\n  }}')
        else:
            members.append(f"  {_json(name)}: {_json(value)}")
    return "```json\n{\n" + ",\n".join(members) + "\n}\n```"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Fill every place; return the exit status."""
    for name, content in {
        "labels": labels_table(),
        "settings": settings_table(),
        "errors": errors_table(),
        "command": example_command(),
        "answer": laid_out(example_answer()),
    }.items():
        fill_file(README, name, content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
