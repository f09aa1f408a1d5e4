"""How each soap of the demo shop looks."""

from tools.demo_pictures.faces import (
    aspen_face,
    barber_face,
    chamomile_face,
    coffee_face,
    honeycomb_face,
    lavender_face,
    lemon_face,
    mint_face,
    nettle_face,
    oat_face,
    olive_face,
    orange_face,
    rose_face,
    salt_face,
    snow_face,
)
from tools.demo_pictures.materials import Look
from tools.demo_pictures.paints import layers, ombre, plain, ridges, specks, spiral, swirl
from tools.demo_pictures.strewing import (
    strew_aspen,
    strew_bay,
    strew_chamomile,
    strew_coffee,
    strew_lavender,
    strew_lemon,
    strew_mint,
    strew_oats,
    strew_olive,
    strew_orange,
    strew_pine,
    strew_rosemary,
    strew_roses,
    strew_salt,
    strew_snow,
    strew_wax,
)

LOOKS = {
    "lavender-hour": Look(
        paper="#e4dce9",
        paint=swirl(
            [("#ece4f0", 1.7), ("#cfc0e2", 0.6), ("#e3d8ec", 0.7), ("#b9a6d6", 0.35)],
            1.35,
            2.1,
            2.0,
            0.14,
        ),
        decorate=lavender_face,
        strew=strew_lavender,
        crust=("#6a56a0", "#8f7cc0"),
    ),
    "oat-and-honey": Look(
        paper="#f0e2ca",
        paint=specks(
            plain("#e6c48d", "#d9ae6c", 0.6), ["#b98a4c", "#f3dfb4"], 0.5, 0.5, (0.05, 0.11)
        ),
        decorate=oat_face,
        strew=strew_oats,
    ),
    "beekeepers-honeycomb": Look(
        paper="#f1e6cb",
        paint=plain("#efb544", "#dd9026", 0.7),
        decorate=honeycomb_face,
        strew=strew_wax,
        gloss=1.6,
    ),
    "cedar-and-charcoal": Look(
        paper="#dad5cc",
        paint=swirl(
            [
                ("#ece6da", 0.9),
                ("#34373c", 0.5),
                ("#9c9d9e", 0.2),
                ("#2d2f34", 0.35),
                ("#e4ddd0", 0.5),
                ("#4a4d52", 0.25),
            ],
            1.9,
            1.7,
            11.6,
            0.06,
        ),
    ),
    "sunday-orange": Look(
        paper="#f6e4cc",
        paint=ombre("#f9d9a0", "#f7be74", "#ee9444"),
        decorate=orange_face,
        strew=strew_orange,
    ),
    "rose-clay": Look(
        paper="#f2dfda",
        paint=layers(
            [(-3, "#f6e3da"), (-1.0, "#eebdb3"), (0.45, "#dd9690"), (1.7, "#c97b79")], 0.75, 3.0
        ),
        decorate=rose_face,
        strew=strew_roses,
    ),
    "front-range-mint": Look(
        paper="#d9e7db",
        paint=swirl(
            [("#d8ecd9", 1.1), ("#a9d4b5", 0.5), ("#f1f6ea", 0.7), ("#86bf9d", 0.35)],
            1.8,
            1.8,
            5.3,
            0.1,
        ),
        decorate=mint_face,
        strew=strew_mint,
    ),
    "salt-flats": Look(
        paper="#d7e3e9",
        paint=layers(
            [(-3, "#f3f4f1"), (-0.7, "#c9dde6"), (0.6, "#93b9cc"), (1.7, "#6a99b3")], 0.9, 8.0, 0.1
        ),
        decorate=salt_face,
        strew=strew_salt,
    ),
    "plain-olive": Look(
        paper="#dfe1cd",
        paint=plain("#efe9cf", "#e4deba", 0.6),
        decorate=olive_face,
        strew=strew_olive,
    ),
    "goat-milk-and-chamomile": Look(
        paper="#dfe5cf",
        paint=plain("#f8f0df", "#f3e6cc", 0.6),
        decorate=chamomile_face,
        strew=strew_chamomile,
    ),
    "second-cup": Look(
        paper="#e6d9c9",
        paint=specks(
            layers([(-3, "#d9b893"), (-0.5, "#8c5f42"), (1.0, "#63402c")], 0.8, 5.0),
            ["#2e1a10"],
            0.28,
            0.55,
            (0.03, 0.06),
        ),
        decorate=coffee_face,
        strew=strew_coffee,
    ),
    "lemon-and-poppy-seed": Look(
        paper="#e1e7e0",
        paint=specks(
            plain("#fbe791", "#f7d766", 0.7), ["#34363f", "#4a4a50"], 0.36, 0.5, (0.045, 0.065)
        ),
        decorate=lemon_face,
        strew=strew_lemon,
    ),
    "ponderosa": Look(
        paper="#dee6df",
        paint=ridges(
            "#cfe0e4",
            [
                (-0.6, 1.1, "#a9c3bd"),
                (0.5, 0.5, "#6f9a86"),
                (1.4, 0.4, "#3f6a55"),
                (2.4, 0.3, "#2c4d40"),
            ],
            0.85,
        ),
        strew=strew_pine,
    ),
    "barbers-round": Look(
        paper="#d3dcde",
        paint=spiral("#f1e6d0", "#9a6a44", 0.62),
        decorate=barber_face,
        strew=strew_bay,
    ),
    "rosemary-and-nettle-shampoo-bar": Look(
        paper="#ece6d5",
        paint=specks(
            plain("#c5cf9b", "#b0bd82", 0.7), ["#66793f", "#8a9a5c"], 0.4, 0.5, (0.03, 0.08), 1.8
        ),
        decorate=nettle_face,
        strew=strew_rosemary,
    ),
    "aspen-gold": Look(
        paper="#eee2d1",
        paint=specks(
            swirl(
                [("#f6d987", 1.2), ("#eabb4c", 0.6), ("#fbeabb", 0.5), ("#dda239", 0.45)],
                1.6,
                1.8,
                3.4,
                0.14,
            ),
            ["#fff6d0"],
            0.3,
            0.5,
            (0.02, 0.04),
        ),
        decorate=aspen_face,
        strew=strew_aspen,
        gloss=1.3,
    ),
    "first-snow": Look(
        paper="#d9e1ec",
        paint=specks(ombre("#2f4a78", "#6f8fbb", "#f2f5f8"), ["#ffffff"], 0.5, 0.35, (0.03, 0.08)),
        decorate=snow_face,
        strew=strew_snow,
        crust=("#ffffff",),
    ),
}
