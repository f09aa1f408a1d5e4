"""`eterno media` and `seed-images`."""

from __future__ import annotations

import argparse
from typing import Any, cast

from eterno.adapters.system.clock import SystemClock
from eterno.entrypoints.cli.output import CommandFailed, say, say_table
from eterno.entrypoints.demo.assortment import demo_assortment
from eterno.entrypoints.outside import Outside
from eterno.entrypoints.setting_texts import origin_of
from eterno.entrypoints.settings import Settings


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    media = commands.add_parser("media", help="where pictures are kept").add_subparsers(
        title="commands", required=True, metavar="COMMAND"
    )
    check = media.add_parser(
        "check",
        parents=[shop],
        help="is the bucket set up as the shop needs it",
        description="Look at the bucket, and say what should be changed. Nothing is written.",
    )
    check.set_defaults(command=check_media)
    seed_images = commands.add_parser(
        "seed-images",
        parents=[shop],
        help="store the demo goods' pictures",
        description="Store the pictures of the demo goods, in the bucket if there is one. Those "
        "that are there already are replaced by themselves.",
    )
    seed_images.set_defaults(command=store_pictures)


def check_media(settings: Settings, _: argparse.Namespace) -> None:
    outside = Outside(settings, SystemClock())
    if outside.stands_in_for("media"):
        say("pictures are kept in the data folder: there is nothing to check")
        return
    from eterno.adapters.s3.inspection import findings
    from eterno.adapters.s3.media import S3Media

    store = cast(S3Media, outside.media)
    front = settings.frontend_url
    found = findings(
        store.bucket,
        origin=origin_of(front) if front else None,
        public_url=settings.media_base_url,
    )
    marks = {"fine": "ok", "wrong": "WRONG", "unknown": "?"}
    say_table(
        ("", "WHAT SHOULD BE", "WHAT TO DO"),
        ((marks[finding.verdict], finding.what, finding.remedy) for finding in found),
    )
    wrong = sum(finding.verdict == "wrong" for finding in found)
    if wrong:
        raise CommandFailed(f"{wrong} of {len(found)} are wrong")


def store_pictures(settings: Settings, _: argparse.Namespace) -> None:
    pictures = demo_assortment(settings.currency).pictures
    media = Outside(settings, SystemClock()).media
    for picture in pictures:
        media.put(picture.key, picture.data)
    say(f"{len(pictures)} pictures are stored")
