from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
import pytest

from eterno.adapters.jwt.tokens import AUDIENCE, JwtTokens
from eterno.application.ports.access import Claims
from eterno.domain.errors import Unauthenticated
from tests.contracts.conftest import TOKENS_LAST, Mint
from tests.support.clock import NOON, FixedClock

ROSA = Claims(admin_id=7, version=3)
A_SECOND = timedelta(seconds=1)


def test_a_token_says_what_it_was_issued_for(mint: Mint) -> None:
    assert mint.tokens.read(mint.tokens.issue(ROSA)) == ROSA


def test_no_two_tokens_are_the_same(mint: Mint) -> None:
    assert mint.tokens.issue(ROSA) != mint.tokens.issue(ROSA)


def test_a_token_dies_by_itself(mint: Mint) -> None:
    token = mint.tokens.issue(ROSA)
    mint.advance(TOKENS_LAST - A_SECOND)
    assert mint.tokens.read(token) == ROSA

    mint.advance(A_SECOND)

    with pytest.raises(Unauthenticated, match="Invalid or expired token"):
        mint.tokens.read(token)


@pytest.mark.parametrize(
    "nonsense", ["", " ", "x", "a.b.c", "...", "\0", "ü", "\ud800", "x" * 100_000, "e30.e30."]
)
def test_what_was_not_issued_here_is_no_token(mint: Mint, nonsense: str) -> None:
    with pytest.raises(Unauthenticated, match="Invalid or expired token"):
        mint.tokens.read(nonsense)


# Only JWT

KEY, OTHER_KEY = "k" * 32, "o" * 32


def made_with(*keys: str) -> JwtTokens:
    return JwtTokens(keys, lifetime=TOKENS_LAST, clock=FixedClock())


@pytest.fixture
def tokens() -> JwtTokens:
    return made_with(KEY)


def taken_apart(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(head, payload)."""
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def put_together(
    token: str,
    *,
    key: str = KEY,
    head: Mapping[str, Any] | None = None,
    without: str = "",
    algorithm: str = "HS256",
    **payload: Any,
) -> str:
    """A genuine token with something changed, signed again."""
    old_head, old_payload = taken_apart(token)
    claims = {**old_payload, **payload}
    claims.pop(without, None)
    return jwt.encode(claims, key, algorithm=algorithm, headers={**old_head, **(head or {})})


def test_a_token_carries_all_that_is_demanded_of_it(tokens: JwtTokens) -> None:
    head, payload = taken_apart(tokens.issue(ROSA))

    assert head["alg"] == "HS256"
    assert head["kid"]
    assert KEY not in str(head)
    assert set(payload) == {"sub", "ver", "iat", "exp", "iss", "aud", "jti"}
    assert payload["sub"] == "7"
    assert payload["exp"] - payload["iat"] == TOKENS_LAST.total_seconds()


def test_a_token_put_together_as_ours_are_is_ours(tokens: JwtTokens) -> None:
    assert tokens.read(put_together(tokens.issue(ROSA), ver=4)) == Claims(admin_id=7, version=4)


@pytest.mark.parametrize("claim", ["sub", "ver", "iat", "exp", "iss", "aud", "jti"])
def test_a_token_that_says_less_is_refused(tokens: JwtTokens, claim: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(put_together(tokens.issue(ROSA), without=claim))


@pytest.mark.parametrize(
    "claim",
    [
        {"iss": "somebody"},
        {"aud": "eterno-visitor"},
        {"aud": [AUDIENCE + "x"]},
        {"sub": "rosa"},
        {"sub": ""},
        {"ver": None},
        {"ver": "x"},
        {"exp": "soon"},
        {"exp": int(NOON.timestamp()) - 1},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_refused(
    tokens: JwtTokens, claim: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(put_together(tokens.issue(ROSA), **claim))


def test_a_token_signed_with_another_key_is_refused_whatever_key_it_names(
    tokens: JwtTokens,
) -> None:
    other = made_with(OTHER_KEY).issue(ROSA)
    kid, _ = taken_apart(tokens.issue(ROSA))

    for forged in (other, put_together(other, key=OTHER_KEY, head=kid)):
        with pytest.raises(Unauthenticated):
            tokens.read(forged)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_only_one_algorithm_is_believed(tokens: JwtTokens, algorithm: str) -> None:
    head = {"alg": algorithm}
    with pytest.raises(Unauthenticated):
        tokens.read(put_together(tokens.issue(ROSA), algorithm=algorithm, head=head))


def test_a_token_without_a_signature_is_refused(tokens: JwtTokens) -> None:
    genuine = tokens.issue(ROSA)
    unsigned = put_together(genuine, key="", algorithm="none", head={"alg": "none"})
    cut_off = genuine.rpartition(".")[0] + "."

    for forged in (unsigned, cut_off):
        with pytest.raises(Unauthenticated):
            tokens.read(forged)


@pytest.mark.parametrize("kid", ["", "unknown", "../../etc/passwd", "' OR 1=1"])
def test_a_token_must_name_a_key_of_ours(tokens: JwtTokens, kid: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(put_together(tokens.issue(ROSA), head={"kid": kid}))


def test_a_token_that_names_no_key_is_refused(tokens: JwtTokens) -> None:
    _, payload = taken_apart(tokens.issue(ROSA))

    with pytest.raises(Unauthenticated):
        tokens.read(jwt.encode(payload, KEY, algorithm="HS256"))


def test_a_new_key_in_front_signs_nobody_out() -> None:
    before = made_with(KEY).issue(ROSA)
    both = made_with(OTHER_KEY, KEY)

    assert both.read(before) == ROSA
    assert made_with(OTHER_KEY).read(both.issue(ROSA)) == ROSA


def test_a_key_that_is_taken_away_signs_everybody_out() -> None:
    with pytest.raises(Unauthenticated):
        made_with(OTHER_KEY).read(made_with(KEY).issue(ROSA))
