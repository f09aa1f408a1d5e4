"""Where a request came from."""

import ipaddress
from typing import Any

import pytest

from eterno.entrypoints.http.clients import client_of

PROXIES = (ipaddress.ip_network("10.0.0.0/8"),)


def scope(peer: str | None, *forwarded: str) -> Any:
    return {
        "client": (peer, 1234) if peer else None,
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", ("198.51.100.1",), "203.0.113.7"),
        ("10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1", "198.51.100.1, 10.0.0.2"), "198.51.100.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("10.0.0.3",), "10.0.0.1"),
        ("10.0.0.1", ("garbage",), "unknown"),
        (None, (), "unknown"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", (), "203.0.113.7"),
    ],
)
def test_only_a_trusted_proxy_is_believed(
    peer: str | None, forwarded: tuple[str, ...], client: str
) -> None:
    assert client_of(scope(peer, *forwarded), PROXIES) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert client_of(scope("10.0.0.1", "198.51.100.1"), ()) == "10.0.0.1"
