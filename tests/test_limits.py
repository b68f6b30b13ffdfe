import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from app.limits import Drain, Gate, LastAnswers
from app.problems import Saturated
from tests.envelope import Client


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
    with gate.place(), gate.place(), gate.place():  # three that are in hand
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
    await LastAnswers(app, lambda: gate.crowded)({"type": "http"}, Client([]).receive, send)
    assert [message.get("headers") for message in sent] == [headers, None]
