"""The OpenAPI description is true: generated requests get documented answers, and bad ones are refused."""

import asyncio
import threading
from collections.abc import Iterator
from time import monotonic, sleep

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from service.web_world import own_register, world

from adapters.embedded.postgres import Databases

pytestmark = pytest.mark.service

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def address(databases: Databases, empty_store: str) -> Iterator[str]:
    """A server on loopback, in a thread and a loop of its own, over a register with one dossier."""
    ready: list[str] = []
    stopping = threading.Event()

    async def serve() -> None:
        with own_register(databases, empty_store) as register:
            async with world(register) as made:
                agent = await made.agent()
                await made.part_time(agent, "TP1")
                config = uvicorn.Config(made.app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
                server = uvicorn.Server(config)
                serving = asyncio.create_task(server.serve())
                while not server.started:
                    await asyncio.sleep(0.01)
                ready.append(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
                await asyncio.to_thread(stopping.wait)
                server.should_exit = True
                await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    give_up = monotonic() + 30
    while not ready and thread.is_alive() and monotonic() < give_up:
        sleep(0.01)
    assert ready
    yield ready[0]
    stopping.set()
    thread.join()


@pytest.fixture(scope="module")
def api(address: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{address}/api/openapi.json")


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_generated_requests_get_the_answers_that_are_documented(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=CHECKS)
