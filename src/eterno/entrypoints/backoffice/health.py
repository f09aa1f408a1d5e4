"""What serves the shop, and whether the payment service is heard."""

from __future__ import annotations

from litestar import get

from eterno.application.ports.office import OfficeDesk
from eterno.application.ports.system import Clock
from eterno.entrypoints.backoffice.screens import Page, Screen
from eterno.entrypoints.backoffice.today import ASTRAY, ORPHANED
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.outside import WEBHOOK_PATH, choices
from eterno.entrypoints.settings import Settings

NOTICES_SHOWN = 15


@get("/settings", sync_to_thread=True)
def show_settings(
    screen: Given[Screen],
    settings: Given[Settings],
    office_desk: Given[OfficeDesk],
    clock: Given[Clock],
) -> Page:
    """Which adapters are live and why, and what the payment service said last. No value of a
    setting that is secret, or could be."""
    facts = {
        "now": clock.now(),
        "choices": choices(settings),
        "notices": office_desk.notices(most=NOTICES_SHOWN),
        "astray": ASTRAY,
        "orphaned": ORPHANED,
        "webhook": settings.base_url + WEBHOOK_PATH,
        "settings": settings,
    }
    return screen.page("settings.html", facts)


HEALTH = (show_settings,)
