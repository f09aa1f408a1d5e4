"""What grows by arranging sprites, and what is stamped."""

import math
from collections.abc import Callable

import numpy as np

from tools.demo_pictures.decoration import Sheet, bead, blade, blurred, stalk
from tools.demo_pictures.numbers import Array, Plane, Sprite, smooth
from tools.demo_pictures.outlines import hexagon, leaf


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
