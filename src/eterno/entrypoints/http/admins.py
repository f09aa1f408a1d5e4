"""Who looks after the shop, and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from eterno.application.access.change_password import ChangePassword
from eterno.application.access.create_admin import CreateAdmin
from eterno.application.access.disable_admin import DisableAdmin, LastAdmin
from eterno.application.access.sign_in import SignIn
from eterno.application.access.sign_out_everywhere import SignOutEverywhere
from eterno.application.access.verify_password import TooManyGuesses
from eterno.application.ports.access import PasswordsBusy
from eterno.application.ports.store import AlreadyThere, Store
from eterno.application.ports.views import AuditDesk, ShownEntry
from eterno.domain.admins import Admin, plain_username
from eterno.domain.audit import Actor
from eterno.domain.errors import Denied, NotFound, Unauthenticated
from eterno.entrypoints.http.clients import client_of
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.paging import LARGEST_PAGE, next_page
from eterno.entrypoints.http.queries import whole
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.settings import Settings

Username = FromPath[Annotated[str, PathParameter(description="The admin's name.")]]
Password = Annotated[str, Meta(description="12 to 128 characters.")]


class CredentialsIn(Struct, forbid_unknown_fields=True):
    """Who somebody says she is."""

    username: str
    password: str


class TokenOut(Struct, frozen=True):
    """To be sent as `Authorization: Bearer …`."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105  # not a secret but a kind (RFC 6750)


class AdminIn(Struct, forbid_unknown_fields=True):
    """A new admin."""

    username: Annotated[str, Meta(description="2 to 40 letters, digits, dots, dashes, …")]
    password: Password


class PasswordIn(Struct, forbid_unknown_fields=True):
    """The old and the new one."""

    current_password: str
    new_password: Password


class AdminOut(Struct, frozen=True):
    """Somebody who may look after the shop."""

    id: int
    username: str


class AuditEntryOut(Struct, frozen=True, kw_only=True):
    """A change that an admin made."""

    id: int
    at: datetime
    admin_id: int
    username: str
    request_id: Annotated[str, Meta(description="As in the logs and in `X-Request-Id`.")]
    action: str
    subject: str
    before: Annotated[Mapping[str, Any] | None, Meta(description="Null for what was made.")]
    after: Annotated[Mapping[str, Any] | None, Meta(description="Null for what was removed.")]


@post(
    "/admins/login",
    status_code=200,
    summary="Sign in",
    tags=["Admins"],
    cache_control=CacheControlHeader(no_store=True),
    sync_to_thread=True,
    opt=PUBLIC | refuses(Unauthenticated, TooManyGuesses, PasswordsBusy),
)
def log_in(
    data: JSONBody[CredentialsIn],
    request: Request[Any, Any, Any],
    sign_in: Given[SignIn],
    settings: Given[Settings],
) -> TokenOut:
    """Exchange a name and a password for a token. Ten wrong tries in five minutes are too many."""
    client = client_of(request.scope, settings.proxies)
    return TokenOut(sign_in(data.username, data.password, client=client))


@get("/admins", summary="All admins", tags=["Admins"], sync_to_thread=True)
def list_admins(store: Given[Store]) -> list[AdminOut]:
    """Those who may look after the shop, by id."""
    with store.begin() as work:
        return [_admin_out(admin) for admin in work.admins.all() if admin.active]


@get("/admins/{username:str}", summary="One admin", tags=["Admins"], sync_to_thread=True)
def show_admin(username: Username, store: Given[Store]) -> AdminOut:
    """Somebody who may look after the shop."""
    with store.begin() as work:
        admin = work.admins.find(plain_username(username))
    if admin is None or not admin.active:
        raise NotFound("Admin")
    return _admin_out(admin)


@post(
    "/admins",
    summary="Add an admin",
    tags=["Admins"],
    sync_to_thread=True,
    opt=refuses(AlreadyThere),
)
def add_admin(
    data: JSONBody[AdminIn], actor: Given[Actor], create_admin: Given[CreateAdmin]
) -> AdminOut:
    """Let somebody else look after the shop too."""
    return _admin_out(create_admin(data.username, data.password, by=actor))


@put(
    "/admins/{username:str}/password",
    status_code=204,
    summary="Change one's password",
    tags=["Admins"],
    sync_to_thread=True,
    opt=refuses(Denied, TooManyGuesses, PasswordsBusy),
)
def put_password(
    username: Username,
    data: JSONBody[PasswordIn],
    actor: Given[Actor],
    change_password: Given[ChangePassword],
) -> None:
    """Only one's own. All tokens die with the old password, this request's too."""
    change_password(actor, username, current=data.current_password, new=data.new_password)


@delete(
    "/admins/{username:str}/tokens",
    summary="Sign out everywhere",
    tags=["Admins"],
    sync_to_thread=True,
    opt=refuses(Denied),
)
def remove_tokens(
    username: Username, actor: Given[Actor], sign_out_everywhere: Given[SignOutEverywhere]
) -> None:
    """Only one's own, all of them, this request's too. The password stays."""
    sign_out_everywhere(actor, username)


@delete(
    "/admins/{username:str}",
    summary="Remove an admin",
    tags=["Admins"],
    sync_to_thread=True,
    opt=refuses(LastAdmin),
)
def remove_admin(
    username: Username, actor: Given[Actor], disable_admin: Given[DisableAdmin]
) -> None:
    """Her tokens die at once; her name stays taken. The last admin cannot be removed."""
    disable_admin(actor, username)


@get("/audit", summary="What admins did", tags=["Admins"], sync_to_thread=True)
def list_audit(
    audit_desk: Given[AuditDesk],
    subject: FromQuery[
        Annotated[str, QueryParameter(description="Only what was done to this: `product 7`.")]
    ] = "",
    after: FromQuery[
        Annotated[str, QueryParameter(description="The id of the last entry seen.")]
    ] = "",
    limit: FromQuery[Annotated[str, QueryParameter(description="1 to 100.")]] = "50",
) -> Response[list[AuditEntryOut]]:
    """Every change, the newest first. The `Link` header says where the list goes on."""
    most = whole(limit, "limit", most=LARGEST_PAGE)
    below = whole(after, "after") if after else None
    shown = audit_desk.entries(subject=subject or None, below=below, most=most)
    headers = {}
    if len(shown) == most:
        query = {"after": shown[-1].id, "limit": most} | ({"subject": subject} if subject else {})
        headers = next_page("/audit", query)
    return Response([_entry_out(line) for line in shown], headers=headers)


def _admin_out(admin: Admin) -> AdminOut:
    return AdminOut(admin.id, admin.username)


def _entry_out(shown: ShownEntry) -> AuditEntryOut:
    entry = shown.entry
    return AuditEntryOut(
        id=shown.id,
        at=entry.at,
        admin_id=entry.actor.admin_id,
        username=entry.actor.username,
        request_id=entry.actor.request_id,
        action=entry.action,
        subject=entry.subject,
        before=entry.before,
        after=entry.after,
    )


ADMINS = [
    log_in,
    list_admins,
    show_admin,
    add_admin,
    put_password,
    remove_tokens,
    remove_admin,
    list_audit,
]
