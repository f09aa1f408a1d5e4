"""Draw the pictures of the demo shop: one for each soap, one for each shape it is sold in.

The shop never runs this and never imports Pillow or NumPy; only whoever changes the
pictures needs them:

    pip install pillow numpy    # in an environment of its own
    python tools/draw_demo_pictures.py                                    # all: twenty minutes
    python tools/draw_demo_pictures.py --rough 1 --to drafts lavender-hour   # a look at some

Every picture is a tiny studio: pieces of soap are signed distance fields on an endless
sheet of paper, found by marching rays, lit by one soft key light, the sky and the paper.
Lengths are centimetres, y is up, the camera looks towards -z. A piece has its own frame:
y through its thickness, so (x, z) is its large face, and -z is the face's upper edge.
Textures are solid (functions of all three), so a swirl runs round the corner as it does in
real soap. The same numbers are drawn every time; the bytes depend on Pillow's libwebp.
"""

import argparse
import io
import math
import sys
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from eterno.entrypoints.demo.soaps import SOAPS  # noqa: E402  (needs src on the path first)

PICTURES = ROOT / "src/eterno/entrypoints/demo/pictures"
SIZE = 640
SUPERSAMPLING = 3
MOST_BYTES = 26_000  # the quality steps down until a picture fits
SHEET_CM, SHEET_DOTS = 16.0, 96  # a sheet of decoration: its side, its dots per cm
FLOOR_CM = 30.0

Array = npt.NDArray[Any]
Plane = Callable[[Array, Array], Array]  # (x, z) -> distance to an outline
Paint = Callable[[Array, Array, Array], Array]  # (x, y, z) -> linear rgb
Sprite = Callable[[Array, Array], tuple[Array, Array, Array]]  # (u, v) -> rgb, alpha, height


# --- numbers ------------------------------------------------------------------------------


def rgb(code: str) -> Array:
    """`#rrggbb` as linear light, which is what may be added and mixed."""
    srgb = np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear, np.float32)


def smooth(low: float | Array, high: float | Array, value: Array) -> Array:
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def mix(a: Array, b: Array, t: Array) -> Array:
    return np.asarray(a + (b - a) * t[..., None])


def unit(vector: Iterable[float]) -> Array:
    v = np.array(list(vector), np.float32)
    return np.asarray(v / np.linalg.norm(v))


LATTICE = np.random.default_rng(1871).random((32, 32, 32)).astype(np.float32)


def noise(x: Array, y: Array, z: Array) -> Array:
    """Smooth noise in -1..1, one bump per unit, repeating every 32."""
    cells, steps = [], []
    for axis in (x, y, z):
        whole = np.floor(axis)
        part = axis - whole
        cell = whole.astype(np.int32)
        cells.append((cell & 31, (cell + 1) & 31))
        steps.append(part * part * (3 - 2 * part))
    (x0, x1), (y0, y1), (z0, z1) = cells
    u, v, w = steps
    near = LATTICE[x0, y0, z0] * (1 - u) + LATTICE[x1, y0, z0] * u
    near = near * (1 - v) + (LATTICE[x0, y1, z0] * (1 - u) + LATTICE[x1, y1, z0] * u) * v
    far = LATTICE[x0, y0, z1] * (1 - u) + LATTICE[x1, y0, z1] * u
    far = far * (1 - v) + (LATTICE[x0, y1, z1] * (1 - u) + LATTICE[x1, y1, z1] * u) * v
    return np.asarray((near * (1 - w) + far * w) * 2 - 1)


def fractal(x: Array, y: Array, z: Array, octaves: int = 3) -> Array:
    total, loud, fine = np.zeros_like(x), 0.55, 1.0
    for octave in range(octaves):
        shift = 7.3 * octave
        total += loud * noise(x * fine + shift, y * fine - shift, z * fine + 2 * shift)
        loud, fine = loud * 0.5, fine * 2.03
    return total


# --- outlines -----------------------------------------------------------------------------


def rectangle(half_x: float, half_z: float, corner: float) -> Plane:
    def outline(x: Array, z: Array) -> Array:
        dx, dz = np.abs(x) - half_x + corner, np.abs(z) - half_z + corner
        outside = np.hypot(np.maximum(dx, 0), np.maximum(dz, 0))
        return outside + np.minimum(np.maximum(dx, dz), 0) - corner

    return outline


def circle(radius: float) -> Plane:
    return lambda x, z: np.hypot(x, z) - radius


def hexagon(radius: float, corner: float) -> Plane:
    flat = radius - corner

    def outline(x: Array, z: Array) -> Array:
        kx, kz, slope = -0.8660254, 0.5, 0.57735027
        ax, az = np.abs(x), np.abs(z)
        fold = 2 * np.minimum(kx * ax + kz * az, 0)
        ax, az = ax - fold * kx, az - fold * kz
        ax = ax - np.clip(ax, -slope * flat, slope * flat)
        az = az - flat
        return np.asarray(np.hypot(ax, az) * np.sign(az) - corner)

    return outline


def heart(size: float, corner: float) -> Plane:
    def outline(x: Array, z: Array) -> Array:
        ax, up = np.abs(x) / size, 0.56 - z / size
        lobe = np.hypot(ax - 0.25, up - 0.75) - 0.35355339
        along = 0.5 * np.maximum(ax + up, 0)
        side = np.minimum(np.hypot(ax, up - 1), np.hypot(ax - along, up - along))
        sharp = np.where(ax + up > 1, lobe, side * np.sign(ax - up))
        return sharp * size - corner

    return outline


def leaf(long: float, wide: float, corner: float = 0.45) -> Plane:
    """Two arcs meeting in rounded tips, the whole bent a little, as leaves are."""
    half_length, half_width = long - corner, wide - corner
    centre = (half_length**2 - half_width**2) / (2 * half_width)
    radius = centre + half_width

    def outline(x: Array, z: Array) -> Array:
        ax, az = np.abs(x + 0.035 * z * z - 0.3), np.abs(z)
        beyond = (az - half_length) * centre > ax * half_length
        tip = np.hypot(ax, az - half_length)
        return np.where(beyond, tip, np.hypot(ax + centre, az) - radius) - corner

    return outline


# --- decoration: sprites laid on a sheet --------------------------------------------------


class Sheet:
    """Colour, cover and relief (cm) over a square of a face or of the floor."""

    def __init__(self, side: float = SHEET_CM, dots: int = SHEET_DOTS) -> None:
        self.side, self.dots = side, dots
        count = round(side * dots)
        self.colour = np.zeros((count, count, 3), np.float32)
        self.cover = np.zeros((count, count), np.float32)
        self.relief = np.zeros((count, count), np.float32)

    def lay(
        self, sprite: Sprite, x: float, z: float, length: float, width: float, turn: float = 0.0
    ) -> None:
        """Lay `sprite` at (x, z): u runs -1..1 along `length`, turned by `turn` degrees."""
        count, reach = self.colour.shape[0], max(length, width) * 0.75 + 0.1
        left, top = ((v - reach + self.side / 2) * self.dots for v in (x, z))
        wide = round(2 * reach * self.dots)
        c0, r0 = max(0, int(left)), max(0, int(top))
        c1, r1 = min(count, int(left) + wide), min(count, int(top) + wide)
        if c0 >= c1 or r0 >= r1:
            return
        xs = (np.arange(c0, c1, dtype=np.float32) + 0.5) / self.dots - self.side / 2 - x
        zs = (np.arange(r0, r1, dtype=np.float32) + 0.5) / self.dots - self.side / 2 - z
        gx, gz = np.meshgrid(xs, zs)
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        u = (gx * cos + gz * sin) / (length / 2)
        v = (gz * cos - gx * sin) / (width / 2)
        colour, cover, height = sprite(u, v)
        here = np.s_[r0:r1, c0:c1]
        both = cover + self.cover[here] * (1 - cover)
        self.colour[here] = mix(self.colour[here], colour, cover / np.maximum(both, 1e-6))
        self.cover[here] = both
        # things laid on things lie a little higher
        raised = height + 0.35 * np.maximum(self.relief[here], 0) * (height > 0)
        self.relief[here] = np.where(cover > 0.5, raised, self.relief[here])

    def press(self, depth: Array) -> None:
        """Press a stamp into the face: relief goes down, nothing is coloured."""
        self.relief = self.relief - depth

    def grid(self) -> tuple[Array, Array]:
        line = (np.arange(self.colour.shape[0], dtype=np.float32) + 0.5) / self.dots
        x, z = np.meshgrid(line - self.side / 2, line - self.side / 2)
        return x, z


def sample(image: Array, side: float, dots: int, x: Array, z: Array) -> Array:
    """Read `image` between its dots."""
    top = image.shape[0] - 1.001
    column = np.clip((x + side / 2) * dots - 0.5, 0, top)
    row = np.clip((z + side / 2) * dots - 0.5, 0, top)
    c, r = column.astype(np.int32), row.astype(np.int32)
    fc, fr = column - c, row - r
    if image.ndim == 3:
        fc, fr = fc[..., None], fr[..., None]
    upper = image[r, c] * (1 - fc) + image[r, c + 1] * fc
    lower = image[r + 1, c] * (1 - fc) + image[r + 1, c + 1] * fc
    return np.asarray(upper * (1 - fr) + lower * fr, np.float32)


