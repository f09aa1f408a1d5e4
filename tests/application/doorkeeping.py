"""Everything that has to do with who may come in, over memory."""

from __future__ import annotations

from eterno.adapters.memory.access import MemoryTokens, PlainPasswords
from eterno.application.access.change_password import ChangePassword
from eterno.application.access.create_admin import CreateAdmin
from eterno.application.access.disable_admin import DisableAdmin
from eterno.application.access.identify import Identify
from eterno.application.access.reset_password import ResetPassword
from eterno.application.access.sign_in import SignIn
from eterno.application.access.verify_password import VerifyPassword
from eterno.application.ports.access import PasswordsBusy
from eterno.domain.admins import Admin
from eterno.domain.audit import Actor
from tests.application.shop import Shop

GOOD = "lavender & thyme"
HOME = "203.0.113.7"


class WatchedPasswords(PlainPasswords):
    """Passwords that tell how often they were looked at, and whether a work was open meanwhile."""

    def __init__(self, shop: Shop) -> None:
        super().__init__()
        self._shop = shop
        self.looked_at: list[str] = []
        """The hashes that were compared with something."""
        self.busy = False

    def hash(self, password: str) -> str:
        self._must_not_hold_anything()
        return super().hash(password)

    def verify(self, password: str, password_hash: str) -> bool:
        self._must_not_hold_anything()
        if self.busy:
            raise PasswordsBusy
        self.looked_at.append(password_hash)
        return super().verify(password, password_hash)

    def _must_not_hold_anything(self) -> None:
        with self._shop.store.begin():  # a work within a work of the same thread is an error
            pass


class Door:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.passwords = WatchedPasswords(shop)
        self.tokens = MemoryTokens(shop.clock)
        verify_password = VerifyPassword(shop.store, self.passwords)
        self.sign_in = SignIn(verify_password, self.tokens)
        self.identify = Identify(shop.store, self.tokens)
        self.create_admin = CreateAdmin(shop.store, self.passwords)
        self.change_password = ChangePassword(shop.store, verify_password, self.passwords)
        self.reset_password = ResetPassword(shop.store, self.passwords)
        self.disable_admin = DisableAdmin(shop.store)

    def enter(self, username: str, password: str = GOOD, *, client: str = HOME) -> str:
        """Sign in; the token."""
        return self.sign_in(username, password, client=client)

    def who(self, token: str) -> Actor:
        return self.identify(token, request_id="request-1")

    def admin(self, username: str) -> Admin:
        """As she is kept."""
        with self.shop.store.begin() as work:
            admin = work.admins.find(username)
        assert admin is not None
        return admin

    @property
    def trail(self) -> list[tuple[str, str, str]]:
        """(who, what, to what) of every line of the audit trail."""
        return [(e.actor.username, e.action, e.subject) for e in self.shop.store.tables.audit]
