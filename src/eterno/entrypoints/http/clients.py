"""Who is asking, as far as an address can tell."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from litestar.types import Scope

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_of(scope: Scope, proxies: Sequence[Network]) -> str:
    """The address that a request came from; of an IPv6 address its /64, which is one household.

    X-Forwarded-For is believed only from `proxies`, and only back to the first address that is not
    one of them: whatever stands before it, anybody could have written.
    """
    peer = scope["client"][0] if scope.get("client") else "unknown"  # type: ignore[index]  # checked
    if proxies and _is_one_of(peer, proxies):
        hops = _forwarded_for(scope)
        peer = next((hop for hop in reversed(hops) if not _is_one_of(hop, proxies)), peer)
    return _household(peer)


def _forwarded_for(scope: Scope) -> list[str]:
    values = (value for name, value in scope["headers"] if name == b"x-forwarded-for")
    return [hop.strip() for value in values for hop in value.decode("latin-1").split(",")]


def _is_one_of(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _household(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