def blurred(image: Array, radius: float) -> Array:
    picture = Image.fromarray(np.clip(image * 255, 0, 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def softened(image: Array, times: int) -> Array:
    """As `blurred`, but in full precision: relief in 256 steps would look like a terrace."""
    for _ in range(times):
        for axis in (0, 1):
            image = (np.roll(image, 1, axis) + 2 * image + np.roll(image, -1, axis)) / 4
    return image


def dome(r: Array, height: float) -> Array:
    return np.asarray(height * np.sqrt(np.clip(1 - r * r, 0, 1)))


def bead(light: str, dark: str, height: float, groove: float = 0.0) -> Sprite:
    """A bud, a seed, a bean: an ellipse, darker to its rim, perhaps with a groove."""

    def sprite(u: Array, v: Array) -> tuple[Array, Array, Array]:
        r = np.hypot(u, v)
        colour = mix(rgb(light), rgb(dark), smooth(0.2, 1, r))
        rise = dome(r, height)
        if groove:
            cut = np.exp(-(((v - 0.12 * np.sin(3 * u)) / 0.13) ** 2)) * (np.abs(u) < 0.9)
            colour = colour * (1 - min(0.75, 3.4 * groove) * cut)[..., None]
            rise = rise - groove * cut
        return colour, 1 - smooth(0.9, 1.02, r), rise

    return sprite


def blade(light: str, dark: str, height: float, veins: float = 5.0) -> Sprite:
    """A leaf: pointed at both ends, widest before the middle, with veins."""

    def sprite(u: Array, v: Array) -> tuple[Array, Array, Array]:
        along = np.clip((u + 1) / 2, 0, 1)
        edge = 2.6 * along**0.8 * (1 - along) ** 0.9 + 1e-4
        across = np.abs(v) / edge
        inside = (1 - smooth(0.9, 1.04, across)) * (np.abs(u) < 1)
        middle = np.exp(-((v / 0.07) ** 2))
        side = 0.5 + 0.5 * np.cos((u * 1.0 - np.abs(v) * 0.55) * veins * math.pi)
        colour = mix(rgb(dark), rgb(light), 0.35 + 0.4 * smooth(0.1, 1, side) + 0.2 * (v > 0))
        colour = mix(colour, rgb(light) * 1.15, 0.7 * middle)
        curl = height * (0.35 + 0.65 * np.clip(across, 0, 1) ** 2 + 0.5 * (u * u))
        return colour, inside, (curl - 0.15 * height * middle) * (inside > 0)

    return sprite


def petal(inner: str, outer: str, height: float) -> Sprite:
    """A rose petal: round, notched a little, cupped."""

    def sprite(u: Array, v: Array) -> tuple[Array, Array, Array]:
        r = np.hypot(u * (1 + 0.12 * np.cos(2.2 * v)), v * (0.95 + 0.25 * u))
        streaks = 0.03 * np.sin(19 * np.arctan2(v, u + 1.5))
        colour = mix(rgb(inner), rgb(outer), np.clip(smooth(-1, 0.8, u) + streaks, 0, 1))
        return colour, 1 - smooth(0.97, 1.0, r), height * (0.25 + 0.75 * r * r) * (r < 1.02)

    return sprite


def daisy(u: Array, v: Array) -> tuple[Array, Array, Array]:
    """A chamomile flower: fifteen white petals round a yellow cushion."""
    r, a = np.hypot(u, v), np.arctan2(v, u)
    turn = a * 15 / (2 * math.pi)
    across = np.abs(turn - np.round(turn)) * 2
    number = np.round(turn)
    length = 0.93 + 0.07 * np.sin(number * 2.4)
    width = 0.92 * np.sqrt(np.clip(1 - ((r - 0.62) / 0.36) ** 2, 0, 1)) + 0.02
    ray = (1 - smooth(0.85, 1.05, across / width)) * (1 - smooth(length - 0.05, length, r))
    heart_ = 1 - smooth(0.29, 0.34, r)
    grain = 0.5 + 0.5 * np.sin(u * 70) * np.sin(v * 70)
    white = mix(rgb("#fffdf6"), rgb("#d9d6c4"), 0.55 * across**2 + 0.5 * smooth(0.6, 0.3, r))
    yellow = mix(rgb("#f2bf2c"), rgb("#c98a12"), 0.5 * grain + 0.5 * smooth(0.1, 0.34, r))
    rise = 0.06 + 0.05 * r - 0.05 * across**2 + (0.2 + 0.03 * grain) * heart_ * (1 - 3 * r * r)
    cover = np.maximum(ray, heart_)
    return mix(white, yellow, heart_), cover, rise * (cover > 0.02)


def slice_of(rind: str, pith: str, flesh: str, deep: str, height: float = 0.12) -> Sprite:
    """A slice of citrus: rind, pith, ten segments."""

    def sprite(u: Array, v: Array) -> tuple[Array, Array, Array]:
        r, a = np.hypot(u, v), np.arctan2(v, u)
        turn = a * 10 / (2 * math.pi) + 0.05 * np.sin(3 * a)
        off = np.abs(turn - np.round(turn)) * 2 * math.pi / 10 * r  # distance along the arc
        half = math.pi / 10 * r
        wall = half - off  # distance to the wall between segments
        segment = smooth(0.015, 0.05, wall) * smooth(0.09, 0.16, r) * (1 - smooth(0.8, 0.85, r))
        fibres = 0.5 + 0.5 * noise(a * 9, r * 2.2, np.round(turn) * 3.1 + 0 * r)
        pulp = mix(rgb(deep), rgb(flesh), fibres * 0.8 + 0.2 * r)
        colour = mix(rgb(pith), pulp, segment)
        colour = mix(colour, rgb(rind), smooth(0.9, 0.94, r))
        rise = height * (1 - 0.35 * segment * (1 - 0.3 * fibres))
        cover = 1 - smooth(0.985, 1.0, r)
        return colour, cover, rise * cover

    return sprite


def stalk(colour: str, height: float = 0.08) -> Sprite:
    def sprite(u: Array, v: Array) -> tuple[Array, Array, Array]:
        inside = (1 - smooth(0.8, 1.0, np.abs(v))) * (np.abs(u) < 1)
        return np.broadcast_to(rgb(colour), (*u.shape, 3)), inside, dome(v, height) * inside

    return sprite


def crystal(u: Array, v: Array) -> tuple[Array, Array, Array]:
    """A grain of salt: a cut stone, facets seen as different whites."""
    edge = np.maximum(np.abs(u), np.abs(v)) + 0.25 * np.minimum(np.abs(u), np.abs(v))
    facet = np.where(np.abs(u) > np.abs(v), np.sign(u), 2 * np.sign(v))
    colour = mix(rgb("#c9dbe4"), rgb("#ffffff"), 0.5 + 0.22 * facet)
    inside = 1 - smooth(0.9, 1.0, edge)
    return colour, inside, np.minimum(0.22, 0.4 * (1.05 - edge)) * inside


# --- what grows by arranging sprites ------------------------------------------------------


def along(x: float, z: float, turn: float, far: float, aside: float = 0.0) -> tuple[float, float]:
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x + far * cos - aside * sin, z + far * sin + aside * cos


def lavender(sheet: Sheet, x: float, z: float, turn: float, length: float = 7.0) -> None:
    chance = np.random.default_rng(abs(int(x * 31 + z * 17 + turn)) + 3)
    cx, cz = along(x, z, turn, length / 2)
    sheet.lay(stalk("#7c8a62"), cx, cz, length, 0.1, turn)
    for side in (-1.0, 1.0):
        lx, lz = along(x, z, turn, length * 0.2, side * 0.35)
        sheet.lay(blade("#a3b08a", "#75855f", 0.08, 1), lx, lz, 1.9, 0.24, turn + side * 22)
    for ring in range(9):
        far = length * (0.5 + 0.5 * ring / 8.5)
        size = 1.0 - 0.045 * ring
        for side in (-1.0, 1.0, -0.45, 0.45, 0.0):
            bx, bz = along(x, z, turn, far + chance.uniform(-0.06, 0.06), side * 0.24 * size)
            tint = [("#9a86c8", "#5d4a8f"), ("#b09bd8", "#6e5aa6"), ("#8673b5", "#4e3d7d")]
            light, dark = tint[int(chance.integers(3))]
            height = 0.18 + 0.12 * (1 - abs(side))
            sheet.lay(bead(light, dark, height), bx, bz, 0.5 * size, 0.25 * size, turn + side * 42)


def twig(
    sheet: Sheet,
    x: float,
    z: float,
    turn: float,
    *,
    length: float,
    pairs: int,
    leaf_cm: float,
    width: float,
    light: str,
    dark: str,
    stem: str,
    spread: float = 40.0,
    veins: float = 1.0,
    bend: float = 0.0,
) -> None:
    """A stem with leaves in pairs: olive, rosemary, mint, pine, by its numbers."""
    chance = np.random.default_rng(pairs * 97 + abs(int(turn * 3 + x * 11)))
    px, pz, heading = x, z, turn
    step = length / pairs
    for pair in range(pairs + 1):
        nx, nz = along(px, pz, heading, step)
        if pair < pairs:
            mx, mz = along(px, pz, heading, step / 2)
            sheet.lay(stalk(stem), mx, mz, step * 1.1, 0.1, heading)
        shrink = 1 - 0.45 * (pair / pairs) ** 2
        for side in (-1, 1) if pair < pairs else (0,):
            angle = heading + side * (spread + chance.uniform(-9, 9))
            size = leaf_cm * shrink * chance.uniform(0.88, 1.1)
            lx, lz = along(px, pz, angle, size / 2)
            sheet.lay(blade(light, dark, 0.13, veins), lx, lz, size, width * shrink, angle)
        px, pz, heading = nx, nz, heading + bend / pairs


def scatter(
    sheet: Sheet,
    sprites: list[Sprite],
    count: int,
    length: tuple[float, float],
    ratio: float,
    where: Callable[[Array, Array], Array],
    seed: int,
    apart: float = 0.0,
) -> None:
    """Strew `count` sprites at random where `where(x, z)` is true, `apart` cm from each other."""
    chance = np.random.default_rng(seed)
    laid: list[tuple[float, float]] = []
    for _ in range(count * 60):
        if len(laid) == count:
            return
        x, z = chance.uniform(-sheet.side / 2, sheet.side / 2, 2)
        if not bool(where(np.array(x), np.array(z))):
            continue
        if any(math.hypot(x - a, z - b) < apart for a, b in laid):
            continue
        laid.append((x, z))
        size = chance.uniform(*length)
        pick = sprites[int(chance.integers(len(sprites)))]
        wide = size * ratio * chance.uniform(0.85, 1.15)
        sheet.lay(pick, x, z, size, wide, chance.uniform(0, 360))


# --- stamps -------------------------------------------------------------------------------


def honeycomb(sheet: Sheet, cell: float = 0.62) -> None:
    """Cells pressed all over, walls left standing."""
    x, z = sheet.grid()
    nearest = np.full_like(x, 9)
    for shift in (0.0, 0.5):
        gx = x / (cell * 1.7320508) + shift
        gz = z / (cell * 3) + shift
        hx, hz = (gx - np.round(gx)) * cell * 1.7320508, (gz - np.round(gz)) * cell * 3
        nearest = np.minimum(nearest, hexagon(cell * 0.8660254 - 0.07, 0.08)(hx, hz))
    sheet.press(0.17 * smooth(0.03, -0.16, nearest))


def snowflake(sheet: Sheet, radius: float, z0: float = 0.0) -> None:
    x, z = sheet.grid()
    z = z - z0
    r, a = np.hypot(x, z), np.arctan2(x, z)
    a = np.abs((a + math.pi / 6) % (math.pi / 3) - math.pi / 6)
    fx, fz = r * np.cos(a), r * np.sin(a)
    best = np.where(fx < radius, fz, np.hypot(fx - radius, fz))
    for at, long in ((0.36, 0.26), (0.6, 0.3), (0.82, 0.16)):
        ox, oz = fx - at * radius, fz
        t = np.clip((ox + oz) * 0.7071, 0, long * radius)
        best = np.minimum(best, np.hypot(ox - t * 0.7071, oz - t * 0.7071))
    sheet.press(0.13 * smooth(0.17, 0.05, best))


def emboss(sheet: Sheet, deep: float, draw: Callable[[Sheet], None]) -> None:
    """Press the silhouette of what `draw` lays on a sheet of its own."""
    mould = Sheet(sheet.side, sheet.dots)
    draw(mould)
    body = blurred(mould.cover, 2.0)
    sheet.press(deep * body - 0.45 * blurred(np.clip(mould.relief, 0, 1), 1.5) * body)


def ring(sheet: Sheet, outline: Plane, inset: float, deep: float = 0.09) -> None:
    """A fine groove that follows the edge."""
    x, z = sheet.grid()
    sheet.press(deep * np.exp(-(((outline(x, z) + inset) / 0.06) ** 2)))


def veins(sheet: Sheet, half_length: float, half_width: float) -> None:
    x, z = sheet.grid()
    bent = x + 0.035 * z * z - 0.3
    middle = np.abs(bent)
    rib = np.abs(((z + middle * 0.75) / 0.92 + 0.5) % 1 - 0.5) * 0.92 * 0.8
    near_edge = smooth(0.0, -0.7, leaf(half_length, half_width)(x, z))
    groove = np.exp(-((middle / 0.085) ** 2)) + 0.7 * np.exp(-((rib / 0.06) ** 2)) * near_edge
    sheet.press(
        0.11 * np.minimum(groove, 1) * smooth(half_length - 0.2, half_length - 1, np.abs(z))
    )


# --- paints -------------------------------------------------------------------------------


def plain(code: str, other: str, strength: float = 0.5) -> Paint:
    """Two near tones, clouded."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        cloud = fractal(x * 0.45 + 3, y * 0.45, z * 0.45 + 9)
        return mix(rgb(code), rgb(other), np.clip(0.5 + cloud * 1.6, 0, 1) * strength)

    return paint


def swirl(
    ribbons: list[tuple[str, float]], scale: float, bend: float, seed: float, soft: float = 0.08
) -> Paint:
    """Batter poured in ribbons, each with its width, and drawn through once.

    Noise bent by noise makes the plumes.
    """
    widths = [width for _, width in ribbons]
    tones = [rgb(code) for code, _ in ribbons]

    def paint(x: Array, y: Array, z: Array) -> Array:
        qx = fractal(x * 0.22 + seed, y * 0.1, z * 0.22, 2)
        qz = fractal(x * 0.22 - seed, y * 0.1 + 5, z * 0.22 + seed, 2)
        plume = fractal(x * 0.28 + 2 * qx + seed, y * 0.13, z * 0.34 + 2 * qz, 3)
        value = (0.34 * z + 0.16 * x + bend * plume + 0.8 * qx) * scale + seed
        value = value % sum(widths)
        out = np.zeros((*x.shape, 3), np.float32) + tones[0]
        start = widths[0]
        for tone, width in zip(tones[1:], widths[1:], strict=True):
            out = mix(out, tone, smooth(start - soft, start + soft, value))
            start += width
        # the last ribbon ends where the first begins again
        return mix(out, tones[0], smooth(start - 2 * soft, start, value))

    return paint


def layers(bands: list[tuple[float, str]], wave: float, seed: float, soft: float = 0.06) -> Paint:
    """Poured layers: each band reaches down from its z; -z is the top of the bar."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        out = np.zeros((*x.shape, 3), np.float32) + rgb(bands[0][1])
        for number, (start, code) in enumerate(bands[1:]):
            lift = fractal(x * 0.33 + seed + 5 * number, y * 0.2, np.full_like(x, seed), 2) * wave
            out = mix(out, rgb(code), smooth(start - soft, start + soft, z + lift))
        return out

    return paint


def ombre(top: str, middle: str, bottom: str, half: float = 2.6) -> Paint:
    def paint(x: Array, y: Array, z: Array) -> Array:
        t = z / half + 0.25 * fractal(x * 0.4, y * 0.4, z * 0.4)
        upper = mix(rgb(top), rgb(middle), smooth(-1, 0.1, t))
        return mix(upper, rgb(bottom), smooth(-0.1, 1, t))

    return paint


def ridges(sky: str, rows: list[tuple[float, float, str]], trees: float) -> Paint:
    """Mountains or a line of firs, row behind row, as layers cut through the bar."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        out = mix(rgb(sky), rgb("#f4efe2"), smooth(-2.6, 0.2, z))
        for number, (start, tall, code) in enumerate(rows):
            flat = np.full_like(x, number * 3.7)
            hill = noise(x * 0.36 + 4.3 * number, flat, y * 0.08) * tall
            pitch = trees * (1.0 - 0.18 * number)
            if trees and number:
                cell = np.floor(x / pitch + 0.37 * number)
                part = np.abs(x / pitch + 0.37 * number - cell - 0.5) * 2
                high = 0.6 + 0.7 * LATTICE[(cell.astype(np.int32) + 9 * number) & 31, 4, number]
                tiers = 0.12 * (((1 - part) * 3.2) % 1)
                hill = hill + (1 - part) * high * pitch * 1.15 - tiers
            out = mix(out, rgb(code), smooth(start - 0.045, start + 0.045, z + hill))
        return out

    return paint


def spiral(light: str, dark: str, turns: float) -> Paint:
    def paint(x: Array, y: Array, z: Array) -> Array:
        wobble = fractal(x * 0.5 + 2, y * 0.2, z * 0.5, 2) * 0.9
        r, a = np.hypot(x, z), np.arctan2(z, x) / (2 * math.pi)
        band = np.abs(((r * turns + a + wobble * 0.55) % 1) - 0.5) * 2
        streak = smooth(0.62, 0.9, band) * (0.75 + 0.25 * noise(x * 3, y * 3, z * 3))
        return mix(rgb(light), rgb(dark), streak)

    return paint


def specks(
    under: Paint,
    codes: list[str],
    cell: float,
    share: float,
    size: tuple[float, float],
    stretch: float = 1.0,
    upper_edge: float | None = None,
) -> Paint:
    """Seeds, grounds, salt, herbs in the batter: at most one grain in each small cube."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        out = under(x, y, z)
        for number, code in enumerate(codes):
            s = cell * (1 + 0.13 * number)
            px = (0.78 * x + 0.53 * z + 0.33 * y) / s + 5.5 * number  # askew, lest rows show
            py = (0.91 * y - 0.41 * z) / s + 2.2 * number
            pz = (0.72 * z - 0.59 * x + 0.36 * y) / s - 3.1 * number
            i, j, k = (np.floor(p).astype(np.int32) for p in (px, py, pz))
            odd = LATTICE[(i * 7 + 3 * k) & 31, (j * 11 + i) & 31, (k * 13 + j) & 31]
            ox = LATTICE[(i + 11) & 31, (j * 5 + k) & 31, (k + 7 * i) & 31] * 0.4 + 0.3
            oz = LATTICE[(k * 3 + 5) & 31, (i + 2) & 31, (j + 9 * k) & 31] * 0.4 + 0.3
            oy = LATTICE[(j + 17) & 31, (k * 5 + i) & 31, (i * 3 + j) & 31] * 0.4 + 0.3
            dx, dy, dz = px - i - ox, py - j - oy, pz - k - oz
            turn = odd * 40
            cos, sin = np.cos(turn), np.sin(turn)
            dx, dz = (dx * cos + dz * sin) / stretch, dz * cos - dx * sin
            grain = (size[0] + (size[1] - size[0]) * ox) / s
            there = odd < share
            if upper_edge is not None:
                there &= z < upper_edge + 0.3 * ox
            inside = (1 - smooth(0.75, 1.0, np.sqrt(dx**2 + dy**2 + dz**2) / grain)) * there
            out = mix(out, rgb(code), inside)
        return out

    return paint


def wood(light: str, dark: str) -> Paint:
    def paint(x: Array, y: Array, z: Array) -> Array:
        bend = fractal(x * 0.10, y * 0.3, z * 0.45, 3)
        rings = 0.5 + 0.5 * np.sin((z * 1.5 + bend * 3.2 + y * 2) * 3.1)
        pores = noise(x * 0.9, y * 6, z * 19)
        return mix(rgb(light), rgb(dark), np.clip(0.6 * rings**2 + 0.22 * pores, 0, 1))

    return paint


# --- pieces -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Piece:
    outline: Plane
    half: float  # thickness, half of it
    edge: float  # the radius its edges are rounded with
    reach: float  # no point of it is farther from its middle
    paint: Paint
    at: tuple[float, float, float] = (0, 0, 0)
    turn: Array = field(default_factory=lambda: np.eye(3, dtype=np.float32))
    sheet: Sheet | None = None
    slices: int = 1  # a loaf is so many slices on end
    gloss: float = 1.0
    wobble: float = 0.022

    def inside(self, points: Array) -> Array:
        return (points - np.array(self.at, np.float32)) @ self.turn

    def distance(self, points: Array, fine: bool = True) -> Array:
        local = self.inside(points)
        x, y, z = local[..., 0], local[..., 1], local[..., 2]
        if self.slices > 1:
            pitch = 2 * self.half + 0.05
            least = -self.slices / 2
            y = y - (np.clip(np.floor(y / pitch - least), 0, self.slices - 1) + least + 0.5) * pitch
        flat = self.outline(x, z) + self.edge
        high = np.abs(y) - self.half + self.edge
        far = np.hypot(np.maximum(flat, 0), np.maximum(high, 0))
        distance = far + np.minimum(np.maximum(flat, high), 0) - self.edge
        if not fine:
            return distance
        distance += self.wobble * np.sin(1.3 * x + 0.7 * z + 1.1) * np.sin(1.1 * z - 0.6 * y + 0.4)
        if self.sheet is not None:
            near = (np.abs(distance) < 0.6) & (y > 0)
            if near.any():
                sheet = self.sheet
                relief = sample(sheet.relief, sheet.side, sheet.dots, x[near], z[near])
                facing = smooth(self.half - 0.45, self.half - 0.1, y[near])
                distance[near] -= relief * facing * 0.8
        return distance

    def normal(self, points: Array) -> Array:
        step = 0.012
        corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
        total = np.zeros_like(points)
        for corner in corners:
            total += corner * self.distance(points + corner * step)[..., None]
        return np.asarray(total / (np.linalg.norm(total, axis=-1, keepdims=True) + 1e-9))

    def colour(self, points: Array) -> Array:
        local = self.inside(points)
        x, y, z = local[..., 0], local[..., 1], local[..., 2]
        out = self.paint(x, y, z)
        if self.sheet is not None:
            sheet = self.sheet
            facing = smooth(self.half - 0.4, self.half - 0.15, y)
            cover = sample(sheet.cover, sheet.side, sheet.dots, x, z) * facing
            out = mix(out, sample(sheet.colour, sheet.side, sheet.dots, x, z), cover)
            # the sky sees less of what lies lower than its neighbours
            hollow = blurred(0.5 + sheet.relief, 9) - 0.5 - sheet.relief
            shade = sample(hollow, sheet.side, sheet.dots, x, z) * facing
            out = out * np.clip(1 - 1.9 * shade, 0.66, 1.12)[..., None]
        return out

    def placed(
        self,
        x: float,
        z: float,
        *,
        yaw: float = 0.0,
        tilt: float = 0.0,
        roll: float = 0.0,
        y: float | None = None,
        standing: bool = False,
    ) -> "Piece":
        """Put it down: `standing` on its lower edge facing us, else lying; then turned."""
        rotation = np.eye(3)
        if standing:
            rotation = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)
        for degrees, kind in ((tilt, "x"), (roll, "z"), (yaw, "y")):
            c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            about = {
                "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
                "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
                "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
            }
            rotation = np.array(about[kind]) @ rotation
        set_down = replace(self, at=(x, 0.0, z), turn=rotation.astype(np.float32))
        return replace(set_down, at=(x, set_down.depth() if y is None else y, z))

    def depth(self) -> float:
        """How far its lowest point lies under its middle."""
        line = np.linspace(-self.reach, self.reach, 61, dtype=np.float32)
        grid = np.stack(np.meshgrid(line, line, line), -1).reshape(-1, 3)
        grid = grid + np.array([self.at[0], 0, self.at[2]], np.float32)
        solid = grid[replace(self, at=(self.at[0], 0, self.at[2])).distance(grid, False) < 0.02]
        return float(-solid[:, 1].min())


# shape: outline, half of the thickness, radius of the edges, reach, slices
FORMS: dict[str, tuple[Plane, float, float, float, int]] = {
    "bar": (rectangle(4.1, 2.75, 0.5), 1.25, 0.33, 5.2, 1),
    "round": (circle(3.4), 1.25, 0.42, 3.8, 1),
    "heart": (heart(5.4, 0.55), 1.25, 0.5, 4.6, 1),
    "hexagon": (hexagon(3.25, 0.45), 1.25, 0.34, 4.1, 1),
    "leaf": (leaf(4.6, 2.5), 1.08, 0.4, 5.0, 1),
    "loaf": (rectangle(3.3, 2.75, 0.45), 0.98, 0.17, 7.7, 6),
}


# --- the studio ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Scene:
    paper: str
    pieces: list[Piece]
    floor: Sheet | None = None
    rise: float = 40.0  # degrees of the camera above the paper
    width: float = 15.5  # cm across the picture, at the middle
    look: tuple[float, float, float] = (0, 0.9, 0)


KEY = unit((-0.62, 0.85, 0.22))
KEY_LIGHT = np.array([1.0, 0.955, 0.88], np.float32) * 0.93
SKY = np.array([0.88, 0.94, 1.0], np.float32) * 0.34
BOUNCE = 0.26
LAMPS = [
    unit(KEY + np.array(aside, np.float32))
    for aside in ((0.13, 0, 0.1), (-0.12, 0.05, 0.06), (0, 0.08, -0.16))
]


def nearest(pieces: list[Piece], points: Array) -> Array:
    best = np.full(points.shape[:-1], 1e3, np.float32)
    for one in pieces:
        best = np.minimum(best, one.distance(points, False))
    return best


def lit(pieces: list[Piece], points: Array, start: float) -> Array:
    """How much of the key light reaches each point, 0..1: three lamps, each with soft edges."""
    total = np.zeros(points.shape[0], np.float32)
    for lamp in LAMPS:
        light = np.ones(points.shape[0], np.float32)
        travelled = np.full(points.shape[0], start, np.float32)
        open_ = np.arange(points.shape[0])
        for _ in range(40):
            at = points[open_] + lamp * travelled[open_, None]
            gap = nearest(pieces, at)
            light[open_] = np.minimum(
                light[open_], np.clip(0.5 + 5.5 * gap / travelled[open_], 0, 1)
            )
            travelled[open_] += np.clip(0.6 * gap, 0.06, 0.9)
            open_ = open_[(travelled[open_] < 13) & (light[open_] > 0.004)]
            if not open_.size:
                break
        total += smooth(0, 1, light)
    return total / len(LAMPS)


def openness(pieces: list[Piece], points: Array, normals: Array, floor: bool) -> Array:
    """How much of the sky each point sees, 0..1."""
    hidden = np.zeros(points.shape[0], np.float32)
    for far, weight in ((0.15, 0.9), (0.4, 0.5), (0.9, 0.28), (1.8, 0.15), (3.2, 0.08)):
        at = points + normals * far
        gap = nearest(pieces, at)
        if not floor:
            gap = np.minimum(gap, np.maximum(at[:, 1], 0))
        hidden += weight * np.clip(far - gap, 0, far) / far**0.75
    return np.asarray(np.clip(1 - 0.62 * hidden, 0.04, 1))


def march(one: Piece, origin: Array, rays: Array) -> Array:
    """The distance at which each ray meets the piece, or infinity."""
    middle = origin - np.array(one.at, np.float32)
    b = rays @ middle
    inside = b * b - (middle @ middle - (one.reach + 0.4) ** 2)
    found = np.full(rays.shape[0], np.inf, np.float32)
    live = np.flatnonzero(inside > 0)
    travelled = -b[live] - np.sqrt(inside[live])
    end = -b[live] + np.sqrt(inside[live])
    for step in range(80):
        gap = one.distance(origin + rays[live] * travelled[:, None])
        hit = gap < 0.004
        found[live[hit]] = travelled[hit]
        travelled = travelled + gap * (0.9 if step < 50 else 0.6)
        stay = ~hit & (travelled < end)
        live, travelled, end = live[stay], travelled[stay], end[stay]
        if not live.size:
            break
    return found


def shade_soap(scene: Scene, one: Piece, points: Array, rays: Array) -> Array:
    normals = one.normal(points)
    local = one.inside(points)
    # skin: too fine to be geometry, yet it breaks the highlights as a matte bar does
    grain = np.stack([noise(*(local[:, i] * 9 + k for i in range(3))) for k in (0, 9, 17)], -1)
    normals = normals + 0.035 * grain * one.gloss
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    tone = one.colour(points) * (1 + 0.035 * grain[:, :1])
    # light is reckoned on the bare form; a point in a stamp lies inside that, so lift it out
    out = points + normals * (0.05 + np.maximum(0, -one.distance(points, False)))[:, None]
    key = lit(scene.pieces, out, 0.08)
    sky = openness(scene.pieces, out, normals, floor=False)
    facing = normals @ KEY
    # soap lets light wander under its skin: shadows begin late and begin warm
    wrap = np.array([0.34, 0.26, 0.2], np.float32)
    direct = np.clip((facing[:, None] + wrap) / (1 + wrap), 0, 1)
    direct = direct * (key[:, None] ** np.array([0.8, 0.95, 1.0], np.float32))
    up = 0.5 + 0.5 * normals[:, 1:2]
    paper = rgb(scene.paper)
    fill = np.clip(normals @ unit((0.55, 0.35, 0.8)), 0, 1)[:, None] * 0.24
    around = SKY * (0.35 + 0.65 * up) + paper * BOUNCE * (1 - up) + fill
    colour = tone * (direct * KEY_LIGHT + around * sky[:, None] ** (1 - 0.25 * tone))
    half = KEY - rays
    half = half / np.linalg.norm(half, axis=-1, keepdims=True)
    glance = np.clip((normals * half).sum(-1), 0, 1)
    grazing = (1 - np.clip(-(normals * rays).sum(-1), 0, 1)) ** 4
    shine = (0.16 * glance**48 + 0.05 * glance**9) * key + 0.10 * grazing * sky
    return np.asarray(colour + one.gloss * shine[:, None], np.float32)


def shade_floor(scene: Scene, points: Array, across: Array, down: Array) -> Array:
    side, dots = FLOOR_CM, 18
    line = (np.arange(round(side * dots), dtype=np.float32) + 0.5) / dots - side / 2
    gx, gz = np.meshgrid(line, line)
    grid = np.stack([gx, np.zeros_like(gx), gz], -1).reshape(-1, 3)
    up = np.broadcast_to(np.array([0, 1, 0], np.float32), grid.shape)
    key_map = lit(scene.pieces, grid, 0.02).reshape(gx.shape)
    sky_map = openness(scene.pieces, grid, up, floor=True).reshape(gx.shape)
    x, z = points[:, 0], points[:, 2]
    key = sample(key_map, side, dots, x, z)
    sky = sample(sky_map, side, dots, x, z)
    paper = rgb(scene.paper)
    # a pool of light behind the soap, falling off softly to the corners
    pool = np.exp(-((across + 0.12) ** 2 * 0.75 + (down + 0.25) ** 2 * 0.55))
    tone = paper * (0.80 + 0.30 * pool)[:, None]
    facing = np.full(points.shape[0], KEY[1], np.float32)
    if scene.floor is not None:
        sheet = scene.floor
        read = partial(sample, side=sheet.side, dots=sheet.dots)
        height = read(sheet.relief, x=x, z=z)
        cover = read(sheet.cover, x=x, z=z)
        tone = mix(tone, read(sheet.colour, x=x, z=z), cover)
        soft = softened(sheet.relief, 5)  # sprites end in cliffs, petals do not
        slope_x = (read(soft, x=x + 0.02, z=z) - read(soft, x=x - 0.02, z=z)) / 0.04
        slope_z = (read(soft, x=x, z=z + 0.02) - read(soft, x=x, z=z - 0.02)) / 0.04
        slope_x, slope_z = (np.clip(slope, -0.45, 0.45) for slope in (slope_x, slope_z))
        steep = np.sqrt(1 + slope_x**2 + slope_z**2)
        bent = np.clip((KEY[1] - slope_x * KEY[0] - slope_z * KEY[2]) / steep, 0.12, 1.15)
        facing = np.where(cover > 0.5, 0.35 * KEY[1] + 0.65 * bent, facing)
        shadow = np.zeros_like(x)
        for far in np.linspace(0.05, 0.75, 12):
            over = read(soft, x=x + KEY[0] * far, z=z + KEY[2] * far) - height - KEY[1] * far * 0.8
            shadow = np.maximum(shadow, smooth(-0.03, 0.1, over))
        key = key * (1 - 0.75 * shadow)
        close = read(blurred(sheet.relief, 14), x=x, z=z) - height
        sky = sky * np.clip(1 - 1.3 * close, 0.5, 1)
    # tint the shadow with what casts it, as light passing through and off the soap does
    cast = scene.pieces[0].paint(*(np.linspace(-2, 2, 40, dtype=np.float32) * s for s in (1, 0, 1)))
    glow = cast.mean(0) * np.array([1.0, 0.95, 0.9], np.float32)
    light = key[:, None] * facing[:, None] * KEY_LIGHT + SKY * 1.12 * sky[:, None]
    light = light + 0.16 * glow * (1 - sky[:, None]) * 1.4
    return np.asarray(tone * light * 0.98, np.float32)


def develop(scene: Scene, supersampling: int) -> Image.Image:
    count = SIZE * supersampling
    rise = math.radians(scene.rise)
    towards = np.array([0, -math.sin(rise), -math.cos(rise)], np.float32)
    top = np.array([0, math.cos(rise), -math.sin(rise)], np.float32)
    away = 46.0
    origin = np.array(scene.look, np.float32) - towards * away
    line = ((np.arange(count, dtype=np.float32) + 0.5) / count * 2 - 1) * scene.width / 2 / away
    across, down = (grid.ravel() for grid in np.meshgrid(line, line))
    right = np.array([1, 0, 0], np.float32)
    rays = towards + across[:, None] * right - down[:, None] * top
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)

    found = np.stack([march(one, origin, rays) for one in scene.pieces])
    first = found.argmin(0)
    met = np.isfinite(found.min(0))
    film = np.zeros_like(rays)
    for number, one in enumerate(scene.pieces):
        mine = np.flatnonzero(met & (first == number))
        if mine.size:
            at = origin + rays[mine] * found[number, mine][:, None]
            film[mine] = shade_soap(scene, one, at, rays[mine])
    rest = np.flatnonzero(~met)
    ground = origin + rays[rest] * (-origin[1] / rays[rest, 1])[:, None]
    scale = 2 * away / scene.width
    film[rest] = shade_floor(scene, ground, across[rest] * scale, down[rest] * scale)

    film = film.reshape(SIZE, supersampling, SIZE, supersampling, 3).mean((1, 3))
    # highlights roll off by brightness, so that bright colours keep their hue
    bright = film.max(-1, keepdims=True)
    film = film * np.where(bright > 0.7, (0.7 + 0.3 * np.tanh((bright - 0.7) / 0.42)) / bright, 1)
    film = np.clip(film, 0, 1)
    srgb = np.where(film <= 0.0031308, film * 12.92, 1.055 * film ** (1 / 2.4) - 0.055)
    srgb = srgb + np.random.default_rng(7).normal(0, 0.0035, srgb.shape)  # paper, not plastic
    return Image.fromarray(np.clip(srgb * 255 + 0.5, 0, 255).astype(np.uint8))


