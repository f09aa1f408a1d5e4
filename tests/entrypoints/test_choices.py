"""Which adapter serves which port follows from the settings, and nothing else is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eterno.adapters.s3.media import S3Media
from eterno.adapters.sendgrid.mailer import SendGridMailer
from eterno.adapters.smtp.mailer import SmtpMailer
from eterno.entrypoints.advice import mail_advice, media_advice
from eterno.entrypoints.outside import PORTS, Outside, choices
from eterno.entrypoints.settings import read_settings
from tests.support.clock import FixedClock

SENDGRID = {"SENDGRID_API_KEY": "SG.x"}
SMTP = {"SMTP_URL": "smtp://mail.example"}
BUCKET = {"AWS_BUCKET_NAME": "b", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}


def chosen(**environment: str) -> dict[str, str]:
    return {choice.port: choice.adapter for choice in choices(read_settings(environment))}


def outside(tmp_path: Path, **environment: str) -> Outside:
    settings = read_settings({"ETERNO_DATA_DIR": str(tmp_path), **environment})
    return Outside(settings, FixedClock())


def test_a_shop_that_was_just_cloned_leaves_the_house_for_nothing() -> None:
    assert set(chosen().values()) == {"sandbox"}


def test_every_port_gets_what_its_settings_name() -> None:
    assert chosen(**SENDGRID)["mail"] == "sendgrid"
    assert chosen(**SMTP)["mail"] == "smtp"
    assert chosen(**SENDGRID, **SMTP)["mail"] == "sendgrid"
    assert chosen(**BUCKET)["media"] == "s3"
    assert chosen(S3_BUCKET_NAME="b")["media"] == "s3"
    assert chosen(**BUCKET)["mail"] == "sandbox"


def test_the_chosen_adapter_serves(tmp_path: Path) -> None:
    assert isinstance(outside(tmp_path, **SENDGRID).mailer, SendGridMailer)
    assert isinstance(outside(tmp_path, **SMTP).mailer, SmtpMailer)
    assert isinstance(outside(tmp_path, **BUCKET).media, S3Media)


def test_who_stands_in_is_known(tmp_path: Path) -> None:
    assert outside(tmp_path).stand_ins == set(PORTS)
    assert outside(tmp_path, **SMTP, **BUCKET).stand_ins == {"payments"}


@pytest.mark.parametrize(
    "environment", [{}, SENDGRID, SMTP, BUCKET], ids=["none", "sg", "smtp", "s3"]
)
def test_only_what_was_chosen_is_imported(tmp_path: Path, environment: dict[str, str]) -> None:
    code = """
import os, sys
from eterno.entrypoints.cli.main import main
from eterno.entrypoints.container import live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings

with live(read_settings(os.environ), "postgresql://nobody@127.0.0.1:1/none") as shop:
    create_app(shop)
print(*sorted({"boto3", "sendgrid", "smtplib"} & set(sys.modules)))
"""
    environment = {"PATH": "", "ETERNO_DATA_DIR": str(tmp_path), **environment}
    path = [str(Path(__file__).parents[2] / "src"), *filter(None, sys.path)]
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "PYTHONPATH": ":".join(path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    names = {"SENDGRID_API_KEY": "sendgrid", "SMTP_URL": "smtplib", "AWS_BUCKET_NAME": "boto3"}
    assert said == [names[name] for name in names if name in environment]


def test_a_sender_whose_letters_will_be_thrown_away_is_warned() -> None:
    assert not mail_advice(read_settings({"FROM_EMAIL": "rosa@eterno.example"}))
    [remark] = mail_advice(read_settings({"FROM_EMAIL": "rosa@GMail.com"}))
    assert "FROM_EMAIL" in remark
    assert "rosa" not in remark


def test_addresses_that_end_with_a_role_are_warned_of() -> None:
    role = {"AWS_BUCKET_NAME": "b"}
    assert "MEDIA_PUBLIC_BASE_URL" in media_advice(read_settings(role))[0]
    public = {"MEDIA_PUBLIC_BASE_URL": "https://pictures.example"}
    assert not media_advice(read_settings({**role, **public}))
    assert not media_advice(read_settings(BUCKET))
