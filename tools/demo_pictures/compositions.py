"""How pieces are placed for a picture."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tools.demo_pictures.decoration import Sheet
from tools.demo_pictures.looks import LOOKS
from tools.demo_pictures.materials import Look
from tools.demo_pictures.numbers import Array, Paint
from tools.demo_pictures.outlines import rectangle
from tools.demo_pictures.paints import wood
from tools.demo_pictures.pieces import Piece
from tools.demo_pictures.studio import Scene


def board(x: float, z: float, yaw: float, light: str = "#d3a878", dark: str = "#a87646") -> Piece:
    plank = Piece(
        outline=rectangle(6.4, 4.3, 0.9),
        half=0.45,
        edge=0.16,
        reach=7.9,
        paint=wood(light, dark),
        gloss=0.5,
        wobble=0.0,
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
        lying.placed(2.2, 1.7, yaw=-24, y=top + lying.half),
        plank,
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
        (-2.9, 0.9, 1.7, 1.3, 1.0, 24, 0.0),
        (0.6, -1.9, 2.1, 1.2, 1.1, -14, 0.0),
        (2.9, 1.5, 1.5, 1.5, 0.9, 40, 0.0),
        (0.1, 2.9, 1.9, 1.1, 0.8, -8, 0.0),
        (-0.2, -0.2, 1.6, 1.2, 0.9, 62, 2.05),
    )
    pieces = []
    for number, (x, z, a, b, h, yaw, y) in enumerate(pile):
        shift = number * 2.1
        paint = partial(shifted, look.paint, shift)
        crumb = Piece(
            outline=rectangle(a, b, 0.22),
            half=h,
            edge=0.16,
            reach=math.hypot(a, b) + h,
            paint=paint,
            wobble=0.07,
        )
        tilt = 6.0 if y else 0.0
        pieces.append(crumb.placed(x, z, yaw=yaw, tilt=tilt, roll=-tilt, y=h + y))
    return Scene(paper=look.paper, pieces=pieces, rise=40, width=12.6, look=(0.1, 0.9, 0.4))


def shifted(paint: Paint, by: float, x: Array, y: Array, z: Array) -> Array:
    return paint(x + by, y, z + 0.9 * math.sin(2.1 * by))


# fmt: on
