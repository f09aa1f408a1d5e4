"""Where letters are handed to a mail server, as one setting says it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
"""Where servers listen for letters to be sent on, unless the address says otherwise."""

Protection = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """A mail server. What is said to it is protected, unless it is on this machine."""

    host: str
    port: int
    protection: Protection
    user: str
    password: str


def smtp_server(url: str) -> SmtpServer:
    """What `smtp[s]://user:password@host:port` says; special characters are percent-encoded.

    Raises `ValueError` without repeating it.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("not the address of a mail server")
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        protection=_protection(parts.scheme, parts.hostname),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _protection(scheme: str, host: str) -> Protection:
    if scheme == "smtps":
        return "tls"
    return "none" if _is_here(host) else "starttls"


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
