"""Outlines of soaps, as distances: rectangle, circle, hexagon, heart, leaf."""

import numpy as np

from tools.demo_pictures.numbers import Array, Plane


def rectangle(half_x: float, half_z: float, corner: float) -> Plane:
    def outline(x: Array, z: Array) -> Array:
        dx, dz = np.abs(x) - half_x + corner, np.abs(z) - half_z + corner
        outside = np.hypot(np.maximum(dx, 0), np.maximum(dz, 0))
        return outside + np.minimum(np.maximum(dx, dz), 0) - corner

    return outline


def circle(radius: float) -> Plane:
    return lambda x, z: np.hypot(x, z) - radius


def hexagon(radius: float, corner: float) -> Plane:
    flat = radius - corner

    def outline(x: Array, z: Array) -> Array:
        kx, kz, slope = -0.8660254, 0.5, 0.57735027
        ax, az = np.abs(x), np.abs(z)
        fold = 2 * np.minimum(kx * ax + kz * az, 0)
        ax, az = ax - fold * kx, az - fold * kz
        ax = ax - np.clip(ax, -slope * flat, slope * flat)
        az = az - flat
        return np.asarray(np.hypot(ax, az) * np.sign(az) - corner)

    return outline


def heart(size: float, corner: float) -> Plane:
    def outline(x: Array, z: Array) -> Array:
        ax, up = np.abs(x) / size, 0.56 - z / size
        lobe = np.hypot(ax - 0.25, up - 0.75) - 0.35355339
        along = 0.5 * np.maximum(ax + up, 0)
        side = np.minimum(np.hypot(ax, up - 1), np.hypot(ax - along, up - along))
        sharp = np.where(ax + up > 1, lobe, side * np.sign(ax - up))
        return sharp * size - corner

    return outline


def leaf(long: float, wide: float, corner: float = 0.45) -> Plane:
    """Two arcs meeting in rounded tips, the whole bent a little, as leaves are."""
    half_length, half_width = long - corner, wide - corner
    centre = (half_length**2 - half_width**2) / (2 * half_width)
    radius = centre + half_width

    def outline(x: Array, z: Array) -> Array:
        ax, az = np.abs(x + 0.035 * z * z - 0.3), np.abs(z)
        beyond = (az - half_length) * centre > ax * half_length
        tip = np.hypot(ax, az - half_length)
        return np.where(beyond, tip, np.hypot(ax + centre, az) - radius) - corner

    return outline
