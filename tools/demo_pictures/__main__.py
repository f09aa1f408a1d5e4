"""Draw the pictures of the demo shop: one for each soap, one for each shape it is sold in.

The shop never runs this and never imports Pillow or NumPy; only whoever changes the
pictures needs them:

    pip install pillow numpy    # in an environment that has the shop too
    python -m tools.demo_pictures                                    # all: twenty minutes
    python -m tools.demo_pictures --rough 1 --to drafts lavender-hour   # a look at some

Every picture is a tiny studio: pieces of soap are signed distance fields on an endless
sheet of paper, found by marching rays, lit by one soft key light, the sky and the paper.
Lengths are centimetres, y is up, the camera looks towards -z. A piece has its own frame:
y through its thickness, so (x, z) is its large face, and -z is the face's upper edge.
Textures are solid (functions of all three), so a swirl runs round the corner as it does in
real soap. The same numbers are drawn every time; the bytes depend on Pillow's libwebp.
"""

import argparse
import io
import zlib
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image

from eterno.entrypoints.demo.soaps import SOAPS
from tools.demo_pictures.compositions import hero, single
from tools.demo_pictures.looks import LOOKS
from tools.demo_pictures.numbers import MOST_BYTES, PICTURES, SUPERSAMPLING
from tools.demo_pictures.studio import Scene, develop


def scene_of(name: str) -> Scene:
    """`lavender-hour.webp` is the soap, `lavender-hour-heart.webp` one of its shapes."""
    stem = name.removesuffix(".webp")
    if stem in LOOKS:
        return hero(stem)
    slug, _, shape = stem.rpartition("-")
    return single(slug, shape)


def webp(picture: Image.Image) -> bytes:
    quality, content = 90, b""
    while not content or len(content) > MOST_BYTES:
        quality -= 3
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        content = buffer.getvalue()
    return content


def draw(name: str, to: Path, supersampling: int) -> str:
    content = webp(develop(scene_of(name), supersampling))
    (to / name).write_bytes(content)
    return f"{name}: {len(content):,} bytes, crc {zlib.crc32(content):08x}"


def wanted() -> list[str]:
    names = {soap.picture for soap in SOAPS}
    names |= {variant.picture for soap in SOAPS for variant in soap.variants}
    return sorted(names)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the demo pictures.")
    parser.add_argument("only", nargs="*", help="pictures whose names begin so; none: all")
    parser.add_argument("--to", type=Path, default=PICTURES)
    parser.add_argument(
        "--rough", type=int, default=SUPERSAMPLING, help="1 is nine times faster than 3"
    )
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    names = [n for n in wanted() if not options.only or n.startswith(tuple(options.only))]
    with ProcessPoolExecutor(options.workers) as pool:
        work = partial(draw, to=options.to, supersampling=options.rough)
        for line in pool.map(work, names):
            print(line, flush=True)  # noqa: T201  (it talks to a person in a terminal)


if __name__ == "__main__":
    main()
