"""Messages, letters, the audit trail, admins, settings and figures in the office, over memory."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from eterno.application.letters.digests import LOW_STOCK, WEEK
from eterno.application.letters.reactions import LETTERS
from eterno.application.ports.queues import Task
from eterno.domain.catalog import Variant
from eterno.domain.contact import Message
from eterno.entrypoints.backoffice.sayings import GIVEN_UP, TASKS
from tests.builders import put_on_sale
from tests.support.office import Office
from tests.support.shops import ShopOverHttp, shop_over_http
from tests.support.signing_in import GOOD, bearer

ADA = {"username": "ada", "password": "rosemary & sage"}


@pytest.fixture
def office(here: ShopOverHttp) -> Office:
    """Rosa, inside."""
    here.shop.create_admin()("rosa", GOOD)
    office = Office(here.client)
    office.enter()
    return office


@pytest.fixture
def soap(here: ShopOverHttp) -> Variant:
    """Ten of them, at 8.99."""
    return put_on_sale(here.store)


def sell(here: ShopOverHttp, soap: Variant) -> None:
    """Two pieces, paid."""
    here.check_out((soap.id, 2, 8.99))
    (order,) = here.store.tables.orders.values()
    here.notify(here.payments.pay(here.payments.sessions(order.token)[-1]))


def bury(here: ShopOverHttp, *numbers: int, reaction: str = "confirm_order") -> None:
    """Letters that nobody could deliver, or other tasks that came to nothing."""
    tasks = [Task(id=UUID(int=n), reaction=reaction, facts={}) for n in numbers]
    with here.store.begin() as work:
        work.outbox.add(tasks, work.now)
        claimed = work.outbox.claim(
            work.now, lease=timedelta(minutes=1), most=len(tasks), attempts=5
        )
        for task in claimed:
            work.outbox.bury(task, work.now, "no such mailbox")


# Letters and messages


def test_a_dead_letter_is_told_of_and_gets_another_chance(
    here: ShopOverHttp, office: Office
) -> None:
    bury(here, 7)
    assert "1 letter could not be sent" in office.get("/office").text
    page = office.get("/office/letters?state=dead")
    assert "no such mailbox" in page.text
    path = f"/office/letters/{UUID(int=7)}/retry"

    assert office.post(path).headers["location"] == "/office/letters?said=retry"

    assert here.store.tables.outbox[UUID(int=7)].state(here.clock.now()) == "due"
    assert here.store.tables.audit[-1].action == "retry task"
    assert office.post(path).status_code == 404
    assert office.post("/office/letters/nonsense/retry").status_code == 422
    assert "All is well." in office.get("/office").text


def test_what_was_given_up_is_called_what_it_is(here: ShopOverHttp, office: Office) -> None:
    bury(here, 1, 2)
    bury(here, 3, reaction="report_week")
    bury(here, 4, reaction="pay_back")
    bury(here, 5, 6, reaction="remove_picture")

    page = office.get("/office").text

    assert "3 letters could not be sent" in page
    assert "1 refund could not be made" in page
    assert "2 pictures could not be removed" in page
    letters = office.get("/office/letters").text
    assert "Give money back</span>" in letters
    assert 'Try again<span class="unseen">: Give money back</span>' in letters


def test_there_are_words_for_everything_the_shop_does_by_itself(
    here: ShopOverHttp, office: Office
) -> None:
    letters = {*LETTERS, "forward_message", LOW_STOCK, WEEK}
    assert set(TASKS) == set(here.shop.reactions()) == letters | set(GIVEN_UP)
    bury(here, 1, reaction="of_an_older_shop")
    assert "Of an older shop</span>" in office.get("/office/letters").text


def test_letters_are_paged_and_their_state_is_one_of_four(
    here: ShopOverHttp, office: Office
) -> None:
    bury(here, *range(1, 36))
    first = office.get("/office/letters?state=dead").text
    assert first.count(">Tell the buyer that she has paid</span>\n") == 30
    more = re.search(r'href="(\?[^"]+after=[^"]+)"', first)
    assert more
    second = office.get("/office/letters" + more[1].replace("&amp;", "&")).text
    assert second.count(">Tell the buyer that she has paid</span>\n") == 5
    assert "Nothing here." in office.get("/office/letters?state=done").text
    for query in ("state=lost", "after=x"):
        assert office.get(f"/office/letters?{query}").status_code == 422


def test_messages_are_read_as_they_were_written(here: ShopOverHttp, office: Office) -> None:
    assert "Nobody has written yet." in office.get("/office/messages").text
    with here.store.begin() as work:
        for n in range(1, 34):
            work.messages.add(
                Message.written(
                    id=UUID(int=n),
                    name=f"Ada {n}",
                    email="ada@example.org",
                    text="<b>Hello</b>\nthere",
                    at=work.now,
                )
            )

    first = office.get("/office/messages").text

    assert "&lt;b&gt;Hello&lt;/b&gt;\nthere" in first
    assert first.count("ada@example.org</a>") == 30
    more = re.search(r'href="(\?after=[^"]+)"', first)
    assert more
    assert office.get(f"/office/messages{more[1]}").text.count("ada@example.org</a>") == 3


# Admins and what they did


def test_an_admin_lets_another_in_and_out(here: ShopOverHttp, office: Office) -> None:
    assert office.post("/office/admins", **ADA).status_code == 303
    assert "ada" in office.get("/office/admins").text
    assert office.post("/office/admins", **ADA).status_code == 409
    poor = office.post("/office/admins", username="eve", password="short")
    assert poor.status_code == 422
    assert 'value="eve"' in poor.text
    assert "short" not in poor.text

    assert office.post("/office/admins/ada/remove").status_code == 303

    assert office.post("/office/admins/nobody/remove").status_code == 404
    assert office.post("/office/admins/rosa/remove").status_code == 409
    audit = office.get("/office/audit").text
    assert audit.index("Disable admin") < audit.index("Create admin")
    of_ada = office.get("/office/audit?subject=admin+ada").text
    assert "password" not in re.sub(r"<[^>]+>", "", of_ada)


def test_a_new_password_signs_her_out(here: ShopOverHttp, office: Office) -> None:
    wrong = office.post("/office/password", current="wrong", new_password="rosemary & sage")
    assert wrong.status_code == 403
    assert office.post("/office/password", current=GOOD, new_password="x").status_code == 422

    answer = office.post("/office/password", current=GOOD, new_password="rosemary & sage")

    assert answer.headers["location"] == "/office/sign-in?said=password"
    assert office.get("/office").status_code == 303
    assert office.enter(password="rosemary & sage").status_code == 303


def test_she_signs_out_wherever_she_is(here: ShopOverHttp, office: Office) -> None:
    session = here.client.cookies["office"]
    assert "Sign out everywhere" in office.get("/office/admins").text

    answer = office.post("/office/sign-out-everywhere")

    assert answer.headers["location"] == "/office/sign-in?said=left-everywhere"
    assert "office" not in here.client.cookies
    assert "You are signed out everywhere." in office.get(answer.headers["location"]).text
    here.client.cookies.set("office", session)
    assert office.get("/office").status_code == 303
    assert here.client.get("/admins", headers=bearer(session)).status_code == 401
    assert here.store.tables.audit[-1].action == "sign out everywhere"
    assert office.enter().status_code == 303


def test_the_audit_trail_is_paged(here: ShopOverHttp, office: Office, soap: Variant) -> None:
    for n in range(1, 45):
        office.post(f"/office/stock/{soap.id}/count", available=str(10 + n), seen=str(9 + n))
    first = office.get("/office/audit").text
    assert first.count("Move stock") == 40
    more = re.search(r'href="(\?[^"]+after=[^"]+)"', first)
    assert more
    assert "Create admin" in office.get("/office/audit" + more[1].replace("&amp;", "&")).text
    assert office.get("/office/audit?after=x").status_code == 422


# Settings


def test_settings_tell_what_is_live_and_nothing_secret() -> None:
    secrets = {
        "STRIPE_SECRET_KEY": "sk_test_verysecret1234567890",
        "STRIPE_WEBHOOK_SECRET": "whsec_verysecret1234567890",
        "SENDGRID_API_KEY": "SG.verysecret1234567890",
        "ADMIN_JWT_SECRET": "verysecret" * 4,
    }
    with shop_over_http(**secrets) as here:
        here.shop.create_admin()("rosa", GOOD)
        office = Office(here.client)
        office.enter()
        page = office.get("/office/settings").text
    assert "STRIPE_SECRET_KEY is set" in page
    assert "SENDGRID_API_KEY is set" in page
    assert "verysecret" not in page


def test_settings_tell_what_the_payment_service_said(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    assert "It has said nothing yet." in office.get("/office/settings").text
    sell(here, soap)

    page = office.get("/office/settings").text

    assert "Heard last" in page
    assert "checkout session completed" in page


def test_money_that_fits_no_order_is_told_on_the_first_page(
    here: ShopOverHttp, office: Office
) -> None:
    with here.store.begin() as work:
        work.inbox.receive("evt_1", "checkout.session.completed", work.now)
        work.inbox.close("evt_1", "stray", work.now, None)

    assert "1 payment notice fit no order" in office.get("/office").text


def test_a_warning_about_a_payment_that_nobody_knows_is_told_too_until_somebody_does(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    here.check_out((soap.id, 2, 8.99))
    (order,) = here.store.tables.orders.values()
    session = here.payments.sessions(order.token)[-1]
    here.notify(here.payments.warn(session))
    assert "1 payment notice fit no order" in office.get("/office").text
    assert '<span class="tag bad">reported</span>' in office.get("/office/settings").text

    here.notify(here.payments.pay(session))

    assert "fit no order" not in office.get("/office").text
    assert '<span class="tag">reported</span>' in office.get("/office/settings").text


# Figures


def test_figures_are_told_of_the_days_that_are_asked_for(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    sell(here, soap)
    today = here.clock.now().date()

    page = office.get("/office/figures")

    assert page.status_code == 200
    assert page.text.count("$17.98") >= 2
    assert "Oat &amp; Honey" in page.text
    assert '<svg class="chart"' in page.text
    before = f"from=2020-01-01&to={today - timedelta(days=30)}"
    assert "Nothing was sold." in office.get(f"/office/figures?{before}").text
    as_known = office.get(f"/office/figures?as_of={today - timedelta(days=2)}")
    assert "Nothing was sold." in as_known.text
    assert "as known on" in as_known.text
    assert "this week" in office.get("/office").text


def test_the_value_of_the_stock_is_told_as_it_was_then(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    here.clock.advance(timedelta(days=3))
    office.enter()
    assert "$89.90" in office.get("/office/figures/stock").text
    then = here.clock.now().date() - timedelta(days=20)
    assert "$89.90" not in office.get(f"/office/figures/stock?as_of={then}").text


@pytest.mark.parametrize(
    "query",
    ["from=x", "to=2026-13-01", "from=2026-03-01&to=2026-02-01", "from=1800-01-01", "as_of=soon"],
)
def test_days_that_cannot_be_are_said_on_the_page(office: Office, query: str) -> None:
    answer = office.get(f"/office/figures?{query}")

    assert answer.status_code == 422
    assert "Please look again" in answer.text
    for table in ("sales", "goods"):
        assert office.get(f"/office/figures/{table}.csv?{query}").status_code == 422


def test_the_first_day_of_all_can_be_asked_about(office: Office) -> None:
    for path in ("/office/figures", "/office/figures/goods.csv", "/office/orders"):
        assert office.get(f"{path}?from=1971-01-01&to=1971-01-01").status_code == 200


def test_figures_are_taken_home_as_tables(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    sell(here, soap)

    sales = office.get("/office/figures/sales.csv")
    goods = office.get("/office/figures/goods.csv")

    assert sales.headers["content-disposition"] == 'attachment; filename="sales.csv"'
    assert sales.headers["cache-control"] == "no-store"
    assert "17.98" in sales.text
    assert sales.text.startswith("from,before,orders,gross_sales")
    assert "Oat & Honey" in goods.text
