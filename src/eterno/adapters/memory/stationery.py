"""Letters that say what they were made of."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from eterno.application.ports.mail import Written


class PlainStationery:
    """Implements `Stationery`: the subject is the letter's name, the body lists the facts."""

    def write(self, name: str, facts: Mapping[str, object]) -> Written:
        text = "\n".join(f"{fact}: {value}" for fact, value in facts.items())
        return Written(subject=name, text=text, html=f"<pre>{escape(text)}</pre>")
