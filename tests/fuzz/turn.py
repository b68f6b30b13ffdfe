"""A turn of nothing: counts so many inputs, or ends (TURN_ENDS_AT) or stops (TURN_STOPS_AT) at one of them."""

import os
import sys
import time
from pathlib import Path

from fuzz import tally
from fuzz.tally import Outcome

keeper = tally.Keeper(Path(sys.argv[1]))
for number in range(1, int(sys.argv[2]) + 1):
    keeper.take(b"input %d" % number)
    if str(number) == os.environ.get("TURN_ENDS_AT"):
        keeper.write()
        os._exit(9)
    if str(number) == os.environ.get("TURN_STOPS_AT"):
        time.sleep(60)
    keeper.give(b"", Outcome("200", 0.001))
keeper.write()
