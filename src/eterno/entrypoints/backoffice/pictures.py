"""Bringing a picture: by itself while it is watched, or along with a form."""

from __future__ import annotations

from litestar import Response, post
from msgspec import Struct

from eterno.application.media.bring_picture import BringPicture
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid, Refusal, Unauthenticated
from eterno.entrypoints.backoffice.forms import MOST_WITH_PICTURE, Form
from eterno.entrypoints.backoffice.screens import Screen
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.problems import status_of

FIELD = "picture"


class BroughtOut(Struct, frozen=True):
    """The picture is there, under this key."""

    key: str


class RefusedOut(Struct, frozen=True):
    """Why it is not."""

    detail: str


@post("/pictures", sync_to_thread=True, request_max_body_size=MOST_WITH_PICTURE)
def bring(
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    bring_picture: Given[BringPicture],
) -> Response[BroughtOut | RefusedOut]:
    """For the page's own script, which shows how far it is."""
    try:
        key = brought(form, actor, bring_picture)
    except Unauthenticated:
        raise
    except Refusal as refusal:
        return _refused(screen, refusal)
    if key is None:
        return _refused(screen, Invalid("No picture was chosen"))
    return Response(BroughtOut(key), status_code=201)


def brought(form: Form, actor: Actor, bring_picture: BringPicture) -> str | None:
    """The key of the picture that came along with the form, if one did.

    Raises `Invalid` for what is no picture, and `Unavailable`.
    """
    sent = form.file(FIELD)
    if sent is None or not sent.data:
        return None
    try:
        return bring_picture(actor, sent.name, sent.content_type, sent.data)
    except Invalid as refusal:
        raise Invalid.field(FIELD, _words(refusal)) from None


def key_of(form: Form, actor: Actor, bring_picture: BringPicture) -> str | None:
    """Which picture the form asks for: one that comes with it, or one that was there; none if its
    removal was ticked. Raises as `brought`."""
    if form.ticked("no_picture"):
        return None
    return brought(form, actor, bring_picture) or form.text("img_key") or None


def _refused(screen: Screen, refusal: Refusal) -> Response[BroughtOut | RefusedOut]:
    return Response(
        RefusedOut(refusal.detail),
        status_code=status_of(type(refusal)),
        headers=dict(screen.refusing(refusal)),
    )


def _words(refusal: Invalid) -> str:
    faults = ", ".join(fault.message for fault in refusal.faults)
    return faults or refusal.detail
