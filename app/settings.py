"""The service's settings: environment variables with the prefix `BEGONE_`, each with its reason.

`python -m app.settings` prints them as the table that stands in the README.
"""

import difflib
import ipaddress
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import cors, keys
from app.rates import Rate

PREFIX: Final = "BEGONE_"
MODELS: Final = Path(__file__).resolve().parent.parent / "models"


def _read_by(read: Callable[[Any], object]) -> AfterValidator:
    """Return the check that `read` can read what is given: it raises ValueError where not."""

    def check(given: Any) -> Any:
        read(given)
        return given

    return AfterValidator(check)


def _networks(text: str) -> None:
    for one in text.split():
        try:
            ipaddress.ip_network(one)
        except ValueError:
            raise ValueError("must be addresses or networks (10.0.0.0/8) with spaces between") from None


Seconds = Annotated[float, Field(gt=0, le=3600)]
KeyFile = Annotated[Path, _read_by(keys.read_file)] | None
KeyLines = Annotated[str, _read_by(keys.read)] | None
RateText = Annotated[str, _read_by(Rate.read)] | None
Networks = Annotated[str, _read_by(_networks)] | None


class Settings(BaseSettings):
    """Every setting of the service; a field's description is its row in the README."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` to be reached from other machines.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(
        1,
        ge=1,
        le=256,
        description="Processes that serve. Each holds the model and labels one page at a time: one for each core. "
        "Several are watched, and one that dies is replaced; a single one is left to what started it.",
    )
    model_dir: Path | None = Field(
        None, description="Directory of the model to serve. Unset: the version that `models/CURRENT` names."
    )
    max_body_bytes: int = Field(
        5_000_000,
        ge=1,
        le=1_000_000_000,
        description="Largest body taken, as sent and after inflating; a longer one is refused with 413, unread.",
    )
    max_in_flight: int = Field(
        16,
        ge=1,
        le=10_000,
        description="Pages that a process has in hand at once (waiting, being labelled or answered); the next is "
        "refused with 503, before its body is read if all places are taken then. Bounds memory.",
    )
    max_waiting: int = Field(
        4,
        ge=1,
        le=10_000,
        description="Pages that have arrived and wait or are being labelled; while there are so many, a process "
        "refuses the next with 503, before its body is read if so many wait then. Bounds the wait.",
    )
    max_arriving_bytes: int = Field(
        64_000_000,
        ge=64_000,
        description="Bytes that a process holds at once of bodies that are still arriving, each counted as 64 kB at "
        "least; the next is refused with 503. They hold none of the places: slow senders cost memory only.",
    )
    deadline_seconds: Seconds = Field(
        10.0,
        description="Longest time from a body's last byte to its answer; then 504, and a page that is itself that "
        "slow is left to a thread of its own while a new one serves.",
    )
    head_timeout_seconds: Seconds = Field(
        10.0, description="Longest time that a request's line and headers may take to arrive; then 408 and the end."
    )
    max_head_bytes: int = Field(
        65_536,
        ge=1_024,
        le=10_000_000,
        description="Largest line and headers of a request that arrive in pieces; a larger head is refused with 431.",
    )
    body_timeout_seconds: Seconds = Field(10.0, description="Longest time that a body may take to arrive; then 408.")
    min_body_bytes_per_second: int = Field(
        1_000,
        ge=0,
        description="Slowest that a body may arrive, looked at every 3 seconds; then 408, so that a sender that "
        "stops is let go of before its time is over. 0: as slowly as it likes.",
    )
    drain_seconds: float = Field(
        1.0,
        ge=0,
        le=60,
        description="How long a client that is refused may go on sending before the connection is closed, so that it "
        "reads the refusal instead of a reset.",
    )
    shutdown_delay_seconds: float = Field(
        0.5,
        ge=0,
        le=600,
        description="How long after SIGTERM requests are still taken while `/readyz` says 503, so that whoever "
        "spreads them sends no more.",
    )
    shutdown_seconds: int = Field(
        25,
        ge=0,
        le=3600,
        description="How long requests in hand may take after that before they are cut off: what a body and its answer "
        "may take, and some more.",
    )
    keep_alive_seconds: int = Field(
        5, ge=1, le=3600, description="How long an idle connection is kept; behind a proxy, longer than the proxy does."
    )
    max_elements: int = Field(
        200_000, ge=1, description="Most elements of a page; beyond that 422. Bounds time and memory."
    )
    max_depth: int = Field(
        2_000, ge=1, description="Deepest nesting of elements; beyond that 422. Bounds the length of selectors."
    )
    max_blocks: int = Field(
        50_000, ge=1, description="Most blocks of a page; beyond that 422. Bounds the answer's size."
    )
    max_path_steps: int = Field(
        1_500_000,
        ge=1,
        description="Most steps of all the page's selectors; beyond that 422. Bounds the answer's size.",
    )
    max_attributes: int = Field(
        512, ge=1, description="Most attributes of one tag; beyond that 422, before the page is parsed. Bounds time."
    )
    max_names: int = Field(
        20_000,
        ge=1,
        description="Most different names of elements and attributes; beyond that 422, before the page is parsed. "
        "Bounds time.",
    )
    max_reopened: int = Field(
        100_000,
        ge=1,
        description="Most formatting elements that the parser must open again because they were left open; beyond "
        "that 422, before the page is parsed. Bounds memory.",
    )
    max_steps: int = Field(
        20_000_000,
        ge=1,
        description="Most open elements that the parser must look through to place the page's tags; beyond that 422, "
        "before the page is parsed. Bounds time.",
    )
    gzip_min_bytes: int = Field(
        1_000, ge=0, description="Answers from this size on are gzipped for clients that accept it."
    )
    mercury: bool = Field(
        False, description="Whether `POST /parse-html` answers as Mercury Parser's API servers do, for feed readers."
    )
    feedbin_secrets: SecretStr | None = Field(
        None,
        description="Users of `POST /parser/USER/SIGNATURE`, which answers as Feedbin does, and their secrets: "
        "`name:secret`, with spaces between. Unset: there is no such route.",
    )
    api_keys_file: KeyFile = Field(
        None,
        description="File with the API keys that are taken, as hashes: lines `NAME:SHA256` or `NAME:SHA256:RATE`, "
        "which `begone key NAME` makes. Looked at again when it changes. Unset, as the next one: no key is asked for.",
    )
    api_keys: KeyLines = Field(None, description="The same lines, with spaces between, in addition or instead.")
    rate: RateText = Field(
        None,
        description="Most posts of one caller (a key, else an address) to each process: `600/minute` (`second`, "
        "`hour`, `day`), all at once or spread; then 429. A key may have a rate of its own. Unset: no limit.",
    )
    trusted_proxies: Networks = Field(
        None,
        description="Addresses and networks, with spaces between, of proxies whose `X-Forwarded-For` is believed. "
        "Unset: a caller's address is that of its connection.",
    )
    cors_origins: str | None = Field(
        None,
        description="Origins, with spaces between, whose pages may read answers: exact ones (`https://reader.example`, "
        "`chrome-extension://ID`), and `moz-extension://*` for `POST /v1/label` and `/parse-html` if keys are asked "
        "for. Unset: none.",
    )
    docs: bool = Field(True, description="Whether `/docs` and `/openapi.json` are there.")
    metrics: bool = Field(True, description="Whether `/metrics` is there; where keys are asked for, it wants one too.")
    admin_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Another port, to which `/metrics`, `/docs` and `/openapi.json` move, without keys; `/healthz` and "
        "`/readyz` answer on both. Unset: all is on one port.",
    )
    admin_host: str = Field("127.0.0.1", description="Address on which the other port listens.")
    otel: bool = Field(
        False,
        description="Whether requests are traced with OpenTelemetry; needs the extra `otel`. Its own variables, as "
        "`OTEL_EXPORTER_OTLP_ENDPOINT`, say where spans go; no span holds a page's text or address.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged; each request is one line of level `info`."
    )

    @field_validator("otel")
    @classmethod
    def _has_its_libraries(cls, given: bool) -> bool:
        if given and find_spec("opentelemetry.sdk") is None:
            raise ValueError("needs the libraries of the extra `otel`: pip install 'begone[otel]'")
        return given

    @field_validator("feedbin_secrets")
    @classmethod
    def _are_pairs(cls, given: SecretStr | None) -> SecretStr | None:
        for pair in given.get_secret_value().split() if given is not None else ():
            name, colon, secret = pair.partition(":")
            if not (name and colon and secret):
                raise ValueError("must be pairs name:secret with spaces between")
        return given

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, given: str | None, info: ValidationInfo) -> str | None:
        _, any_extension = cors.read(given or "")
        if any_extension and not (info.data.get("api_keys_file") or info.data.get("api_keys")):
            raise ValueError(f"{cors.ANY_EXTENSION} lets every extension ask, and wants API keys")
        return given

    @field_validator("admin_port")
    @classmethod
    def _is_another(cls, port: int | None, info: ValidationInfo) -> int | None:
        if port is not None and port == info.data.get("port"):
            raise ValueError("must be another port than BEGONE_PORT")
        return port

    @property
    def wants_keys(self) -> bool:
        """Whether callers must show an API key."""
        return self.api_keys_file is not None or self.api_keys is not None


def settings_table() -> str:
    """Return the settings as a Markdown table: variable, default, meaning."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{variable(name)}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(rows) + "\n"


def variable(name: str) -> str:
    """Return the environment variable of the setting `name`."""
    return PREFIX + name.upper()


def unknown_variables(names: list[str] | None = None) -> list[str]:
    """Return what is wrong with environment variables that look like settings and are none, a sentence each.

    A mistyped limit would otherwise be a limit that silently does not hold.
    """
    found = []
    for variable_name in sorted(os.environ if names is None else names):
        if not variable_name.upper().startswith(PREFIX):
            continue
        name = variable_name[len(PREFIX) :].lower()
        if name not in Settings.model_fields:
            close = difflib.get_close_matches(name, Settings.model_fields, n=1)
            found.append(f"{variable_name} is no setting" + (f"; did you mean {variable(close[0])}?" if close else ""))
    return found


def problems_with(error: ValidationError) -> list[str]:
    """Return what is wrong with the variables that could not be read, a sentence each; none quotes a value."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [f"{variable(str(one['loc'][0]))}: {one['msg']}" for one in found]


def _shown(default: Any) -> str:
    return "" if default is None else f"`{default}`"


if __name__ == "__main__":
    print(settings_table(), end="")
