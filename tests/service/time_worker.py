"""A worker in a process of its own, that kills itself once, after an append and before anyone knows of it.

Arguments: database, Temporal's address, task queue, and `die` to do so.
"""

import asyncio
import os
import signal
import sys
from datetime import date
from typing import Any

from service.time_world import StillClock, opened
from temporalio.client import Client

from adapters.store.register import Register
from adapters.temporal.client import CONVERTER
from adapters.temporal.rearm import Alarms
from adapters.temporal.worker import case_worker

append = Register.append


async def _append_and_die(self: Register, *arguments: Any, **named: Any) -> Any:
    await append(self, *arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)


async def _work(dsn: str, address: str, queue: str) -> None:
    async with opened(dsn, StillClock(date(2026, 11, 1))) as world:
        client = await Client.connect(address, data_converter=CONVERTER)
        await case_worker(client, world.service, Alarms(client, world.service, queue), queue).run()


if __name__ == "__main__":
    if sys.argv[4:] == ["die"]:
        Register.append = _append_and_die  # type: ignore[method-assign]
    asyncio.run(_work(*sys.argv[1:4]))
