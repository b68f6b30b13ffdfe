"""A connection of the server with what uvicorn leaves open: how long a request's head may take, how large it may be.

Without this a client may send a header a minute for ever, or one of a gigabyte, which is all kept; and the same after
a chunked body, where headers may come once more.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LAST_REQUEST_SECONDS: Final = 0.2
_REFUSALS: Final = {408: "Request Timeout", 431: "Request Header Fields Too Large"}
_FRAMING: Final = 16  # bytes that may go with each byte of a body; a chunk of one byte has five


SERVER: Final[dict[str, Any]] = {
    "log_config": None,
    "access_log": False,  # it would write down paths and queries; `observe` writes the line for each request
    "server_header": False,
    "ws": "none",
    "http": "app.connection:Connection",
}
"""What each server of a process asks of uvicorn."""


class Connection(HttpToolsProtocol):
    """Speaks HTTP/1.1; closes a connection whose head is late or too large, after saying so.

    The bounds come with the application's lifespan state, `settings`; `http="app.connection:Connection"` chooses this
    class in every process of the server.
    """

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._settings = app_state["settings"]
        self._timer: asyncio.TimerHandle | None = None
        self._head = 0  # bytes received of a head that is not complete
        self._framing = 0  # bytes received with a body that are none of it, less what its length excuses

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock: a connection on which nothing is sent is one of a late head."""
        super().connection_made(transport)
        self._expect_head()

    def shutdown(self) -> None:
        """Close the connection when what was sent on it is answered.

        On one that looks idle a request may have arrived that the event loop has not come to: it gets a moment.
        """
        # The base class says that there is always a cycle; before the first request there is none.
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]
            self.loop.call_later(_LAST_REQUEST_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._head_ended()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; refuse when they are of a head that is too large."""
        # Before they are parsed: the parser itself would keep them.
        if self._timer is not None:
            self._head += len(data)
        else:
            self._framing += len(data)
        super().data_received(data)
        if (self._head if self._timer is not None else self._framing) > self._settings.max_head_bytes:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """Start the clock for this head, unless it runs since the connection was made."""
        super().on_message_begin()
        if self._timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """Stop the clock. A head that came in one piece is never measured: it is in memory already."""
        self._head_ended()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._framing -= (1 + _FRAMING) * len(body)
        super().on_body(body)

    def _expect_head(self) -> None:
        self._head = self._framing = 0
        self._timer = self.loop.call_later(self._settings.head_timeout_seconds, self._refuse, 408)

    def _head_ended(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int) -> None:
        self._head_ended()
        if not self.transport.is_closing():
            answer = f"HTTP/1.1 {status} {_REFUSALS[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            self.transport.write(answer.encode("ascii"))
            self.transport.close()
