"""Visitors write, the owner reads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from eterno.application.contact.send_message import SendMessage
from eterno.application.ports.messages import MessageDesk
from eterno.domain.contact import Message
from eterno.domain.errors import Invalid, TooMany
from eterno.entrypoints.http.clients import client_of
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.settings import Settings

MOST_MESSAGES = 100
THANKS = "Thank you! Your message has been received."


class MessageIn(Struct, forbid_unknown_fields=True):
    """A message to the owner."""

    name: Annotated[str, Meta(description="At most 120 characters.")]
    email: Annotated[str, Meta(description="Where to answer.", examples=["ada@example.org"])]
    message: Annotated[str, Meta(description="At most 5,000 characters.")]
    website: Annotated[
        str | None, Meta(description="A trap for programs: leave it out, or empty.")
    ] = None


class ThanksOut(Struct, frozen=True):
    message: str


class MessageOut(Struct, frozen=True, kw_only=True):
    """A visitor's message."""

    id: UUID
    name: str
    email: str
    message: str
    received_at: datetime


@post(
    "/contact",
    status_code=200,
    summary="Write to the owner",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC | refuses(TooMany),
)
def send_message_to_owner(
    data: JSONBody[MessageIn],
    request: Request[Any, Any, Any],
    send_message: Given[SendMessage],
    settings: Given[Settings],
) -> ThanksOut:
    """Keep the message; the owner gets a letter that she can answer. Limited to 5 an hour for each
    client address, and 200 a day in total."""
    send_message(
        name=data.name,
        email=data.email,
        text=data.message,
        client=client_of(request.scope, settings.proxies),
        trap=data.website or "",
    )
    return ThanksOut(THANKS)


@get("/messages", summary="Visitors' messages", tags=["Messages"], sync_to_thread=True)
def list_messages(
    message_desk: Given[MessageDesk],
    after: FromQuery[
        Annotated[str | None, QueryParameter(description="The last id of the page before.")]
    ] = None,
    limit: FromQuery[Annotated[int, QueryParameter(ge=1, le=MOST_MESSAGES)]] = 50,
) -> Response[list[MessageOut]]:
    """What visitors wrote, the newest first."""
    messages = message_desk.latest(after=_id(after) if after else None, most=limit)
    return Response(
        [message_out(message) for message in messages], headers={"Cache-Control": "no-store"}
    )


def message_out(message: Message) -> MessageOut:
    return MessageOut(
        id=message.id,
        name=message.name,
        email=message.email,
        message=message.text,
        received_at=message.at,
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid.field("after", "the id of a message") from None


CONTACT = [send_message_to_owner, list_messages]
