import asyncio
import gzip
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app.intake import Body, Intake
from app.problems import BodyTooLarge, BodyTooSlow, BrokenGzip, Saturated, UnsupportedEncoding
from tests.envelope import Client, until

GZIP = {"content-encoding": "gzip"}


def intake(limit: int = 1_000, **bounds: float) -> Intake:
    """An intake with bounds that no test meets by chance."""
    most = int(bounds.get("most", 1_000_000))
    return Intake(
        max_bytes=limit,
        max_arriving_bytes=most,
        seconds=bounds.get("seconds", 5),
        least_rate=int(bounds.get("least_rate", 0)),
    )


async def read(client: Client, headers: dict[str, str] | None = None, limit: int = 1_000, **bounds: float) -> Body:
    return await intake(limit, **bounds).read(Headers(headers or {}), client.receive)


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
    with pytest.raises(BodyTooSlow, match=r"within 0\.02 seconds"):
        await read(Client([b"a"], ends=False), seconds=0.02)


@pytest.mark.anyio
async def test_a_client_that_goes_away_is_noticed() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await intake().read(Headers({}), receive)


@pytest.mark.anyio
async def test_a_body_that_hardly_goes_forward_is_given_up_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.intake._LOOK", 0.1)
    with pytest.raises(BodyTooSlow, match="fewer than 1,000 bytes a second"):
        await read(Client([b"a" * 50] * 1_000, ends=False, pause=0.02), limit=100_000, least_rate=1_000, seconds=60)


@pytest.mark.anyio
async def test_a_body_that_goes_forward_has_its_whole_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.intake._LOOK", 0.5)
    client = Client([b"a" * 100] * 20, pause=0.05)  # twice as long as a look
    assert (await read(client, limit=100_000, least_rate=50, seconds=60)).sent == 2_000


@pytest.mark.anyio
async def test_bodies_that_are_arriving_are_bounded_together() -> None:
    held = intake(400_000, most=500_000)
    first = asyncio.create_task(held.read(Headers({}), Client([b"a" * 400_000], ends=False).receive))
    await until(lambda: held.held == 400_000)
    assert (await held.read(Headers({}), Client([b"b" * 90_000]).receive)).sent == 90_000
    with pytest.raises(Saturated):
        await held.read(Headers({}), Client([b"b" * 110_000]).receive)
    first.cancel()
    await asyncio.wait([first])
    assert held.held == 0
    assert (await held.read(Headers({}), Client([b"b" * 110_000]).receive)).sent == 110_000


@pytest.mark.anyio
async def test_each_body_counts_for_something() -> None:
    held = intake(most=64_000 * 2)
    quiet = [asyncio.create_task(held.read(Headers({}), Client([b"a"], ends=False).receive)) for _ in range(2)]
    await until(lambda: held.held == 128_000)
    with pytest.raises(Saturated):
        await held.read(Headers({}), Client([b"b"]).receive)
    for task in quiet:
        task.cancel()
    await asyncio.wait(quiet)
    assert held.held == 0
