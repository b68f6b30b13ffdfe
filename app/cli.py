"""The command line: `begone label PAGE …` labels files and addresses without a service, `begone serve` starts one."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Final, get_args

import orjson
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from app import __version__, keys, table
from app.batch import STDIN, Options, Outcome, run
from app.errors import ModelRefused
from app.fetch import Limits
from app.problems import InvalidRequest
from app.rates import Rate
from app.requests import Include, read_include
from app.settings import Settings, problems_with

FORMATS: Final = ("jsonl", "table", "text", "markdown", "html")

OK: Final = 0
SOME_FAILED: Final = 1
WRONG_USE: Final = 2
INTERRUPTED: Final = 130

_LABEL: Final = """\
examples:
  begone label page.html                        what is on a saved page, as a table
  begone label https://news.example/story       fetch a page and label it
  begone label story.html --format markdown     only the story, as Markdown
  curl -s https://news.example/ | begone label - --url https://news.example/
  begone label saved/*.html --jobs 4 > labels.jsonl
                                                a line of JSON a page, four pages at a time
  begone label page.html --include scores,reasons --format jsonl
                                                why each block got its label

Exit status: 0 all sources are labelled, 1 some could not be (standard error says why), 2 wrong use, settings or model.
"""
_MAIN: Final = """\
examples:
  begone label page.html          label a page
  begone label --help             all that can be labelled, and how
  begone serve                    answer over HTTP; BEGONE_PORT=9000 begone serve on another port
  begone key reader               make an API key for the caller "reader"

Settings are environment variables, BEGONE_…; the README lists them.
"""


def main(arguments: Sequence[str], serve: Callable[[], int]) -> int:
    """Do what the command line asks for; return the exit status. `serve` starts the service."""
    options = _parser().parse_args(arguments)
    if options.command == "serve":
        return serve()
    if options.command == "key":
        return _key(options)
    try:
        return _label(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _key(options: argparse.Namespace) -> int:
    key = keys.make()
    print(key)
    print(keys.entry(options.name, key, options.rate))
    print(
        "The first line is the key: give it to its owner, it is shown only now. "
        "The second goes into the file that BEGONE_API_KEYS_FILE names.",
        file=sys.stderr,
    )
    return OK


def _label(options: argparse.Namespace) -> int:
    kind = options.format or ("table" if sys.stdout.isatty() else "jsonl")
    try:
        settings = Settings() if options.model is None else Settings(model_dir=options.model)
        include: tuple[str, ...] = read_include(options.include)
    except ValidationError as error:
        return _complain(problems_with(error))
    except InvalidRequest as error:
        return _complain([error.detail])
    if options.sources.count(STDIN) > 1:
        return _complain([f"{STDIN} (standard input) can be read once only"])
    if kind not in {"jsonl", "table"}:
        include = (kind,)
    asked = Options(
        settings,
        Limits(settings.max_body_bytes, options.timeout, options.allow_private),
        include,
        options.url,
        options.charset,
        {"html": False, "text": True, None: None}[options.input],
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    outcomes: Iterable[Outcome] = run(options.sources, asked, options.jobs)
    if len(options.sources) > 1 and sys.stderr.isatty() and not sys.stdout.isatty():
        errors = Console(stderr=True)
        outcomes = track(outcomes, "Labelling", len(options.sources), console=errors, transient=True)
    failed = 0
    try:
        for outcome in outcomes:
            if outcome.answer is None:
                failed += 1
                print(f"begone: {table.visible(outcome.source)}: {outcome.error}", file=sys.stderr)
            else:
                _write(kind, outcome.source, outcome.answer)
    except ModelRefused as error:
        return _complain([f"the model was refused: {error}"])
    except BrokenProcessPool:
        print(
            "begone: a process was ended from outside, most likely for want of memory; try fewer --jobs",
            file=sys.stderr,
        )
        return SOME_FAILED
    return SOME_FAILED if failed else OK


def _write(kind: str, source: str, answer: bytes) -> None:
    """Write one answer to standard output."""
    document = orjson.loads(answer)
    if kind == "table":
        table.show(Console(width=None if sys.stdout.isatty() else 120), source, document)
        return
    text = orjson.dumps({"source": source, **document}).decode() if kind == "jsonl" else document[kind]
    print(table.visible(text) if sys.stdout.isatty() else text, flush=True)


def _complain(sentences: Sequence[str]) -> int:
    for sentence in sentences:
        print(f"begone: {sentence}", file=sys.stderr)
    return WRONG_USE


def _parser() -> argparse.ArgumentParser:
    shown = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="begone",
        description="Tells a web page's content from its pleas: appeals, adverts, navigation.",
        epilog=_MAIN,
        formatter_class=shown,
    )
    parser.add_argument("--version", action="version", version=f"begone {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="start the service", description="Start the service; Ctrl+C stops it.")
    key = commands.add_parser(
        "key",
        help="make an API key",
        description="Make an API key: print the key, and below it the line by which the service knows it.",
    )
    key.add_argument("name", type=_name, metavar="NAME", help="whose key it is; stands in the log and the metrics")
    key.add_argument("--rate", type=_rate, metavar="RATE", help="a rate of its own, as 600/minute")
    label = commands.add_parser(
        "label",
        help="label files, addresses or standard input",
        description="Label every block of web pages: content, appeal, advert or navigation.",
        epilog=_LABEL,
        formatter_class=shown,
    )
    label.add_argument("sources", nargs="+", metavar="PAGE", help="a file, an http(s) address, or - for standard input")
    label.add_argument(
        "--format",
        choices=FORMATS,
        help="table for people (default on a terminal), jsonl for programs (default elsewhere), or the content alone "
        "as text, markdown or html",
    )
    label.add_argument("--jobs", type=_count, default=1, metavar="N", help="pages labelled at a time (default: 1)")
    label.add_argument(
        "--include",
        action="append",
        default=[],
        metavar="NAMES",
        help=f"more in the JSON lines, with commas between: {', '.join(get_args(Include))}",
    )
    label.add_argument("--url", help="the address of a file or of standard input; makes its links absolute")
    label.add_argument("--charset", help="the page's encoding, if it is known better than the page says")
    label.add_argument("--input", choices=("html", "text"), help="what the sources are (default: text for .txt files)")
    label.add_argument("--model", metavar="DIR", help="directory of the model (default: BEGONE_MODEL_DIR, or ours)")
    label.add_argument(
        "--timeout", type=_seconds, default=20.0, metavar="SECONDS", help="longest time of a fetch (default: 20)"
    )
    label.add_argument("--allow-private", action="store_true", help="also fetch from this machine and private networks")
    return parser


def _name(text: str) -> str:
    if not keys.NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("must be up to 64 letters, digits, dots, hyphens and underscores")
    return text


def _rate(text: str) -> str:
    try:
        Rate.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError("must be a number from 1 to 256")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("must be a number of seconds from 0 to 3600")
    return value
