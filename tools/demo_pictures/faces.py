"""What lies on the face of each soap."""

from tools.demo_pictures.decoration import Sheet, blade, crystal, daisy, stalk
from tools.demo_pictures.growth import (
    along,
    emboss,
    honeycomb,
    ring,
    scatter,
    snowflake,
    twig,
    veins,
)
from tools.demo_pictures.materials import BEAN, BUD, FLAKE, LEMON, ORANGE, ROSE, face, within
from tools.demo_pictures.numbers import smooth


def olive_twig(sheet: Sheet, x: float, z: float, turn: float, length: float = 5.6) -> None:
    twig(
        sheet,
        x,
        z,
        turn,
        length=length,
        pairs=6,
        leaf_cm=1.9,
        width=0.5,
        light="#a9b48a",
        dark="#66754c",
        stem="#8a7a58",
        spread=38,
        bend=18,
    )


def rosemary(sheet: Sheet, x: float, z: float, turn: float, length: float = 6.0) -> None:
    twig(
        sheet,
        x,
        z,
        turn,
        length=length,
        pairs=15,
        leaf_cm=1.25,
        width=0.2,
        light="#8fa37c",
        dark="#4c6247",
        stem="#7d6a4c",
        spread=46,
        bend=12,
    )


def pine(sheet: Sheet, x: float, z: float, turn: float, length: float = 6.5) -> None:
    twig(
        sheet,
        x,
        z,
        turn,
        length=length,
        pairs=24,
        leaf_cm=2.5,
        width=0.13,
        light="#6f9270",
        dark="#35573f",
        stem="#74583c",
        spread=30,
        bend=14,
    )


def mint(sheet: Sheet, x: float, z: float, turn: float, length: float = 3.6) -> None:
    twig(
        sheet,
        x,
        z,
        turn,
        length=length,
        pairs=3,
        leaf_cm=2.5,
        width=1.35,
        light="#8fc58f",
        dark="#3f7d52",
        stem="#6a9a62",
        spread=52,
        veins=4.5,
        bend=10,
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
        (2.2, -1.3, 1.5, 200),
        (2.6, -0.3, 1.3, 130),
        (1.4, -0.7, 1.35, 300),
        (-2.4, 1.2, 1.2, 30),
    ):
        sheet.lay(ROSE[int(turn) % 3], x, z, size, size * 0.86, turn)


def mint_face(sheet: Sheet, shape: str) -> None:
    if shape == "leaf":
        veins(sheet, 4.6, 2.5)


def salt_face(sheet: Sheet, shape: str) -> None:
    scatter(
        sheet,
        [crystal],
        26,
        (0.18, 0.42),
        0.9,
        lambda x, z: within(shape, 0.6)(x, z) & (z < -0.8 + 0.3 * x),
        4,
        0.3,
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
