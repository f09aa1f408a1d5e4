"""What production refuses to start with."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from eterno.entrypoints import safety
from eterno.entrypoints.cli.main import main
from eterno.entrypoints.safety import is_guessable, unsafe
from eterno.entrypoints.settings import read_settings

GOOD_SECRET = "kZ8vQ2mN7rT4xW9bY3cJ6hL1pS5dF0gA"
SOUND = {
    "ETERNO_ENV": "production",
    "ADMIN_JWT_SECRET": GOOD_SECRET,
    "FRONTEND_URL": "https://shop.example",
    "PUBLIC_URL": "https://api.shop.example",
}


@pytest.fixture
def all_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every port had its real adapter."""
    monkeypatch.setattr(safety, "choices", lambda _: ())


@pytest.mark.usefixtures("all_real")
def test_sound_settings_are_safe() -> None:
    assert unsafe(read_settings(SOUND)) == []


def test_outside_production_everything_goes() -> None:
    assert unsafe(read_settings({"CHECKOUT_LIMITS": "off"})) == []


def test_nobody_plays_at_taking_money_in_production() -> None:
    reasons = unsafe(read_settings(SOUND))

    assert [reason.partition(":")[0] for reason in reasons] == ["payments", "mail", "media"]


@pytest.mark.usefixtures("all_real")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADMIN_JWT_SECRET", ""),
        ("ADMIN_JWT_SECRET", "x" * 64),
        ("ADMIN_JWT_SECRET", "abc" * 20),
        ("ADMIN_JWT_SECRET", "0123456789" * 5),
        ("ADMIN_JWT_SECRET", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("ADMIN_JWT_SECRET", "please-CHANGE-me-9f8e7d6c5b4a39281706"),
        ("ADMIN_JWT_SECRET", f"{GOOD_SECRET},{'x' * 32}"),
        ("FRONTEND_URL", ""),
        ("FRONTEND_URL", "http://shop.example"),
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "http://api.shop.example"),
        ("CORS_ORIGINS", "https://b.example, HTTP://c.example"),
        ("CHECKOUT_LIMITS", "off"),
    ],
)
def test_each_unsafe_setting_is_named_and_not_repeated(name: str, value: str) -> None:
    [reason] = unsafe(read_settings({**SOUND, name: value}))

    assert reason.startswith(f"{name}: ")
    assert not value or value == "off" or value not in reason


@pytest.mark.parametrize(
    "make",
    [
        lambda: secrets.token_hex(16),
        lambda: secrets.token_urlsafe(32),
        lambda: secrets.token_urlsafe(64),
    ],
    ids=["32 hexadecimal digits", "43 letters", "86 letters"],
)
def test_what_a_program_makes_is_never_called_guessable(make: Callable[[], str]) -> None:
    assert not any(is_guessable(make()) for _ in range(2_000))


def test_no_secret_that_stands_in_our_own_documents_is_good_enough() -> None:
    project = Path(__file__).parents[2]
    documents = [*project.glob("*.md"), *project.glob("docs/**/*.md"), *project.glob(".env*")]
    assert len(documents) > 5
    for document in documents:
        for secret in re.findall(r"JWT_SECRET=['\"]?([^\s'\"`]+)", document.read_text("utf-8")):
            assert is_guessable(secret) or len(secret) < 32 or secret.startswith("$"), document


@pytest.mark.parametrize("command", [["run"], ["serve"], ["worker"], ["config", "check"]])
def test_nothing_starts_and_every_reason_is_named(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ETERNO_ENV", "production")
    monkeypatch.setenv("CHECKOUT_LIMITS", "off")
    monkeypatch.setenv("ETERNO_DATA_DIR", str(tmp_path / "data"))

    assert main(command) == 2

    said = capsys.readouterr().err
    for name in (
        "payments",
        "mail",
        "media",
        "ADMIN_JWT_SECRET",
        "FRONTEND_URL",
        "PUBLIC_URL",
        "CHECKOUT_LIMITS",
    ):
        assert f"\n  {name}: " in said
    assert not (tmp_path / "data").exists(), "nothing was begun"


def test_a_secret_that_is_too_short_is_refused_in_development_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADMIN_JWT_SECRET", "only-twenty-bytes...")

    assert main(["serve"]) == 2

    said = capsys.readouterr().err
    assert "ADMIN_JWT_SECRET: at least 32 bytes" in said
    assert "twenty" not in said
