"""What soap is coloured with, through and through."""

import math

import numpy as np

from tools.demo_pictures.numbers import LATTICE, Array, Paint, fractal, mix, noise, rgb, smooth


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
