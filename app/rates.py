"""How many requests a caller may make in a time: rates as an operator writes them, and what callers have left."""

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from throttled import Throttled

_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_RATE: Final = re.compile(rf"([1-9][0-9]{{0,6}})/({'|'.join(_SECONDS)})")
# Callers that are remembered; of more, those who have asked least lately are forgotten. About 300 bytes each.
_MOST_CALLERS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds: all of them at once, then one whenever its share of the time is over."""

    requests: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> "Rate":
        """Return the rate written as `600/minute` (second, minute, hour, day). Raises ValueError."""
        match = _RATE.fullmatch(text)
        if match is None:
            raise ValueError("a rate is a number from 1 to 9999999, a slash, and second, minute, hour or day")
        return cls(int(match[1]), _SECONDS[match[2]])


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands after a request: what is left, when all is there again, how long to wait (0: it passes)."""

    rate: Rate
    left: int
    full_seconds: int
    wait_seconds: int

    def headers(self) -> dict[str, str]:
        """Return the headers of draft-ietf-httpapi-ratelimit-headers, which tell callers how fast they may go on."""
        return {
            "ratelimit-policy": f'"requests";q={self.rate.requests};w={self.rate.seconds}',
            "ratelimit": f'"requests";r={self.left};t={self.full_seconds}',
        }


class Rates:
    """What callers have spent, in the memory of this process: each process counts for itself."""

    def __init__(self) -> None:
        # Imported here: a service without rates need not wait for it when it starts.
        from throttled import MemoryStore

        self._spent = MemoryStore(options={"MAX_SIZE": _MOST_CALLERS})
        self._limiters: dict[Rate, Throttled] = {}

    def spend(self, caller: str, rate: Rate) -> Standing:
        """Count a request of `caller`, unless it must wait, and return where that leaves it."""
        if rate not in self._limiters:
            self._limiters[rate] = self._limiter(rate)
        result = self._limiters[rate].limit(caller)
        state = result.state
        wait = max(1, math.ceil(state.retry_after)) if result.limited else 0
        return Standing(rate, 0 if wait else state.remaining, math.ceil(state.reset_after), wait)

    def _limiter(self, rate: Rate) -> "Throttled":
        from throttled import Throttled, per_duration

        # The generic cell rate algorithm: one number for each caller, however high the rate; no bursts of twice the
        # rate where two windows meet; and it knows when to come back.
        quota = per_duration(timedelta(seconds=rate.seconds), rate.requests)
        return Throttled(using="gcra", quota=quota, store=self._spent)
