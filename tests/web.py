"""A web server on this machine, for tests of what fetches: it answers each path as it is told to."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "<html><body class=x><article><h1>Река</h1><p>The bell rang, and <a href=/map>the map</a> moved.</p></article>"

Asked = list[tuple[str, dict[str, str]]]


class _Handler(BaseHTTPRequestHandler):
    asked: Asked

    def do_GET(self) -> None:
        self.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        host = self.headers["host"]
        match self.path.split("?")[0]:
            case "/page":
                self.answer(PAGE.encode(), "text/html; charset=utf-8")
            case "/cyrillic":
                self.answer(PAGE.encode("windows-1251"), 'text/html; Charset="windows-1251"')
            case "/bare":
                self.answer(PAGE.encode(), None)
            case "/lines":
                self.answer(b"The bell rang.\nPlease donate.", "text/plain")
            case "/zipped":
                self.answer(gzip.compress(b"<p>" + b"a" * 100_000), "text/html", ("Content-Encoding", "gzip"))
            case "/pdf":
                self.answer(b"%PDF", "application/pdf")
            case "/gone":
                self.send_error(404)
            case "/hop":
                self.moved("/page#part")
            case "/around":
                self.moved("/around")
            case "/elsewhere":
                self.moved(f"http://rebound.test:{host.rpartition(':')[2]}/page")
            case "/file":
                self.moved("file:///etc/passwd")
            case "/broken":
                self.moved("http://[")
            case "/slow":
                self.send_response(200)
                self.end_headers()
                for _ in range(600):  # 30 seconds
                    time.sleep(0.05)
                    self.wfile.write(b"<p>")
            case "/cut":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n<p>")
            case _:
                self.wfile.write(b"nonsense\r\n\r\n")

    def answer(self, body: bytes, kind: str | None, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in (*((("Content-Type", kind),) if kind else ()), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def moved(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.end_headers()

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client has gone, as it should
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[tuple[str, Asked]]:
    """Serve on a free port; give the address, and the list of what is asked."""
    asked: Asked = []
    handler = type("Handler", (_Handler,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
