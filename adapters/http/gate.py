"""What surrounds every request: its number, its log line, the bound of its body, the headers of its answer."""

import re
from collections.abc import Awaitable, Callable
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from adapters.http.answers import instant
from adapters.http.bodies import MOST_BYTES
from adapters.http.office import Desk
from adapters.http.problems import Problem

log = structlog.get_logger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFETY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class TooLarge(Problem):
    """The body goes beyond the bound."""

    def __init__(self) -> None:
        super().__init__("body_too_large", f"Le corps d'une demande ne dépasse pas {MOST_BYTES // 1024} Kio.")


class Gate:
    """Numbers, bounds and logs each request."""

    def __init__(self, app: ASGIApp, desk: Desk, fault: Callable[[Request], Awaitable[Response]]) -> None:
        self.app = app
        self.desk = desk
        self.fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        begun = perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(MutableHeaders(scope=message), scope, request_id, begun)
            await send(message)

        with bound_contextvars(request_id=request_id):
            declared = headers.get("content-length", "0")
            if declared.isdecimal() and int(declared) > MOST_BYTES:
                await TooLarge().response(Request(scope))(scope, receive, sending)
            else:
                try:
                    await self.app(scope, _bounded(receive), sending)
                except Exception:
                    log.exception("request_failed", method=scope["method"], path=scope["path"])
                    if status:
                        raise  # half an answer is gone already
                    await (await self.fault(Request(scope)))(scope, receive, sending)
            if not scope["path"].startswith("/static/"):
                spent = round((perf_counter() - begun) * 1000, 1)
                log.info("request", method=scope["method"], path=scope["path"], status=status, milliseconds=spent)
        return None

    def _dress(self, headers: MutableHeaders, scope: Scope, request_id: str, begun: float) -> None:
        headers["X-Request-Id"] = request_id
        headers["Server-Timing"] = f"app;dur={(perf_counter() - begun) * 1000:.1f}"
        for name, said in SAFETY.items():
            headers[name] = said
        if not scope["path"].startswith("/static/"):
            headers["Cache-Control"] = "no-store" if "etag" not in headers else "private, no-cache"
        if self.desk.degraded_since is not None:
            headers["Greffe-Degraded-Since"] = instant(self.desk.degraded_since)


def _bounded(receive: Receive) -> Receive:
    """A body that is not longer than it may be, whatever it declared."""
    read = 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise TooLarge
        return message

    return receiving
