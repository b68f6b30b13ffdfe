"""Starts the service: `python -m app`; with a command after it, what the command line `begone` does.

Settings are environment variables (`python -m app.settings` lists them).
"""

import contextlib
import ipaddress
import logging
import os
import sys
import tempfile

from pydantic import ValidationError

from app import logs
from app.settings import Settings, problems_with, unknown_variables


def main() -> int:
    """Serve until told to stop; return the exit status (2 for settings that cannot be)."""
    try:
        settings = Settings()
    except ValidationError as error:
        for sentence in problems_with(error):
            print(sentence, file=sys.stderr)
        return 2
    logs.configure(settings.log_level)
    for sentence in unknown_variables():
        logging.getLogger("begone").warning(sentence)
    if not settings.wants_keys and not is_loopback(settings.host):
        logging.getLogger("begone").warning(
            "whoever reaches %s may post: no API keys are set (BEGONE_API_KEYS_FILE)", settings.host
        )
    if settings.workers == 1:
        run(settings)
        return 0
    with tempfile.TemporaryDirectory(prefix="begone-metrics-") as directory:
        # Any process may be asked for the metrics; it adds up what all of them have written here.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
        run(settings)
    return 0


def run(settings: Settings) -> None:
    """Run the server until it is told to stop: in this process, or in several that this one watches."""
    import uvicorn

    from app.connection import SERVER
    from app.supervisor import SILENT_SECONDS, Supervisor

    config = uvicorn.Config(
        "app.main:serve",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        proxy_headers=settings.trusted_proxies is not None,  # only a rate without keys asks who the client is
        forwarded_allow_ips=(settings.trusted_proxies or "").split(),
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=SILENT_SECONDS,  # for a new process to be ready when SIGHUP asks for new ones
        **SERVER,
    )
    with contextlib.suppress(KeyboardInterrupt):
        if settings.workers == 1:
            uvicorn.Server(config).run()
        else:
            Supervisor(config, [config.bind_socket()]).run()


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches what listens on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def begone() -> int:
    """Do what the command line asks for; return the exit status."""
    from app import cli  # what it brings along the service does not need

    return cli.main(sys.argv[1:], main)


if __name__ == "__main__":
    sys.exit(begone() if sys.argv[1:] else main())
