"""A real browser that builds a page's tree as for a reader, while the page's own scripts stay still.

The pages come from a server on this machine under a Content-Security-Policy that lets nothing run and nothing load.
The parser's scripting flag is not touched by it: `<noscript>` is parsed as wherever scripts may run, which turning
JavaScript off in the browser would change. Names other than the loopback address do not resolve.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

POLICY: Final = "default-src 'none'; script-src 'none'; base-uri 'none'; form-action 'none'"
_FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


@contextmanager
def chrome(paths: tuple[str, str], profile: Path) -> Iterator[Chrome]:
    """Start the browser whose program and driver are at `paths`, with an empty `profile`."""
    options = ChromeOptions()
    options.binary_location = paths[0]
    options.page_load_strategy = "eager"
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = Chrome(options=options, service=Service(paths[1]))
    browser.set_page_load_timeout(20)
    browser.set_script_timeout(20)
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def serve(pages: Mapping[str, str]) -> Iterator[str]:
    """Serve `pages` by name under the policy; give the address that names are appended to."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path.removeprefix("/"))
            body = b"" if page is None else page.encode("utf-8", "replace")
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
