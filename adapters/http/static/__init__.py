"""Static files, under names that hold their digest so that they can be cached for a year."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HERE = Path(__file__).parent
SHOWN = frozenset({".css", ".js", ".woff2", ".svg"})
A_YEAR = "public, max-age=31536000, immutable"


@cache
def address(name: str) -> str:
    """Where a static file is served, its digest in the query."""
    return f"/static/{name}?v={sha256((HERE / name).read_bytes()).hexdigest()[:12]}"


class Static(StaticFiles):
    """The files that pages load, and no other file of this folder."""

    def __init__(self) -> None:
        super().__init__(directory=HERE)

    async def get_response(self, path: str, scope: Scope) -> Response:
        if Path(path).suffix not in SHOWN:
            return Response(status_code=404)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = A_YEAR if scope["query_string"] else "public, max-age=3600"
        return response