# --- the soaps ----------------------------------------------------------------------------

# Tables from here on; a formatter would put one number to a line.
# fmt: off
Decorate = Callable[[Sheet, str], None]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a soap looks like, whatever its shape."""

    paper: str
    paint: Paint
    decorate: Decorate | None = None  # on its face
    strew: Callable[[Sheet], None] | None = None  # round it, on the large picture
    crust: tuple[str, ...] = ()  # what is sprinkled on a loaf
    gloss: float = 1.0

    def piece(self, shape: str) -> Piece:
        sheet = None
        if self.decorate is not None and shape != "loaf":
            sheet = Sheet(10.5)
            self.decorate(sheet, shape)
            sheet.relief = softened(sheet.relief, 6)  # a cliff is noise to the rays
        paint = self.paint
        if self.crust and shape == "loaf":
            paint = specks(paint, list(self.crust), 0.42, 0.42, (0.1, 0.19), 1.5, upper_edge=-2.8)
        outline, half, edge, reach, slices = FORMS[shape]
        return Piece(
            outline=outline, half=half, edge=edge, reach=reach, slices=slices, paint=paint,
            sheet=sheet, gloss=self.gloss,
        )


def face(shape: str, inset: float) -> Plane:
    """The outline of a shape, `inset` cm inside its edge."""
    outline = FORMS[shape][0]
    return lambda x, z: outline(x, z) + inset


def within(shape: str, inset: float) -> Callable[[Array, Array], Array]:
    outline = face(shape, inset)
    return lambda x, z: outline(x, z) < 0


def around(near: float, far: float) -> Callable[[Array, Array], Array]:
    """On the paper, in a ring round the soap."""
    return lambda x, z: (np.hypot(x, z * 0.75) > near) & (np.hypot(x, z * 0.75) < far)


def heap(x0: float, z0: float, radius: float) -> Callable[[Array, Array], Array]:
    return lambda x, z: np.hypot(x - x0, (z - z0) * 0.85) < radius


BUD = [
    bead("#9a86c8", "#5d4a8f", 0.14), bead("#b3a0da", "#6e5aa6", 0.14),
    bead("#8573b0", "#4a3b78", 0.12),
]
FLAKE = [bead("#f6ead0", "#d8b985", 0.07, 0.03), bead("#eedcb8", "#cda873", 0.07, 0.03)]
BEAN = [bead("#7a4a2c", "#3b2012", 0.42, 0.22), bead("#6d3f25", "#331b0f", 0.42, 0.22)]
ROSE = [
    petal("#f3c4c0", "#c9606c", 0.22), petal("#f6d5cf", "#d67f86", 0.2),
    petal("#efb4b2", "#b84d5c", 0.22),
]
ORANGE = slice_of("#e8842a", "#fbe6bf", "#f7a63c", "#e07d18")
LEMON = slice_of("#efc52f", "#fdf6d2", "#f6e07a", "#e9c840")
BERRY = [bead("#6f7aa8", "#2c3357", 0.4)]


def olive_twig(sheet: Sheet, x: float, z: float, turn: float, length: float = 5.6) -> None:
    twig(
        sheet, x, z, turn, length=length, pairs=6, leaf_cm=1.9, width=0.5, light="#a9b48a",
        dark="#66754c", stem="#8a7a58", spread=38, bend=18,
    )


def rosemary(sheet: Sheet, x: float, z: float, turn: float, length: float = 6.0) -> None:
    twig(
        sheet, x, z, turn, length=length, pairs=15, leaf_cm=1.25, width=0.2, light="#8fa37c",
        dark="#4c6247", stem="#7d6a4c", spread=46, bend=12,
    )


def pine(sheet: Sheet, x: float, z: float, turn: float, length: float = 6.5) -> None:
    twig(
        sheet, x, z, turn, length=length, pairs=24, leaf_cm=2.5, width=0.13, light="#6f9270",
        dark="#35573f", stem="#74583c", spread=30, bend=14,
    )


def mint(sheet: Sheet, x: float, z: float, turn: float, length: float = 3.6) -> None:
    twig(
        sheet, x, z, turn, length=length, pairs=3, leaf_cm=2.5, width=1.35, light="#8fc58f",
        dark="#3f7d52", stem="#6a9a62", spread=52, veins=4.5, bend=10,
    )


def lavender_face(sheet: Sheet, shape: str) -> None:
    scatter(sheet, BUD, 34 if shape == "bar" else 26, (0.36, 0.52), 0.5, within(shape, 0.7), 5, 0.5)


def oat_face(sheet: Sheet, shape: str) -> None:
    scatter(sheet, FLAKE, 30, (0.5, 0.85), 0.72, within(shape, 0.75), 8, 0.5)


def honeycomb_face(sheet: Sheet, shape: str) -> None:
    honeycomb(sheet, 0.62)
    x, z = sheet.grid()
    rim = smooth(-0.45, -0.6, face(shape, 0)(x, z))
    sheet.relief = sheet.relief * rim


def orange_face(sheet: Sheet, shape: str) -> None:
    size = 4.5 if shape == "round" else 3.9
    sheet.lay(ORANGE, 0.0, 0.0, size, size, 11)


def rose_face(sheet: Sheet, shape: str) -> None:
    if shape == "heart":
        ring(sheet, face(shape, 0), 0.85)
        return
    for x, z, size, turn in (
        (2.2, -1.3, 1.5, 200), (2.6, -0.3, 1.3, 130), (1.4, -0.7, 1.35, 300), (-2.4, 1.2, 1.2, 30),
    ):
        sheet.lay(ROSE[int(turn) % 3], x, z, size, size * 0.86, turn)


def mint_face(sheet: Sheet, shape: str) -> None:
    if shape == "leaf":
        veins(sheet, 4.6, 2.5)


def salt_face(sheet: Sheet, shape: str) -> None:
    scatter(
        sheet, [crystal], 26, (0.18, 0.42), 0.9,
        lambda x, z: within(shape, 0.6)(x, z) & (z < -0.8 + 0.3 * x), 4, 0.3,
    )


def olive_face(sheet: Sheet, shape: str) -> None:
    emboss(sheet, 0.15, lambda s: olive_twig(s, -2.7, 0.7, -14, 4.8))
    ring(sheet, face(shape, 0), 0.6, 0.06)


def chamomile_face(sheet: Sheet, shape: str) -> None:
    spots = ((-0.9, -0.5, 2.5, 0), (1.35, 0.75, 2.0, 9), (1.1, -1.45, 1.35, 20))
    if shape == "bar":
        spots = ((-2.1, 0.1, 2.4, 0), (0.2, -0.7, 1.9, 9), (2.1, 0.7, 2.1, 15))
    for x, z, size, turn in spots:
        sheet.lay(daisy, x, z, size, size, turn)


def coffee_face(sheet: Sheet, _shape: str) -> None:
    for x, z, turn in ((0.1, -0.75, 65), (-0.75, 0.45, -20), (0.85, 0.5, 20)):
        sheet.lay(BEAN[0], x, z, 1.35, 0.95, turn)


def lemon_face(sheet: Sheet, _shape: str) -> None:
    sheet.lay(LEMON, 0.0, 0.0, 3.6, 3.6, 4)


def barber_face(sheet: Sheet, shape: str) -> None:
    for inset in (0.75, 0.98):
        ring(sheet, face(shape, 0), inset, 0.08)


def nettle_face(sheet: Sheet, shape: str) -> None:
    if shape == "round":
        rosemary(sheet, -1.9, 1.1, -32, 4.2)
    else:
        rosemary(sheet, -2.7, 0.7, -14, 5.2)


def aspen_face(sheet: Sheet, shape: str) -> None:
    if shape == "leaf":
        veins(sheet, 4.6, 2.5)


def aspen_leaf(sheet: Sheet, x: float, z: float, size: float, turn: float, n: int = 0) -> None:
    light, dark = (("#f3c54a", "#c98a1e"), ("#f0b541", "#b8741b"), ("#f6d777", "#d09a2c"))[n % 3]
    sx, sz = along(x, z, turn, -size * 0.62)
    sheet.lay(stalk("#b98a45", 0.07), sx, sz, size * 0.5, 0.09, turn)
    sheet.lay(blade(light, dark, 0.22, 4.0), x, z, size, size * 0.98, turn)


def snow_face(sheet: Sheet, shape: str) -> None:
    snowflake(sheet, {"round": 2.3, "hexagon": 2.1}.get(shape, 1.95))


def strew_lavender(sheet: Sheet) -> None:
    lavender(sheet, -8.8, 7.4, -34, 8.0)
    lavender(sheet, -8.4, 9.0, -17, 8.6)
    scatter(
        sheet, BUD, 16, (0.36, 0.5), 0.5, lambda x, z: (z > 3) & (x > 3.5) & (np.hypot(x, z) < 9),
        2, 0.6,
    )


def strew_oats(sheet: Sheet) -> None:
    scatter(sheet, FLAKE, 70, (0.55, 0.95), 0.72, heap(-5, 5.5, 3.2), 3, 0.22)
    scatter(sheet, FLAKE, 22, (0.55, 0.9), 0.72, around(5, 8.2), 5, 0.8)


def strew_wax(sheet: Sheet) -> None:
    drop = bead("#f7d681", "#e3ac45", 0.32)
    scatter(sheet, [drop], 26, (0.62, 0.85), 1.0, heap(-4.4, 5.4, 2.3), 4, 0.7)
    scatter(sheet, [drop], 5, (0.6, 0.8), 1.0, around(5.6, 7.6), 8, 2.0)


def strew_bay(sheet: Sheet) -> None:
    twig(
        sheet, -7.4, 7.4, -14, length=6.4, pairs=4, leaf_cm=2.9, width=1.1, light="#93a67c",
        dark="#55704e", stem="#7f6b4a", spread=42, veins=3.5, bend=8,
    )
    clove = bead("#7d4f35", "#472818", 0.25)
    for x, z, turn in ((4.6, 6.6, 30), (5.8, 5.6, -40), (3.4, 7.6, 80)):
        sheet.lay(stalk("#5b3522", 0.12), x, z, 1.1, 0.17, turn)
        hx, hz = along(x, z, turn, 0.55)
        sheet.lay(clove, hx, hz, 0.42, 0.42, turn)


def strew_orange(sheet: Sheet) -> None:
    sheet.lay(ORANGE, -5.4, 5.0, 4.3, 4.3, 20)
    sheet.lay(ORANGE, -2.4, 7.6, 4.0, 4.0, 50)
    for x, z, turn in ((5.4, 5.8, 30), (6.4, 4.4, -25)):
        sheet.lay(blade("#86a866", "#476b3a", 0.3, 4), x, z, 2.6, 1.2, turn)


def strew_roses(sheet: Sheet) -> None:
    scatter(sheet, ROSE, 15, (1.3, 2.0), 0.86, heap(-4.6, 5.4, 3.4), 12, 0.9)
    scatter(sheet, ROSE, 7, (1.2, 1.8), 0.86, around(6.2, 8.6), 4, 2.0)


def strew_mint(sheet: Sheet) -> None:
    mint(sheet, -7.0, 5.4, 20, 4.4)
    mint(sheet, 6.6, 5.8, 190, 2.6)


def strew_salt(sheet: Sheet) -> None:
    scatter(sheet, [crystal], 130, (0.18, 0.5), 0.9, heap(-4.6, 5.6, 2.7), 6, 0.14)
    scatter(sheet, [crystal], 40, (0.15, 0.4), 0.9, around(5, 8.0), 7, 0.4)


def strew_olive(sheet: Sheet) -> None:
    olive_twig(sheet, -7.6, 6.2, -8, 7.4)
    for x, z in ((-3.3, 7.4), (-4.5, 4.6)):
        sheet.lay(bead("#8b9460", "#48502c", 0.5), x, z, 1.25, 0.95, 30)


def strew_chamomile(sheet: Sheet) -> None:
    for x, z, size, turn in (
        (-5.6, 4.6, 2.5, 0), (-3.4, 6.8, 2.2, 9), (-6.6, 7.4, 2.0, 14), (6.2, 4.8, 2.1, 5),
        (-7.0, -3.6, 1.8, 3), (4.6, 7.2, 1.6, 7),
    ):
        sheet.lay(daisy, x, z, size, size, turn)


def strew_coffee(sheet: Sheet) -> None:
    scatter(sheet, BEAN, 26, (1.15, 1.4), 0.7, heap(-4.6, 5.8, 3.0), 3, 0.85)
    scatter(sheet, BEAN, 8, (1.15, 1.4), 0.7, around(6.0, 8.2), 9, 1.6)


def strew_lemon(sheet: Sheet) -> None:
    sheet.lay(LEMON, -5.2, 5.6, 4.0, 4.0, 8)
    seed = bead("#4a4d57", "#20222a", 0.05)
    scatter(sheet, [seed], 150, (0.13, 0.19), 0.9, heap(5.0, 6.2, 2.2), 6, 0.12)


def strew_pine(sheet: Sheet) -> None:
    pine(sheet, -8.2, 5.0, 14, 7.0)
    pine(sheet, -6.6, 7.8, -6, 6.0)


def strew_rosemary(sheet: Sheet) -> None:
    rosemary(sheet, -7.4, 7.0, -22, 8.0)
    rosemary(sheet, 3.4, 7.4, -28, 5.0)


def strew_aspen(sheet: Sheet) -> None:
    for n, (x, z, size, turn) in enumerate(
        (
            (-5.0, 5.2, 3.3, -60), (-2.4, 7.4, 2.7, 20), (5.9, 5.2, 3.0, -130),
            (-6.9, -2.8, 2.6, 100), (7.0, -1.4, 2.3, 60),
        )
    ):
        aspen_leaf(sheet, x, z, size, turn, n)


def strew_snow(sheet: Sheet) -> None:
    pine(sheet, -8.2, 6.6, -4, 6.5)
    scatter(sheet, BERRY, 7, (0.75, 0.95), 1.0, heap(-3.0, 7.0, 2.2), 3, 0.85)
    scatter(sheet, BERRY, 3, (0.75, 0.9), 1.0, heap(5.6, 5.4, 1.4), 4, 1.0)


LOOKS = {
    "lavender-hour": Look(
        paper="#e4dce9",
        paint=swirl(
            [("#ece4f0", 1.7), ("#cfc0e2", 0.6), ("#e3d8ec", 0.7), ("#b9a6d6", 0.35)], 1.35, 2.1,
            2.0, 0.14,
        ),
        decorate=lavender_face, strew=strew_lavender, crust=("#6a56a0", "#8f7cc0"),
    ),
    "oat-and-honey": Look(
        paper="#f0e2ca",
        paint=specks(
            plain("#e6c48d", "#d9ae6c", 0.6), ["#b98a4c", "#f3dfb4"], 0.5, 0.5, (0.05, 0.11)
        ),
        decorate=oat_face, strew=strew_oats,
    ),
    "beekeepers-honeycomb": Look(
        paper="#f1e6cb", paint=plain("#efb544", "#dd9026", 0.7), decorate=honeycomb_face,
        strew=strew_wax, gloss=1.6,
    ),
    "cedar-and-charcoal": Look(
        paper="#dad5cc",
        paint=swirl(
            [
                ("#ece6da", 0.9), ("#34373c", 0.5), ("#9c9d9e", 0.2), ("#2d2f34", 0.35),
                ("#e4ddd0", 0.5), ("#4a4d52", 0.25),
            ],
            1.9, 1.7, 11.6, 0.06,
        ),
    ),
    "sunday-orange": Look(
        paper="#f6e4cc", paint=ombre("#f9d9a0", "#f7be74", "#ee9444"), decorate=orange_face,
        strew=strew_orange,
    ),
    "rose-clay": Look(
        paper="#f2dfda",
        paint=layers(
            [(-3, "#f6e3da"), (-1.0, "#eebdb3"), (0.45, "#dd9690"), (1.7, "#c97b79")], 0.75, 3.0
        ),
        decorate=rose_face, strew=strew_roses,
    ),
    "front-range-mint": Look(
        paper="#d9e7db",
        paint=swirl(
            [("#d8ecd9", 1.1), ("#a9d4b5", 0.5), ("#f1f6ea", 0.7), ("#86bf9d", 0.35)], 1.8, 1.8,
            5.3, 0.1,
        ),
        decorate=mint_face, strew=strew_mint,
    ),
    "salt-flats": Look(
        paper="#d7e3e9",
        paint=layers(
            [(-3, "#f3f4f1"), (-0.7, "#c9dde6"), (0.6, "#93b9cc"), (1.7, "#6a99b3")], 0.9, 8.0, 0.1
        ),
        decorate=salt_face, strew=strew_salt,
    ),
    "plain-olive": Look(
        paper="#dfe1cd", paint=plain("#efe9cf", "#e4deba", 0.6), decorate=olive_face,
        strew=strew_olive,
    ),
    "goat-milk-and-chamomile": Look(
        paper="#dfe5cf", paint=plain("#f8f0df", "#f3e6cc", 0.6), decorate=chamomile_face,
        strew=strew_chamomile,
    ),
    "second-cup": Look(
        paper="#e6d9c9",
        paint=specks(
            layers([(-3, "#d9b893"), (-0.5, "#8c5f42"), (1.0, "#63402c")], 0.8, 5.0), ["#2e1a10"],
            0.28, 0.55, (0.03, 0.06),
        ),
        decorate=coffee_face, strew=strew_coffee,
    ),
    "lemon-and-poppy-seed": Look(
        paper="#e1e7e0",
        paint=specks(
            plain("#fbe791", "#f7d766", 0.7), ["#34363f", "#4a4a50"], 0.36, 0.5, (0.045, 0.065)
        ),
        decorate=lemon_face, strew=strew_lemon,
    ),
    "ponderosa": Look(
        paper="#dee6df",
        paint=ridges(
            "#cfe0e4",
            [
                (-0.6, 1.1, "#a9c3bd"), (0.5, 0.5, "#6f9a86"), (1.4, 0.4, "#3f6a55"),
                (2.4, 0.3, "#2c4d40"),
            ],
            0.85,
        ),
        strew=strew_pine,
    ),
    "barbers-round": Look(
        paper="#d3dcde", paint=spiral("#f1e6d0", "#9a6a44", 0.62), decorate=barber_face,
        strew=strew_bay,
    ),
    "rosemary-and-nettle-shampoo-bar": Look(
        paper="#ece6d5",
        paint=specks(
            plain("#c5cf9b", "#b0bd82", 0.7), ["#66793f", "#8a9a5c"], 0.4, 0.5, (0.03, 0.08), 1.8
        ),
        decorate=nettle_face, strew=strew_rosemary,
    ),
    "aspen-gold": Look(
        paper="#eee2d1",
        paint=specks(
            swirl(
                [("#f6d987", 1.2), ("#eabb4c", 0.6), ("#fbeabb", 0.5), ("#dda239", 0.45)], 1.6, 1.8,
                3.4, 0.14,
            ),
            ["#fff6d0"], 0.3, 0.5, (0.02, 0.04),
        ),
        decorate=aspen_face, strew=strew_aspen, gloss=1.3,
    ),
    "first-snow": Look(
        paper="#d9e1ec",
        paint=specks(ombre("#2f4a78", "#6f8fbb", "#f2f5f8"), ["#ffffff"], 0.5, 0.35, (0.03, 0.08)),
        decorate=snow_face, strew=strew_snow, crust=("#ffffff",),
    ),
}


# --- compositions -------------------------------------------------------------------------


def board(x: float, z: float, yaw: float, light: str = "#d3a878", dark: str = "#a87646") -> Piece:
    plank = Piece(
        outline=rectangle(6.4, 4.3, 0.9), half=0.45, edge=0.16, reach=7.9, paint=wood(light, dark),
        gloss=0.5, wobble=0.0,
    )
    return plank.placed(x, z, yaw=yaw)


def upright(look: Look, back: str, front: str) -> Scene:
    """One stands and shows its face, one lies before it."""
    pieces = [
        look.piece(back).placed(-1.3, -2.6, yaw=17, standing=True),
        look.piece(front).placed(2.2, 2.7, yaw=-16),
    ]
    return Scene(paper=look.paper, pieces=pieces, rise=33, width=17.0, look=(0.1, 1.75, 1.0))


def stack(look: Look, lower: str, upper: str) -> Scene:
    below = look.piece(lower).placed(0.5, -0.5, yaw=-6)
    above = look.piece(upper)
    height = 2 * below.half + above.half
    pieces = [below, above.placed(0.0, -0.6, yaw=-19, y=height)]
    return Scene(paper=look.paper, pieces=pieces, rise=37, width=15.6, look=(0, 1.5, 1.2))


def leaning(look: Look, back: str, front: str) -> Scene:
    """Two lie stacked, a third leans on them."""
    rest = look.piece(front).placed(-2.0, -2.6, yaw=12)
    second = look.piece(front).placed(-1.8, -2.7, yaw=-20, y=3 * rest.half)
    lean = look.piece(back).placed(1.9, 2.3, tilt=75, yaw=7)
    return Scene(
        paper=look.paper, pieces=[lean, rest, second], rise=35, width=16.4, look=(-0.2, 1.9, 0.2)
    )


def on_board(look: Look, back: str, front: str) -> Scene:
    plank = board(0, 0, -9)
    top = 2 * plank.half
    lying = look.piece(front)
    stand = look.piece(back).placed(-1.6, -1.4, yaw=20, standing=True)
    pieces = [
        replace(stand, at=(stand.at[0], stand.at[1] + top, stand.at[2])),
        lying.placed(2.2, 1.7, yaw=-24, y=top + lying.half), plank,
    ]
    return Scene(paper=look.paper, pieces=pieces, rise=34, width=17.2, look=(0, 2.0, 0.3))


HEROES: dict[str, tuple[Callable[[Look, str, str], Scene], str, str]] = {
    "lavender-hour": (upright, "bar", "bar"),
    "oat-and-honey": (stack, "bar", "bar"),
    "beekeepers-honeycomb": (leaning, "hexagon", "hexagon"),
    "cedar-and-charcoal": (on_board, "bar", "bar"),
    "sunday-orange": (upright, "bar", "round"),
    "rose-clay": (upright, "bar", "heart"),
    "front-range-mint": (upright, "bar", "leaf"),
    "salt-flats": (upright, "bar", "round"),
    "plain-olive": (stack, "bar", "bar"),
    "goat-milk-and-chamomile": (upright, "bar", "round"),
    "second-cup": (upright, "bar", "bar"),
    "lemon-and-poppy-seed": (upright, "bar", "round"),
    "ponderosa": (upright, "bar", "bar"),
    "barbers-round": (leaning, "round", "round"),
    "rosemary-and-nettle-shampoo-bar": (leaning, "round", "round"),
    "aspen-gold": (upright, "bar", "leaf"),
    "first-snow": (upright, "bar", "hexagon"),
}


def hero(slug: str) -> Scene:
    look = LOOKS[slug]
    arrange, back, front = HEROES[slug]
    scene = arrange(look, back, front)
    if look.strew is None:
        return scene
    floor = Sheet(22.0, 72)
    look.strew(floor)
    return replace(scene, floor=floor)


def single(slug: str, shape: str) -> Scene:
    """One shape alone, as the choice of a variant shows it."""
    look = LOOKS[slug]
    if shape == "offcuts":
        return offcuts(look)
    if shape == "loaf":
        loaf = look.piece("loaf").placed(0.6, -0.9, yaw=56, standing=True)
        cut = look.piece("loaf")
        slice_ = replace(cut, slices=1, reach=4.6).placed(-4.1, 4.6, yaw=16, y=0.98)
        return Scene(
            paper=look.paper, pieces=[loaf, slice_], rise=33, width=18.4, look=(-0.5, 1.9, 0.9)
        )
    yaw = {"bar": -21, "round": -12, "heart": -8, "hexagon": 9, "leaf": -38}[shape]
    one = look.piece(shape).placed(0, 0, yaw=yaw)
    width = {"bar": 12.4, "leaf": 12.2}.get(shape, 11.2)
    return Scene(paper=look.paper, pieces=[one], rise=47, width=width, look=(0.15, 0.75, 0.1))


def offcuts(look: Look) -> Scene:
    """The ends of loaves, cut crooked, in a small heap."""
    pile = (
        (-2.9, 0.9, 1.7, 1.3, 1.0, 24, 0.0), (0.6, -1.9, 2.1, 1.2, 1.1, -14, 0.0),
        (2.9, 1.5, 1.5, 1.5, 0.9, 40, 0.0), (0.1, 2.9, 1.9, 1.1, 0.8, -8, 0.0),
        (-0.2, -0.2, 1.6, 1.2, 0.9, 62, 2.05),
    )
    pieces = []
    for number, (x, z, a, b, h, yaw, y) in enumerate(pile):
        shift = number * 2.1
        paint = partial(shifted, look.paint, shift)
        crumb = Piece(
            outline=rectangle(a, b, 0.22), half=h, edge=0.16, reach=math.hypot(a, b) + h,
            paint=paint, wobble=0.07,
        )
        tilt = 6.0 if y else 0.0
        pieces.append(crumb.placed(x, z, yaw=yaw, tilt=tilt, roll=-tilt, y=h + y))
    return Scene(paper=look.paper, pieces=pieces, rise=40, width=12.6, look=(0.1, 0.9, 0.4))


def shifted(paint: Paint, by: float, x: Array, y: Array, z: Array) -> Array:
    return paint(x + by, y, z + 0.9 * math.sin(2.1 * by))
# fmt: on


# --- to files -----------------------------------------------------------------------------


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
