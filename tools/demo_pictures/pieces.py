"""Pieces of soap as signed distance fields."""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from tools.demo_pictures.decoration import Sheet, blurred, sample
from tools.demo_pictures.numbers import Array, Paint, Plane, mix, smooth
from tools.demo_pictures.outlines import circle, heart, hexagon, leaf, rectangle


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
