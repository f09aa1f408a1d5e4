"""What lies on a face: sprites, laid on a sheet."""

import math

import numpy as np
from PIL import Image, ImageFilter

from tools.demo_pictures.numbers import SHEET_CM, SHEET_DOTS, Array, Sprite, mix, noise, rgb, smooth


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
