"""An S3 for tests, on this machine: ministack, which checks what presigned addresses allow.

(It looks at the signature of nothing else: keys that are wrong it takes.)
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path

import pytest

import dev
from eterno.adapters.s3.bucket import Bucket
from tests.support.processes import free_port

KEY_ID, SECRET, REGION = "tests", "secret-of-tests", "eu-central-1"
PATIENCE = 30.0
"""Seconds for it to start."""
_START = """
import ctypes, runpy, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 15)  # it ends when we do, whatever ends us
runpy.run_module("ministack", run_name="__main__")
"""


@contextmanager
def ministack(folder: Path) -> Iterator[str]:
    """Its address. Everything it keeps, it keeps in memory."""
    if not dev.prepare(dev.STAND_INS):
        raise RuntimeError("the stand-ins could not be installed")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / "ministack.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(dev.python(dev.STAND_INS)), "-c", _START],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={
                "PATH": os.environ.get("PATH", ""),
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "SERVICES": "s3",
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "MINISTACK_REGION": REGION,
                "AWS_ACCESS_KEY_ID": KEY_ID,
                "AWS_SECRET_ACCESS_KEY": SECRET,
                "LOG_LEVEL": "WARNING",
            },
        )
    try:
        _wait(process, address, log)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/", timeout=1).close()  # noqa: S310  # our own
        except urllib.error.HTTPError as answer:
            answer.close()  # whatever it says, it is there
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    process.terminate()
    raise RuntimeError(f"ministack did not start:\n{log.read_text()}")


def bucket_at(endpoint: str, name: str, secret: str = SECRET) -> Bucket:
    return Bucket(name, region=REGION, key_id=KEY_ID, secret=secret, endpoint=endpoint)


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One per session. With xdist, put all that need it into the group "s3"."""
    with ministack(tmp_path_factory.mktemp("ministack")) as address:
        yield address


@pytest.fixture(scope="session")
def s3_account(s3_endpoint: str) -> Bucket:
    """Access to it; making one takes a while."""
    return bucket_at(s3_endpoint, "no-bucket-in-particular")


@pytest.fixture
def bucket(s3_account: Bucket) -> Bucket:
    """An empty one of this test's own."""
    made = copy(s3_account)
    made.name = f"pictures-{secrets.token_hex(6)}"
    made.url = made.url.replace(s3_account.name, made.name)
    place = {"LocationConstraint": REGION}
    made.client.create_bucket(Bucket=made.name, CreateBucketConfiguration=place)
    return made
