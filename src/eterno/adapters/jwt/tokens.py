"""Tokens as JSON Web Tokens: signed, short-lived, and bound to one version of one admin."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

import jwt

from eterno.application.access.identify import NOT_VALID
from eterno.application.ports.access import Claims
from eterno.application.ports.system import Clock
from eterno.domain.errors import Unauthenticated

ALGORITHM = "HS256"
ISSUER = "eterno"
AUDIENCE = "eterno-admin"
_REQUIRED = ["exp", "iat", "sub", "aud", "iss", "jti"]


class JwtTokens:
    """Implements `Tokens`. Signs with the first of `keys`; believes any of them, so that a key can
    be changed without signing everybody out: put the new one in front, and take the old one away
    when `lifetime` has passed."""

    def __init__(self, keys: Sequence[str], *, lifetime: timedelta, clock: Clock) -> None:
        self._ring = {_name(key): key for key in keys}
        self._signing = _name(keys[0])
        self._lifetime = lifetime
        self._clock = clock

    def issue(self, claims: Claims) -> str:
        now = self._clock.now()
        return jwt.encode(
            {
                "sub": str(claims.admin_id),
                "ver": claims.version,
                "iat": now,
                "exp": now + self._lifetime,
                "iss": ISSUER,
                "aud": AUDIENCE,
                "jti": secrets.token_hex(16),
            },
            self._ring[self._signing],
            algorithm=ALGORITHM,
            headers={"kid": self._signing},
        )

    def read(self, token: str) -> Claims:
        try:
            key = self._ring[jwt.get_unverified_header(token)["kid"]]
            payload = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # Time is judged below, by our own clock.
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
            if payload["exp"] <= self._clock.now().timestamp():
                raise Unauthenticated(NOT_VALID)
            return Claims(admin_id=int(payload["sub"]), version=int(payload["ver"]))
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            raise Unauthenticated(NOT_VALID) from None


def _name(key: str) -> str:
    """What a key is called in a token's head; says nothing about the key."""
    return hashlib.sha256(b"eterno key id:" + key.encode()).hexdigest()[:8]
