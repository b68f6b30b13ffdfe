import asyncio
import gzip
import tracemalloc
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from app.limits import Body, Drain, Gate, Spread, read_body
from app.problems import BodyTooLarge, BodyTooSlow, BrokenGzip, Saturated, UnsupportedEncoding

GZIP = {"content-encoding": "gzip"}


class Client:
    """A client that sends `parts`, then goes quiet unless the last was the end."""

    def __init__(self, parts: Iterable[bytes], *, ends: bool = True) -> None:
        self.parts = list(parts)
        self.ends = ends
        self.asked = 0

    async def receive(self) -> Message:
        self.asked += 1
        if not self.parts:
            await asyncio.sleep(3600)
        part = self.parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts) or not self.ends}


async def read(client: Client, headers: dict[str, str] | None = None, limit: int = 1000, seconds: float = 5) -> Body:
    return await read_body(Headers(headers or {}), client.receive, max_bytes=limit, seconds=seconds)


def test_a_gate_has_so_many_places() -> None:
    gate = Gate(2, 2)
    with gate.place(), gate.place():
        assert gate.taken == 2
        with pytest.raises(Saturated), gate.place():
            pass
        assert gate.taken == 2
    assert gate.taken == 0


def test_while_enough_pages_wait_no_other_is_let_in() -> None:
    gate = Gate(5, 2)
    with gate.place(), gate.place(), gate.place():  # three that arrive
        with gate.in_line(), gate.in_line(), pytest.raises(Saturated), gate.place():
            pass
        assert gate.waiting == 0
        with gate.place():
            assert gate.taken == 4


def test_a_place_is_given_back_whatever_happens() -> None:
    gate = Gate(1, 1)
    with pytest.raises(KeyError), gate.place():
        raise KeyError
    with gate.place():
        assert gate.taken == 1


@pytest.mark.anyio
async def test_a_body_is_put_together() -> None:
    assert await read(Client([b"ab", b"", b"cd"])) == Body(b"abcd", 4)
    assert await read(Client([b""])) == Body(b"", 0)


@pytest.mark.anyio
async def test_a_body_of_exactly_the_limit_is_taken() -> None:
    assert (await read(Client([b"a" * 1000]))).data == b"a" * 1000
    packed = gzip.compress(b"a" * 1000)
    assert await read(Client([packed]), GZIP) == Body(b"a" * 1000, len(packed))


@pytest.mark.anyio
async def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all() -> None:
    client = Client([b"a"])
    with pytest.raises(BodyTooLarge) as refused:
        await read(client, {"content-length": "1001"})
    assert client.asked == 0
    assert refused.value.extra == {"limit": 1000}


@pytest.mark.anyio
@pytest.mark.parametrize("headers", [{}, GZIP])
async def test_a_body_that_gets_too_large_is_not_read_to_its_end(headers: dict[str, str]) -> None:
    parts = [b"a" * 400] * 50
    if headers:
        packed = gzip.compress(bytes(range(256)) * 40, 0)
        parts = [packed[at : at + 400] for at in range(0, len(packed), 400)]
    client = Client(parts)
    with pytest.raises(BodyTooLarge):
        await read(client, headers)
    assert client.asked <= 3


@pytest.mark.anyio
async def test_a_gzip_bomb_is_refused_within_little_memory() -> None:
    bomb = gzip.compress(bytes(300_000_000))
    client = Client([bomb[at : at + 65536] for at in range(0, len(bomb), 65536)])
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            await read(client, GZIP, limit=1_000_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert client.asked == 1
    assert most < 3_000_000


@pytest.mark.anyio
async def test_a_bomb_of_gzip_members_is_refused() -> None:
    empty = gzip.compress(b"")
    assert await read(Client([empty * 1000]), GZIP, limit=100_000) == Body(b"", len(empty) * 1000)
    with pytest.raises(BrokenGzip):
        await read(Client([empty * 1001]), GZIP, limit=100_000)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<p>not packed",
        gzip.compress(b"hello")[:-1],
        gzip.compress(b"hello")[:5],
        gzip.compress(b"hello") + b"more",
        gzip.compress(b"hello")[:-8] + bytes(8),
    ],
    ids=["empty", "plain", "cut in its end", "cut in its head", "followed by rubbish", "wrong checksum"],
)
async def test_a_broken_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(BrokenGzip):
        await read(Client([body]), GZIP)


@given(members=st.lists(st.binary(max_size=200), min_size=1, max_size=4), cuts=st.lists(st.integers(0, 900)))
def test_gzip_is_inflated_however_it_is_cut_and_joined(members: list[bytes], cuts: list[int]) -> None:
    packed = b"".join(gzip.compress(member) for member in members)
    marks = [0, *sorted(min(cut, len(packed)) for cut in cuts), len(packed)]
    parts = [packed[start:end] for start, end in pairwise(marks)]
    assert asyncio.run(read(Client(parts), GZIP)) == Body(b"".join(members), len(packed))


