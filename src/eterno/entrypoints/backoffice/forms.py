"""Reading what a form of ours sent: within limits, and with a refusal that names the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType

from eterno.domain.errors import Invalid
from eterno.domain.media import LARGEST
from eterno.domain.money import Currency, Money
from eterno.entrypoints.http.bodies import MOST_BYTES
from eterno.entrypoints.http.problems import BadRequest, UnsupportedType
from eterno.entrypoints.http.queries import whole

KEY = "form_key"
"""The field that proves that a form is ours."""
MOST_FIELDS = 400
MOST_WITH_PICTURE = LARGEST + MOST_BYTES
"""Bytes of a form that may bring a picture."""
_LONGEST_AMOUNT = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with a form."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one form. What was not sent is empty."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Sent] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Of a field that came several times the last."""
        return self.fields.get(name, ("",))[-1]

    def texts(self, name: str) -> Sequence[str]:
        return self.fields.get(name, ())

    def ticked(self, name: str) -> bool:
        return bool(self.text(name))

    def number(self, name: str, *, least: int = 0, most: int) -> int:
        """Raises `Invalid` naming the field."""
        return whole(self.text(name).strip(), name, least=least, most=most)

    def amount(self, name: str, currency: Currency) -> Money:
        """An amount of money as people write it. Raises `Invalid` naming the field."""
        text = self.text(name).strip().replace(",", "")
        try:
            amount = Decimal(text) if text.isascii() and len(text) <= _LONGEST_AMOUNT else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite():
            raise Invalid.field(name, "an amount such as 8.99")
        return Money.price(amount, currency, name)

    def pieces(self, prefix: str) -> Mapping[int, int]:
        """Pieces by variant, of fields called `prefix-{variant}`; those that are empty or 0 do not
        count. Raises `Invalid`."""
        counted = {
            whole(name.removeprefix(f"{prefix}-"), prefix): self.number(name, most=9_999)
            for name in self.fields
            if name.startswith(f"{prefix}-") and self.text(name).strip()
        }
        return {id: quantity for id, quantity in counted.items() if quantity}

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Raises `Invalid` naming the field."""
        text = self.text(name)
        if text not in choices:
            raise Invalid.field(name, f"one of {', '.join(choices)}")
        return text

    def file(self, name: str) -> Sent | None:
        return self.files.get(name)


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The form that was sent. Raises `UnsupportedType`, `BadRequest`."""
    kind = request.content_type[0]
    if kind == RequestEncodingType.MULTI_PART:
        return await _with_files(request)
    body = await request.body()
    if not body:
        return Form()
    if kind != RequestEncodingType.URL_ENCODED:
        raise UnsupportedType("The body must be a form")
    return form_of(body.decode("ascii", "replace"))


def form_of(text: str) -> Form:
    """The form that an address or a body spells; blank fields count. With more fields than any
    form of ours it is read as empty."""
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return Form()
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


async def _with_files(request: Request[Any, Any, Any]) -> Form:
    try:
        sent = await request.form()
    except (UnicodeError, LookupError):
        raise BadRequest("The form cannot be read") from None
    fields: dict[str, list[str]] = {}
    files: dict[str, Sent] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            data = await value.read()
            files[name] = Sent(value.filename, value.content_type, data)
            await value.close()
        else:
            fields.setdefault(name, []).append(str(value))
    return Form(fields, files)
