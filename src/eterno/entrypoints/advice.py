"""What works, and yet will go wrong one day."""

from __future__ import annotations

from collections.abc import Sequence

from eterno.entrypoints.settings import Settings

FREE_MAIL = frozenset(
    {
        "aol.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "web.de",
        "yahoo.com",
        "ymail.com",
        "zoho.com",
    }
)
"""Whose domains only they may send for: letters from elsewhere in their name are thrown away."""


def mail_advice(settings: Settings) -> Sequence[str]:
    """For a shop whose letters leave the house. Values are not repeated."""
    if settings.from_email.rpartition("@")[2].lower() not in FREE_MAIL:
        return ()
    return (
        "FROM_EMAIL is an address of a free mail provider. Other providers throw such letters away"
        " (DMARC); use an address of a domain of your own",
    )


def media_advice(settings: Settings) -> Sequence[str]:
    """For a shop whose pictures are in a bucket."""
    if settings.aws_key_id or settings.media_base_url:
        return ()
    return (
        "addresses of pictures are signed by the machine's own role, and end when its keys do,"
        " within hours; set MEDIA_PUBLIC_BASE_URL",
    )
