"""Pictures that are no radiograph of a foot, made up: films, noise, shapes, writing, other bones, scrambled feet."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def made_up(images: Tensor, generator: torch.Generator) -> Tensor:
    """(B, 1, S, S) in 0..1 -> as many pictures that show no foot, of all kinds mixed; some from the images' parts.

    A training draws a few hundred once and then treats them as images.
    """
    makers = (_blank, _clouds, _scene, _shapes, _writing, _scrambled, _hand, _hand, _hand, _limb, _ribs, _ribs)
    which = torch.randint(len(makers), (len(images),), generator=generator).tolist()
    return torch.stack([makers[kind](image, generator) for kind, image in zip(which, images, strict=True)])


def _random(*shape: int, generator: torch.Generator) -> Tensor:
    return torch.rand(*shape, generator=generator)


def _blank(image: Tensor, generator: torch.Generator) -> Tensor:
    """An even or shaded film with noise, perhaps a bright edge."""
    size = image.shape[-1]
    level, slope_x, slope_y, noise = _random(4, generator=generator).tolist()
    axis = torch.linspace(-0.5, 0.5, size)
    film: Tensor = level + (slope_x - 0.5) * axis + (slope_y - 0.5) * axis[:, None]
    film = film + 0.15 * noise**3 * torch.randn(size, size, generator=generator)
    if noise > 0.5:
        film[: max(1, int(0.15 * slope_x * size))] = 1.0
    return film.clamp(0, 1)[None]


def _clouds(image: Tensor, generator: torch.Generator) -> Tensor:
    """Smooth noise of several sizes, as in landscapes and soft tissue."""
    size = image.shape[-1]
    total = torch.zeros(1, 1, size, size)
    power = float(_random(1, generator=generator)) * 1.5
    for cells in (2, 4, 8, 16, 32, size):
        grid = torch.randn(1, 1, cells, cells, generator=generator)
        total += F.interpolate(grid, (size, size), mode="bilinear", align_corners=True) * cells**-power
    low, high = total.min(), total.max()
    return ((total - low) / (high - low).clamp(min=1e-3))[0]


def _shapes(image: Tensor, generator: torch.Generator) -> Tensor:
    """Ellipses, boxes and bars on each other: objects, and bones that are not those of a foot."""
    size = image.shape[-1]
    picture = _clouds(image, generator)[0] * 0.4 if float(_random(1, generator=generator)) < 0.5 else _black(size)
    axis = torch.linspace(-1, 1, size)
    x, y = axis.expand(size, size), axis[:, None].expand(size, size)
    for _ in range(int(torch.randint(2, 14, (1,), generator=generator))):
        cx, cy, a, b, turn, grey, square, soft = _random(8, generator=generator).tolist()
        c, s = torch.cos(torch.tensor(6.3 * turn)), torch.sin(torch.tensor(6.3 * turn))
        u = (c * (x - 2 * cx + 1) + s * (y - 2 * cy + 1)).abs() / (0.05 + 0.8 * a * a)
        v = (c * (y - 2 * cy + 1) - s * (x - 2 * cx + 1)).abs() / (0.05 + 0.8 * b)
        distance = torch.maximum(u, v) if square < 0.5 else (u * u + v * v).sqrt()
        cover = ((1 - distance) * (4 + 40 * soft)).clamp(0, 1)
        picture = picture + cover * (grey - picture) if soft < 0.5 else (picture + 0.6 * grey * cover).clamp(max=1)
    return picture.clamp(0, 1)[None]


def _scene(image: Tensor, generator: torch.Generator) -> Tensor:
    """Sharp borders between smooth regions of several sizes, as in photographs."""
    layers = [_clouds(image, generator) for _ in range(3)]
    edge = float(_random(1, generator=generator)) * 0.5 + 0.25
    cover = ((layers[0] - edge) * 60).clamp(0, 1)
    return cover * layers[1] + (1 - cover) * layers[2] * float(_random(1, generator=generator))


class _Film:
    """A dark film on which bones and soft tissue are put, each adding its shadow."""

    def __init__(self, size: int, generator: torch.Generator) -> None:
        self.picture, self._generator = _black(size), generator
        axis = torch.linspace(-1, 1, size)
        self._x, self._y = axis.expand(size, size), axis[:, None].expand(size, size)

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * float(_random(1, generator=self._generator))

    def capsule(self, ends: tuple[float, float, float, float], width: float, shadow: float, waist: float = 0.0) -> None:
        """A rod from x, y to x, y with round ends; waist: thinner in the middle, as the shaft of a bone."""
        x0, y0, x1, y1 = ends
        dx, dy = x1 - x0, y1 - y0
        along = (((self._x - x0) * dx + (self._y - y0) * dy) / max(dx * dx + dy * dy, 1e-6)).clamp(0, 1)
        away = ((self._x - x0 - along * dx) ** 2 + (self._y - y0 - along * dy) ** 2).sqrt()
        limit = width * (1 - waist * 4 * along * (1 - along))
        cover = ((limit - away) * 40).clamp(0, 1)
        # a cortex brighter than the marrow
        rim = (1 - ((limit - away) / (0.35 * width)).clamp(0, 1)) * cover
        self.picture = self.picture + shadow * (0.7 * cover + 0.5 * rim)

    def finished(self) -> Tensor:
        peak = self.picture.max().clamp(min=1e-3)
        return ((self.picture / peak) ** self.uniform(0.6, 1.4))[None]


def _hand(image: Tensor, generator: torch.Generator) -> Tensor:
    """Rays of four bones from a wrist with two bones of the forearm: like an AP foot, but a hand."""
    film = _Film(image.shape[-1], generator)
    size, spread = film.uniform(0.6, 1.5), film.uniform(0.06, 0.24)
    wrist_x, wrist_y = film.uniform(-0.25, 0.25), film.uniform(0.15, 0.6)
    tissue, thick = film.uniform(0.08, 0.3), size * film.uniform(0.04, 0.075)
    film.capsule((wrist_x, wrist_y, wrist_x, 1.6), 0.22 * size, tissue)
    film.capsule((wrist_x, wrist_y, wrist_x, wrist_y - 0.42 * size), 0.3 * size, tissue)
    for side in (-1, 1):
        x = wrist_x + side * 0.09 * size
        film.capsule((x, wrist_y + 0.1 * size, x, 1.6), 0.08 * size, 0.6, waist=0.3)
    for row in range(2):
        for column in range(4):
            x, y = wrist_x + (column - 1.5) * 0.1 * size, wrist_y - (0.02 + 0.1 * row) * size
            film.capsule((x, y, x + 0.01, y + 0.01), 0.055 * size * film.uniform(0.8, 1.2), 0.5)
    for finger in range(5):
        thumb = finger == 0
        turn = (finger - 2.5) * spread + film.uniform(-0.05, 0.05) - (0.55 if thumb else 0.0)
        x, y = wrist_x + (finger - 2) * 0.075 * size, wrist_y - (0.05 if thumb else 0.16) * size
        length = size * (0.27 if thumb else 0.4 - 0.02 * abs(finger - 2))
        for bone in range(3 if thumb else 4):
            step = length * (1.0, 0.62, 0.4, 0.26)[bone]
            ends = (x, y, x + step * math.sin(turn), y - step * math.cos(turn))
            film.capsule(ends, thick * 1.9, tissue)
            film.capsule(ends, thick * (1 - 0.15 * bone), 0.55, waist=0.4)
            x, y = x + 1.12 * step * math.sin(turn), y - 1.12 * step * math.cos(turn)
            turn += film.uniform(-0.08, 0.08)
    return film.finished()


def _limb(image: Tensor, generator: torch.Generator) -> Tensor:
    """One joint of long bones: a knee, an elbow, a shoulder, a shaft."""
    film = _Film(image.shape[-1], generator)
    bend, x, y = film.uniform(-1.6, 1.6), film.uniform(-0.3, 0.3), film.uniform(-0.3, 0.3)
    width, tissue = film.uniform(0.1, 0.3), film.uniform(0.1, 0.4)
    below = (x + 2 * math.sin(bend), y + 2 * math.cos(bend))
    for ends in ((x, y, x, -2.0), (x, y, *below)):
        film.capsule(ends, 2.2 * width, tissue)
        film.capsule(ends, width, 0.6, waist=film.uniform(0.2, 0.5))
    if film.uniform(0, 1) < 0.6:
        film.capsule((x + 1.2 * width, y + 0.1, below[0] + 1.5 * width, below[1]), 0.45 * width, 0.5, waist=0.3)
    return film.finished()


def _ribs(image: Tensor, generator: torch.Generator) -> Tensor:
    """A spine, ribs, a mediastinum or a pelvis on bright soft tissue: trunks."""
    film = _Film(image.shape[-1], generator)
    film.capsule((0.0, -1.0, 0.0, 1.0), film.uniform(0.7, 1.1), film.uniform(0.3, 0.8))
    half, slope = film.uniform(0.25, 0.4), film.uniform(0.1, 0.4)
    lung = -film.uniform(0.2, 0.7)
    for side in (-1, 1):
        film.capsule((side * half, -0.5, side * (half + 0.1), film.uniform(0.1, 0.5)), film.uniform(0.2, 0.32), lung)
    count = int(film.uniform(4, 11))
    for rib in range(count):
        y = -0.8 + 1.6 * rib / count
        for side in (-1, 1):
            film.capsule((0.0, y, side * 0.55, y - slope * 0.3), 0.03, 0.25)
            film.capsule((side * 0.55, y - slope * 0.3, side * 0.75, y + slope), 0.03, 0.25)
        film.capsule((-0.04, y, 0.04, y), 0.06, 0.3)
    film.capsule((0.12 * film.uniform(-1, 1), 0.0, 0.3 * film.uniform(-1, 1), 0.4), film.uniform(0.1, 0.35), 0.7)
    film.picture = film.picture.clamp(min=0)
    return film.finished()


def _writing(image: Tensor, generator: torch.Generator) -> Tensor:
    """Lines of small blocks: a slide, a request form, a screen."""
    size = image.shape[-1]
    page = torch.full((size, size), float(_random(1, generator=generator) < 0.7))
    ink = 1 - page[0, 0]
    height = int(torch.randint(2, 7, (1,), generator=generator))
    for top in range(height, size - height, 2 * height):
        place = int(torch.randint(0, size // 4, (1,), generator=generator))
        end = int(torch.randint(size // 2, size, (1,), generator=generator))
        while place < end:
            length = int(torch.randint(1, 3 * height, (1,), generator=generator))
            page[top : top + height, place : place + length] = ink
            place += length + max(1, height // 2)
    return page[None]


def _scrambled(image: Tensor, generator: torch.Generator) -> Tensor:
    """The image's own parts in another order, so that texture and exposure alone never tell a foot."""
    parts = int(torch.randint(2, 5, (1,), generator=generator))
    side = image.shape[-1] // parts
    tiles = image[0, : parts * side, : parts * side].reshape(parts, side, parts, side).transpose(1, 2).flatten(0, 1)
    order = torch.randperm(len(tiles), generator=generator)
    turned = torch.stack([torch.rot90(tiles[k], n, (0, 1)) for n, k in enumerate(order.tolist())])
    whole = turned.reshape(parts, parts, side, side).transpose(1, 2).reshape(1, 1, parts * side, parts * side)
    return F.interpolate(whole, image.shape[-2:], mode="nearest")[0]


def _black(size: int) -> Tensor:
    return torch.zeros(size, size)
