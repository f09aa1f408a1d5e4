"""What counts as text: written by people, shown to people, safe to store and to print."""

from __future__ import annotations

import unicodedata

from eterno.domain.errors import Invalid

_LINE_CHARACTERS = frozenset("\n\t")
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def clean(value: str, field: str, *, most: int, least: int = 1, lines: bool = False) -> str:
    """`value` trimmed and in Unicode's composed form (NFC), between `least` and `most` characters.

    `lines` allows line breaks and tabs. Raises `Invalid` naming `field` for a wrong length, and for
    control characters, unpaired surrogates and characters that turn the direction of writing:
    they have no place in a soap's name and a long history of forging one.
    """
    if len(value) > 4 * most:  # do not normalise a novel only to refuse it
        raise Invalid.field(field, f"at most {most} characters")
    if lines:
        value = value.replace("\r\n", "\n")
    for character in value:
        if _is_forbidden(character, lines=lines):
            raise Invalid.field(field, f"contains the character U+{ord(character):04X}")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) < least:
        raise Invalid.field(
            field, "must not be empty" if least == 1 else f"at least {least} characters"
        )
    if text and not any(unicodedata.category(character)[0] in "LNPS" for character in text):
        raise Invalid.field(field, "nothing of it can be seen")
    if len(text) > most:
        raise Invalid.field(field, f"at most {most} characters")
    return text


def _is_forbidden(character: str, *, lines: bool) -> bool:
    if character in _LINE_CHARACTERS:
        return not lines
    return character in _BIDI_CONTROLS or unicodedata.category(character) in (
        "Cc",
        "Cs",
        "Zl",
        "Zp",
    )
