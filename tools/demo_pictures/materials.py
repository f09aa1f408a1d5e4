"""How one soap is told from another, and the sprites it is decorated with."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.demo_pictures.decoration import Sheet, bead, petal, slice_of, softened
from tools.demo_pictures.numbers import Array, Paint, Plane
from tools.demo_pictures.paints import specks
from tools.demo_pictures.pieces import FORMS, Piece

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
