"""Settings come from the environment, and a wrong one says so."""

from pathlib import Path

import pytest

from eterno.entrypoints.setting_texts import BadSettings
from eterno.entrypoints.settings import read_settings, variables
from eterno.entrypoints.smtp_url import smtp_server


def test_a_shop_that_was_just_cloned_needs_none() -> None:
    settings = read_settings({})
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.data_dir == Path("data")
    assert not settings.is_production


def test_an_empty_variable_counts_as_absent() -> None:
    assert read_settings({"SQLALCHEMY_DATABASE_URI": ""}).database_uri is None


def test_what_is_not_ours_is_left_alone() -> None:
    assert read_settings({"PATH": "/bin", "LANG": "C"}) == read_settings({})


def test_text_becomes_what_it_means() -> None:
    settings = read_settings({"PORT": "9000", "ETERNO_DATA_DIR": "/srv/shop"})
    assert settings.port == 9000
    assert settings.data_dir == Path("/srv/shop")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("ETERNO_ENV", "staging"),
        ("CHECKOUT_LIMITS", "sometimes"),
        ("CHECKOUT_OPEN_ORDERS", "0"),
        ("API_DOCS", "perhaps"),
        ("ADMIN_JWT_SECRET", "x" * 31),
        ("ADMIN_JWT_SECRET", "x" * 32 + "," + "y" * 31),
        ("ADMIN_ACCESS_TOKEN_EXPIRE_MINUTES", "0"),
        ("CURRENCY", "dollars"),
        ("FRONTEND_URL", "shop.example"),
        ("PUBLIC_URL", "ftp://shop.example"),
        ("CORS_ORIGINS", "*"),
        ("TRUSTED_PROXIES", "my proxy"),
        ("SHIPPING_COUNTRIES", "USA"),
        ("SHIPPING_RATES", "cheap"),
        ("PRODUCTION_DAYS", "soon"),
        ("PRODUCTION_DAYS", "14-7"),
        ("ORDER_PAGE_URL", "shop.example/orders/{token}"),
        ("SHIPPING_RATES", ",".join(f"Way {n}:1.00:1-2" for n in range(6))),
    ],
)
def test_a_wrong_value_is_refused_by_its_name_and_never_repeated(name: str, value: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        read_settings({name: value})
    assert name in str(refusal.value)
    assert value not in str(refusal.value) or value in ("0", "cheap", "http")


STRIPE = {"STRIPE_SECRET_KEY": "sk_test_abc", "STRIPE_WEBHOOK_SECRET": "whsec_abc"}


@pytest.mark.parametrize(
    ("changes", "culprit"),
    [
        ({"STRIPE_SECRET_KEY": "pk_test_abc"}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_SECRET_KEY": "sk_test_abc\r\nX: y"}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_SECRET_KEY": "secret"}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_WEBHOOK_SECRET": " , "}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_API_URL": "localhost"}, "STRIPE_API_URL"),
        ({"STRIPE_API_URL": "http://localhost:1", "ETERNO_ENV": "production"}, "STRIPE_API_URL"),
        (
            {"STRIPE_API_URL": "http://localhost:1", "STRIPE_SECRET_KEY": "rk_live_abc"},
            "STRIPE_API_URL",
        ),
    ],
)
def test_stripe_is_set_up_as_a_whole_or_not_at_all(changes: dict[str, str], culprit: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        read_settings({**STRIPE, **changes})
    assert str(refusal.value).startswith(culprit)
    assert "abc" not in str(refusal.value)


def test_a_key_says_whether_it_moves_real_money() -> None:
    assert not read_settings({}).stripe_is_live
    assert not read_settings(STRIPE).stripe_is_live
    assert read_settings({**STRIPE, "STRIPE_SECRET_KEY": "rk_live_abc"}).stripe_is_live


def test_while_rotating_both_webhook_secrets_are_known() -> None:
    settings = read_settings({**STRIPE, "STRIPE_WEBHOOK_SECRET": "whsec_new, whsec_old,"})
    assert settings.stripe_webhook_secrets == ("whsec_new", "whsec_old")


def test_a_yen_shop_has_no_fractions_in_its_rates() -> None:
    with pytest.raises(BadSettings, match="fractions"):
        read_settings({"CURRENCY": "JPY", "SHIPPING_RATES": "Post:5.50:1-2"})
    [rate] = read_settings({"CURRENCY": "JPY", "SHIPPING_RATES": "Post:500:1-2"}).delivery_rates
    assert (rate.name, rate.amount.minor, rate.days) == ("Post", 500, (1, 2))


def test_rates_are_read_in_the_shops_currency() -> None:
    [post, courier] = read_settings(
        {"SHIPPING_RATES": "Post:5.00:3-5, Courier:12:1-1"}
    ).delivery_rates
    assert (post.amount.minor, courier.amount.minor) == (500, 1200)
    assert courier.name == "Courier"


def test_origins_are_written_as_browsers_write_them() -> None:
    settings = read_settings(
        {
            "ETERNO_ENV": "production",
            "FRONTEND_URL": "https://shop.example/de",
            "CORS_ORIGINS": "https://b.example, https://c.example:8443",
        }
    )
    assert settings.origins == {
        "https://shop.example",
        "https://b.example",
        "https://c.example:8443",
    }


def test_a_server_that_listens_everywhere_names_itself_sensibly() -> None:
    assert read_settings({"HOST": "0.0.0.0"}).base_url == "http://127.0.0.1:8000"  # noqa: S104
    assert read_settings({"HOST": "::1"}).base_url == "http://[::1]:8000"
    assert read_settings({"PUBLIC_URL": "https://api.example"}).base_url == "https://api.example"


def test_the_pages_about_the_api_can_be_hidden() -> None:
    assert read_settings({}).has_docs
    assert not read_settings({"API_DOCS": "off"}).has_docs


def test_the_first_key_of_a_ring_signs() -> None:
    old, new = "o" * 32, "n" * 32
    assert read_settings({"ADMIN_JWT_SECRET": f"{new},{old}"}).token_keys == (new, old)
    assert read_settings({}).token_keys == ()


def test_every_setting_says_what_it_is_for() -> None:
    for name, (description, _) in variables().items():
        assert name.isupper()
        assert description.endswith("."), name


def test_the_docs_list_every_setting() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    for name, (description, _) in variables().items():
        assert f"| `{name}` | " in page
        assert description in page, name


def test_mail_and_media_are_checked_before_anything_starts() -> None:
    for name, value in (
        ("FROM_EMAIL", "the shop"),
        ("TO_EMAIL", "a@b.example, c@d.example"),
        ("SMTP_URL", "mail.example:587"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example:port"),
        ("SENDGRID_API_URL", "localhost"),
        ("S3_ENDPOINT_URL", "localhost:9000"),
        ("MEDIA_PUBLIC_BASE_URL", "pictures.example"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "not so secret"),
    ):
        with pytest.raises(BadSettings, match=name) as refusal:
            read_settings({name: value})
        assert value not in str(refusal.value)


def test_in_production_nobody_stands_in_for_a_provider() -> None:
    production = {"ETERNO_ENV": "production"}
    for name in ("S3_ENDPOINT_URL", "SENDGRID_API_URL"):
        with pytest.raises(BadSettings, match=name):
            read_settings({**production, name: "http://localhost:9000"})
    read_settings({**production, "SENDGRID_API_URL": "https://api.eu.sendgrid.com"})


def test_a_mail_server_on_another_machine_is_spoken_to_in_private() -> None:
    def protection(url: str) -> str:
        return smtp_server(url).protection

    assert protection("smtps://mail.example") == "tls"
    assert protection("smtps://localhost") == "tls"
    assert protection("smtp://mail.example") == "starttls"
    assert protection("smtp://10.0.0.1") == "starttls"
    assert protection("smtp://localhost") == "none"
    assert protection("smtp://127.0.0.1:1025") == "none"
    assert protection("smtp://[::1]") == "none"


def test_a_mail_servers_address_says_everything() -> None:
    server = smtp_server("smtps://shop%40eterno.example:a%3Ab%2Fc@mail.example:2465")
    assert (server.host, server.port) == ("mail.example", 2465)
    assert (server.user, server.password) == ("shop@eterno.example", "a:b/c")
    assert (smtp_server("smtp://m.example").port, smtp_server("smtps://m.example").port) == (
        587,
        465,
    )
    assert smtp_server("smtp://m.example").user == ""


def test_the_example_lists_every_setting_with_its_default() -> None:
    root = Path(__file__).parents[2]
    example = (root / ".env.example").read_text(encoding="utf-8")
    for name, (description, default) in variables().items():
        value = "" if default is None else default
        assert f"\n# {description}\n#{name}={value}\n" in example, name
    lines = [line for line in example.splitlines() if line and not line.startswith("# ")]
    assert [line.partition("=")[0] for line in lines] == [f"#{name}" for name in variables()]