@pytest.mark.anyio
@pytest.mark.parametrize("coding", ["x-gzip", "GZip", "identity, gzip", " gzip "])
async def test_names_of_gzip(coding: str) -> None:
    assert (await read(Client([gzip.compress(b"hello")]), {"content-encoding": coding})).data == b"hello"


@pytest.mark.anyio
@pytest.mark.parametrize("coding", ["", "identity"])
async def test_names_of_nothing(coding: str) -> None:
    assert (await read(Client([b"hello"]), {"content-encoding": coding})).data == b"hello"


@pytest.mark.anyio
@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd", "rot13"])
async def test_other_encodings_are_refused_unread(coding: str) -> None:
    client = Client([b"hello"])
    with pytest.raises(UnsupportedEncoding) as refused:
        await read(client, {"content-encoding": coding})
    assert client.asked == 0
    assert refused.value.headers == {"Accept-Encoding": "gzip"}


@pytest.mark.anyio
async def test_a_body_that_does_not_arrive_is_given_up() -> None:
    with pytest.raises(BodyTooSlow):
        await read(Client([b"a"], ends=False), seconds=0.02)


@pytest.mark.anyio
async def test_a_client_that_goes_away_is_noticed() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await read_body(Headers({}), receive, max_bytes=10, seconds=1)


async def through_drain(client: Client, *, reads: bool, headers: dict[str, str]) -> list[Message]:
    """What the server is given to send by an application behind Drain that answers "no"."""
    sent: list[Message] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        if reads:
            await receive()
        await send({"type": "http.response.start", "status": 413, "headers": []})
        await send({"type": "http.response.body", "body": b"no"})

    async def send(message: Message) -> None:
        sent.append(message)

    drain = Drain(app, seconds=0.05, max_bytes=1000)
    await drain({"type": "http", "headers": Headers(headers).raw}, client.receive, send)
    return sent


CLOSES = {"type": "http.response.start", "status": 413, "headers": [(b"connection", b"close")]}
STAYS = {"type": "http.response.start", "status": 413, "headers": []}
WHOLE = {"type": "http.response.body", "body": b"no"}
HELD_BACK = [CLOSES, {**WHOLE, "more_body": True}, {"type": "http.response.body", "body": b""}]


@pytest.mark.anyio
async def test_an_answer_after_the_body_is_left_alone() -> None:
    assert await through_drain(Client([b"a"]), reads=True, headers={"content-length": "1"}) == [STAYS, WHOLE]


@pytest.mark.anyio
async def test_an_answer_to_no_body_is_left_alone() -> None:
    for headers in ({}, {"content-length": "0"}):
        assert await through_drain(Client([]), reads=False, headers=headers) == [STAYS, WHOLE]


@pytest.mark.anyio
@pytest.mark.parametrize("reads", [True, False])
async def test_an_early_answer_goes_out_whole_and_what_still_comes_is_thrown_away(reads: bool) -> None:
    client = Client([b"a"] * 5)
    assert await through_drain(client, reads=reads, headers={"transfer-encoding": "chunked"}) == HELD_BACK
    assert client.parts == []


@pytest.mark.anyio
async def test_no_client_is_listened_to_for_ever() -> None:
    quiet = Client([b"a"], ends=False)
    assert await through_drain(quiet, reads=True, headers={"content-length": "9"}) == HELD_BACK
    endless = Client([b"a" * 400] * 100)
    assert await through_drain(endless, reads=True, headers={"content-length": "40000"}) == HELD_BACK
    assert endless.asked == 4


@pytest.mark.anyio
async def test_other_protocols_pass_the_drain() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    async def send(_message: Message) -> None:
        raise AssertionError

    await Drain(app, 1, 1)({"type": "lifespan"}, Client([]).receive, send)
    assert seen == [{"type": "lifespan"}]


@pytest.mark.anyio
@pytest.mark.parametrize(("waiting", "headers"), [(0, []), (1, []), (2, [(b"connection", b"close")])])
async def test_where_pages_wait_the_next_request_may_go_elsewhere(
    waiting: int, headers: list[tuple[bytes, bytes]]
) -> None:
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    async def send(message: Message) -> None:
        sent.append(message)

    gate = Gate(9, 9)
    gate.waiting = waiting
    await Spread(app, gate)({"type": "http"}, Client([]).receive, send)
    assert [message.get("headers") for message in sent] == [headers, None]
