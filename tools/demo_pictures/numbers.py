"""Numbers that pictures are made of: colours, steps, noise."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

PICTURES = Path(__file__).parents[2] / "src/eterno/entrypoints/demo/pictures"
SIZE = 640
SUPERSAMPLING = 3
MOST_BYTES = 26_000  # the quality steps down until a picture fits
SHEET_CM, SHEET_DOTS = 16.0, 96  # a sheet of decoration: its side, its dots per cm
FLOOR_CM = 30.0

Array = npt.NDArray[Any]
Plane = Callable[[Array, Array], Array]  # (x, z) -> distance to an outline
Paint = Callable[[Array, Array, Array], Array]  # (x, y, z) -> linear rgb
Sprite = Callable[[Array, Array], tuple[Array, Array, Array]]  # (u, v) -> rgb, alpha, height


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
