"""What is strewn around each soap."""

import numpy as np

from tools.demo_pictures.decoration import Sheet, bead, blade, crystal, daisy, stalk
from tools.demo_pictures.faces import aspen_leaf, mint, olive_twig, pine, rosemary
from tools.demo_pictures.growth import along, lavender, scatter, twig
from tools.demo_pictures.materials import BEAN, BERRY, BUD, FLAKE, LEMON, ORANGE, ROSE, around, heap


def strew_lavender(sheet: Sheet) -> None:
    lavender(sheet, -8.8, 7.4, -34, 8.0)
    lavender(sheet, -8.4, 9.0, -17, 8.6)
    scatter(
        sheet,
        BUD,
        16,
        (0.36, 0.5),
        0.5,
        lambda x, z: (z > 3) & (x > 3.5) & (np.hypot(x, z) < 9),
        2,
        0.6,
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
        sheet,
        -7.4,
        7.4,
        -14,
        length=6.4,
        pairs=4,
        leaf_cm=2.9,
        width=1.1,
        light="#93a67c",
        dark="#55704e",
        stem="#7f6b4a",
        spread=42,
        veins=3.5,
        bend=8,
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
        (-5.6, 4.6, 2.5, 0),
        (-3.4, 6.8, 2.2, 9),
        (-6.6, 7.4, 2.0, 14),
        (6.2, 4.8, 2.1, 5),
        (-7.0, -3.6, 1.8, 3),
        (4.6, 7.2, 1.6, 7),
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
            (-5.0, 5.2, 3.3, -60),
            (-2.4, 7.4, 2.7, 20),
            (5.9, 5.2, 3.0, -130),
            (-6.9, -2.8, 2.6, 100),
            (7.0, -1.4, 2.3, 60),
        )
    ):
        aspen_leaf(sheet, x, z, size, turn, n)


def strew_snow(sheet: Sheet) -> None:
    pine(sheet, -8.2, 6.6, -4, 6.5)
    scatter(sheet, BERRY, 7, (0.75, 0.95), 1.0, heap(-3.0, 7.0, 2.2), 3, 0.85)
    scatter(sheet, BERRY, 3, (0.75, 0.9), 1.0, heap(5.6, 5.4, 1.4), 4, 1.0)
