"""The floor of a reading goal: a bare ASGI application that hands out one answer, headers and body,
under the shop's server with its protocol and options. `python -m bench.floor PORT FILE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uvicorn

from eterno.entrypoints.http.protocol import BoundedHttp


def main() -> None:
    head, _, body = Path(sys.argv[2]).read_bytes().partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
    headers = [each for each in headers if each[0] != b"date"]  # the server's own
    start = {"type": "http.response.start", "status": int(first.split()[1]), "headers": headers}
    rest = {"type": "http.response.body", "body": body}

    async def app(scope: Any, _: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send(start)
            await send(rest)

    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        http=BoundedHttp,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
    )


if __name__ == "__main__":
    main()
