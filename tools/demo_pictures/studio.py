"""The studio: light, camera and paper."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from tools.demo_pictures.decoration import Sheet, blurred, sample, softened
from tools.demo_pictures.numbers import FLOOR_CM, SIZE, Array, mix, noise, rgb, smooth, unit
from tools.demo_pictures.pieces import Piece


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
