"""Reading what was sent: strictly, within limits, and with an answer that names what is wrong."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from litestar import Request

from eterno.domain.errors import Fault, Invalid
from eterno.entrypoints.http.problems import BadRequest, UnsupportedType

MOST_BYTES = 64 * 1024
"""The largest body of an ordinary request."""
MOST_NOTICE_BYTES = 512 * 1024
"""The largest payment notice."""

_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<place>.*)`)?$", re.DOTALL)
_NAMED = re.compile(r"`(?P<name>[^`]+)`")


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON is taken at its word: "2" is not 2, and nothing unasked is let in.

    (Litestar converts leniently after decoding; a body that is already of the handler's type passes
    through that untouched.) JSON must say that it is JSON: a form on a foreign page cannot.
    """

    async def json(self) -> Any:
        """The body as the handler's `data` type.

        Raises `UnsupportedType`, `BadRequest` for bytes that are no JSON, and `Invalid` naming the
        field for JSON of another shape.
        """
        if self.content_type[0] != "application/json":
            raise UnsupportedType("The body must be JSON, sent as application/json")
        data = self.route_handler.parsed_data_field
        return decode(await self.body(), data.annotation if data else Any)


def decode(body: bytes, into: Any) -> Any:
    """`body` as a value of the type `into`. Raises `BadRequest` or `Invalid`."""
    try:
        return msgspec.json.decode(body, type=into)
    except msgspec.ValidationError as error:
        raise _named(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRequest("The body is not valid JSON") from None
    except RecursionError:
        raise BadRequest("The body is nested too deeply") from None


def _named(error: str) -> Invalid:
    """What msgspec says ("Expected `int`, got `str` - at `$.items[0].quantity`"), by field."""
    found = _WHERE.match(error)
    what, place = (found["what"], found["place"] or "") if found else (error, "")
    if "field `" in what and (name := _NAMED.search(what)):
        place = f"{place}.{name['name']}" if place else name["name"]
        what = "unknown field" if "unknown" in what else "required"
    what = what.replace("`", "")
    return Invalid(f"{place}: {what}" if place else what, Fault(place, what))
