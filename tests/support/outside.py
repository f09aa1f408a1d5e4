"""A shop seen from outside: its address, its admin, and nothing of its code.

The one that ETERNO_BASE_URL names (with ETERNO_ADMIN and ETERNO_ADMIN_PASSWORD), or a process of
its own, on a database of its own, with the sandbox for payments, mail and pictures.
"""

from __future__ import annotations

import os
import secrets
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.databases import DatabaseServer
from tests.support.processes import Server, serving

ADMIN, PASSWORD = "looks-after-it", "a long enough sentence"
CERTIFICATES = ssl.create_default_context()
"""Read once: it takes longer than a request."""
VITE = "http://localhost:5173"
"""An origin that any shop in development lets in."""


@dataclass(frozen=True)
class Outside:
    """Where the shop is and who may look after it."""

    url: str
    admin: str
    password: str
    believes_us: bool
    """It takes our X-Forwarded-For at its word, so that we can be many people."""
    server: Server | None = None
    """Its process, if it is ours."""

    def visitor(self, **headers: str) -> httpx.Client:
        """Somebody with an address of their own, who follows no redirect."""
        somewhere = ".".join(str(secrets.randbelow(254) + 1) for _ in range(3))
        return httpx.Client(
            base_url=self.url,
            headers={"X-Forwarded-For": f"10.{somewhere}", **headers},
            timeout=20,
            verify=CERTIFICATES,
        )

    def signed_in(self) -> httpx.Client:
        """The admin."""
        with self.visitor() as visitor:
            answer = visitor.post(
                "/admins/login", json={"username": self.admin, "password": self.password}
            )
        assert answer.status_code == 200, answer.text
        return self.visitor(Authorization=f"Bearer {answer.json()['access_token']}")


def named_shop() -> Outside | None:
    """The shop that the environment names; None when it names none."""
    if not (url := os.environ.get("ETERNO_BASE_URL")):
        return None
    return Outside(
        url=url.rstrip("/"),
        admin=os.environ["ETERNO_ADMIN"],
        password=os.environ["ETERNO_ADMIN_PASSWORD"],
        believes_us=False,
    )


@contextmanager
def own_shop(
    databases: DatabaseServer, template: str, folder: Path, **environment: str
) -> Iterator[Outside]:
    """A shop in a process of its own, open and with an admin, made the way people make one."""
    surroundings = {"TRUSTED_PROXIES": "127.0.0.0/8", **environment}
    with databases.database(template) as uri:
        create_admin(uri, folder, surroundings)
        with serving(uri, folder, "serve", "--with-worker", environment=surroundings) as server:
            server.wait_until_ready()
            yield Outside(
                url=server.url, admin=ADMIN, password=PASSWORD, believes_us=True, server=server
            )


def create_admin(uri: str, folder: Path, environment: Mapping[str, str]) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "eterno.entrypoints.cli"),
            *("admin", "create", ADMIN, "--password-stdin"),
        ],
        input=f"{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
        env={
            **os.environ,
            **environment,
            "SQLALCHEMY_DATABASE_URI": uri,
            "ETERNO_DATA_DIR": str(folder),
        },
    )
