"""Letters from templates."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from eterno.adapters.jinja import phrases
from eterno.application.ports.mail import Written


class JinjaStationery:
    """Implements `Stationery` with three templates for each letter, in `letters/`:
    `NAME.subject.txt`, `NAME.txt` and `NAME.html`.

    They are given `shop` (`ShopFacts`) and, if they are about an order, `order` (an `Order` or
    None) and `news` (a mapping of texts); if about a visitor's message, `message` (a `Message`). A
    template that asks for more is a bug and raises.
    """

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("eterno.adapters.jinja", "letters"),
            autoescape=select_autoescape(enabled_extensions=["html"], default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            money=phrases.money,
            minor=phrases.minor,
            percent=phrases.percent,
            date=phrases.date,
            moment=phrases.moment,
            address_lines=phrases.address_lines,
            wrapped=phrases.wrapped,
            quoted=phrases.quoted,
        )
        self._templates.globals["row"] = phrases.row

    def write(self, name: str, facts: Mapping[str, object]) -> Written:
        return Written(
            subject=phrases.one_line(self._filled(f"{name}.subject.txt", facts)),
            text=phrases.spaced(self._filled(f"{name}.txt", facts)),
            html=self._filled(f"{name}.html", facts),
        )

    def _filled(self, template: str, facts: Mapping[str, object]) -> str:
        return self._templates.get_template(template).render(facts)
