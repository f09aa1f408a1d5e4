"""Who looks after the shop, and what they did."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromPath

from eterno.application.access.change_password import ChangePassword
from eterno.application.access.create_admin import CreateAdmin
from eterno.application.access.disable_admin import DisableAdmin
from eterno.application.access.sign_out_everywhere import SignOutEverywhere
from eterno.application.ports.store import Store
from eterno.application.ports.views import AuditDesk
from eterno.domain.audit import Actor, AuditEntry
from eterno.domain.errors import NotFound, Refusal, Unauthenticated
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import HOME, Page, Screen, complaint, status_for
from eterno.entrypoints.backoffice.sign_in import DOOR
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.queries import whole

AT_ONCE = 40
ADMINS_PAGE = f"{HOME}/admins"


@get("/audit", sync_to_thread=True)
def list_audit(screen: Given[Screen], asked: Given[Form], audit_desk: Given[AuditDesk]) -> Page:
    """Every change, the newest first."""
    below = whole(asked.text("after"), "after") if asked.text("after") else None
    subject = asked.text("subject").strip()
    entries = audit_desk.entries(subject=subject or None, below=below, most=AT_ONCE)
    more = entries[-1].id if len(entries) == AT_ONCE else None
    changes = [(shown.id, shown.entry, _changes(shown.entry)) for shown in entries]
    return screen.page("audit.html", {"entries": changes, "subject": subject, "more": more})


@get("/admins", sync_to_thread=True)
def list_admins(screen: Given[Screen], store: Given[Store]) -> Page:
    """Those who may look after the shop."""
    return _page(screen, store)


@post("/admins", sync_to_thread=True)
def add(
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    store: Given[Store],
    create_admin: Given[CreateAdmin],
) -> Page:
    """Somebody else may look after it too."""
    try:
        create_admin(form.text("username"), form.text("password"), by=actor)
    except Unauthenticated:
        raise
    except Refusal as refusal:
        return _page(screen, store, refusal, form)
    return screen.to(ADMINS_PAGE, said="admin")


@post("/admins/{username:str}/remove", sync_to_thread=True)
def remove(
    username: FromPath[str],
    screen: Given[Screen],
    actor: Given[Actor],
    store: Given[Store],
    disable_admin: Given[DisableAdmin],
) -> Page:
    """Somebody may no longer; what she is signed in with dies at once."""
    try:
        disable_admin(actor, username)
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return _page(screen, store, refusal)
    return screen.to(ADMINS_PAGE, said="no-admin")


@post("/password", sync_to_thread=True)
def change(
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    store: Given[Store],
    change_password: Given[ChangePassword],
) -> Page:
    """One's own. It signs her out everywhere, here too."""
    try:
        change_password(
            actor, actor.username, current=form.text("current"), new=form.text("new_password")
        )
    except Unauthenticated:
        raise
    except Refusal as refusal:
        return _page(screen, store, refusal)
    return screen.to(DOOR, said="password")


@post("/sign-out-everywhere", sync_to_thread=True)
def leave_everywhere(
    screen: Given[Screen], actor: Given[Actor], sign_out_everywhere: Given[SignOutEverywhere]
) -> Page:
    """Every browser and every token of hers, these too."""
    sign_out_everywhere(actor, actor.username)
    page = screen.to(DOOR, said="left-everywhere")
    page.set_cookie(screen.house.sessions.close())
    return page


def _changes(entry: AuditEntry) -> Sequence[tuple[str, object, object]]:
    """(what, before, after) of everything that changed; None for what was not there."""
    before, after = entry.before or {}, entry.after or {}
    return [(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]


def _page(
    screen: Screen, store: Store, refusal: Refusal | None = None, typed: Form | None = None
) -> Page:
    with store.begin() as work:
        admins = [admin for admin in work.admins.all() if admin.active]
    facts = {"admins": admins, **complaint(refusal, typed)}
    return screen.page("admins.html", facts, status=status_for(refusal))


PEOPLE = (list_audit, list_admins, add, remove, change, leave_everywhere)
