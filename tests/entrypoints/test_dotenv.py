"""Settings may be written down in a file, behind the environment."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from eterno.entrypoints.cli.main import main
from eterno.entrypoints.dotenv import CHOICE, with_file
from eterno.entrypoints.setting_texts import BadSettings
from eterno.entrypoints.settings import read_settings, variables

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Puts a `.env` into the working folder."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".env"

    def put(text: str) -> Path:
        file.write_text(text, encoding="utf-8")
        return file

    return put


def test_the_file_in_the_working_folder_is_read(write: Write) -> None:
    write("PORT=9000\nexport SHOP_NAME='Seifen & Söhne' # ours\n\n# no\nCURRENCY=\n")

    settings = read_settings(with_file({}))
    assert (settings.port, settings.shop_name, settings.currency) == (
        9000,
        "Seifen & Söhne",
        "USD",
    )


def test_the_environment_goes_first_also_with_nothing(write: Write) -> None:
    write("PORT=9000\nFRONTEND_URL=https://shop.example\n")

    settings = read_settings(with_file({"PORT": "9001", "FRONTEND_URL": ""}))
    assert (settings.port, settings.frontend_url) == (9001, None)


def test_the_file_is_taken_by_its_word(write: Write) -> None:
    write('STRIPE_SECRET_KEY="a$PATH${HOME}b"\n')

    assert with_file({"HOME": "/root"})["STRIPE_SECRET_KEY"] == "a$PATH${HOME}b"


def test_another_file_may_be_named_or_none(write: Write, tmp_path: Path) -> None:
    write("PORT=9000\n")
    (tmp_path / "shop.env").write_text("PORT=9002\n")

    assert with_file({CHOICE: "shop.env"})["PORT"] == "9002"
    assert "PORT" not in with_file({CHOICE: ""})


def test_without_a_file_there_is_only_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert with_file({"PORT": "1"}) == {"PORT": "1"}
    (tmp_path / ".env").mkdir()  # some keep a virtual environment there
    assert with_file({}) == {}


def test_a_file_that_cannot_be_read_is_refused_without_showing_it(
    write: Write, tmp_path: Path
) -> None:
    write("PORT=9000\nthis is = no 'secret\n")
    with pytest.raises(BadSettings, match="line 2") as refusal:
        with_file({})
    assert "secret" not in str(refusal.value)

    (tmp_path / ".env").write_bytes(b"SHOP_NAME=\xff\xfe")
    with pytest.raises(BadSettings, match="cannot be read"):
        with_file({})
    with pytest.raises(BadSettings, match="cannot be read"):
        with_file({CHOICE: "missing.env"})


def test_the_command_line_reads_it(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(CHOICE)
    write("CURRENCY=dollars\n")

    assert main(["media", "check"]) == 2
    assert "CURRENCY" in capsys.readouterr().err


def test_no_test_reads_a_developers_own_settings() -> None:
    assert os.environ[CHOICE] == ""
    assert not set(variables()) & set(os.environ)
