"""The soaps of the demo shop, read once from `soaps.toml`, and their pictures.

Pictures are named after what they show: `lavender-hour.webp` is the soap,
`lavender-hour-heart.webp` its hearts, `lavender-hour-offcuts.webp` what has no shape.
`python -m tools.demo_pictures` draws them.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

LARGEST_STOCK: Final = 40
LEAST_PRICE: Final = 3_50
LARGEST_PRICE: Final = 48_00


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCategory:
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVariant:
    """One size of a soap. `price` is in US cents; `shape` is None for what was cut by hand."""

    size: str
    shape: str | None
    price: int
    stock: int
    picture: str

    def __post_init__(self) -> None:
        if not LEAST_PRICE <= self.price <= LARGEST_PRICE:
            raise ValueError(f"{self.picture}: no soap of ours costs {self.price} cents")
        if not 0 <= self.stock <= LARGEST_STOCK:
            raise ValueError(f"{self.picture}: {self.stock} do not fit on the shelf")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSoap:
    """A soap as the shop shows it. `categories` are names of `CATEGORIES`."""

    name: str
    description: str
    long_description: str
    ingredients: tuple[str, ...]
    categories: tuple[str, ...]
    picture: str
    variants: tuple[DemoVariant, ...]


def picture_bytes(name: str) -> bytes:
    """The WEBP picture of that name, 640 by 640. Raises FileNotFoundError."""
    return files(__package__).joinpath("pictures", name).read_bytes()


def _stem(name: str) -> str:
    """`Oat & Honey` -> `oat-and-honey`."""
    return "-".join(name.lower().replace("&", "and").replace("'", "").split())


def _paragraphs(text: str) -> str:
    """Undo the wrapping of the file: a blank line parts paragraphs, other line ends are spaces."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _soap(row: dict[str, Any]) -> DemoSoap:
    stem = _stem(row["name"])
    variants = tuple(
        DemoVariant(
            size=variant["size"],
            shape=variant.get("shape"),
            price=variant["price"],
            stock=variant["stock"],
            picture=f"{stem}-{variant.get('shape', 'offcuts')}.webp",
        )
        for variant in row["variants"]
    )
    return DemoSoap(
        name=row["name"],
        description=row["description"],
        long_description=_paragraphs(row["long_description"]),
        ingredients=tuple(row["ingredients"]),
        categories=tuple(row["categories"]),
        picture=f"{stem}.webp",
        variants=variants,
    )


_data: dict[str, Any] = tomllib.loads(
    files(__package__).joinpath("soaps.toml").read_text(encoding="utf-8")
)
CATEGORIES: Final = tuple(DemoCategory(**row) for row in _data["categories"])
SOAPS: Final = tuple(_soap(row) for row in _data["soaps"])
