"""What PostgreSQL can keep as text."""

from __future__ import annotations


def can_be_kept(text: str) -> bool:
    """Whether there can be a row with this text: PostgreSQL knows neither NUL nor half characters.

    It answers a question about one with an error, where the right answer is "nothing".
    """
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False
