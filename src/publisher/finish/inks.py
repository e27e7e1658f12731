"""From screen colours to inks: tokens first, greys to black alone by lightness, the rest through the profile of the paper."""

import io
from functools import cached_property

from PIL import Image, ImageChops, ImageCms

from publisher.inks import BLACK, PAPER, Mix, PressRun, Rgb

NEUTRAL = 4
"""Channels that differ by no more are a grey."""
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
BLACK_POINT = ImageCms.Flags.BLACKPOINTCOMPENSATION


class Separator:
    """Separate the colours of one press run."""

    def __init__(self, run: PressRun):
        self.run = run
        self.paper = ImageCms.ImageCmsProfile(io.BytesIO(run.profile))
        self.known: dict[Rgb, Mix] = dict(run.inks.mixes)
        self.shares = run.inks.shares if run.spot else {}

    @cached_property
    def to_inks(self) -> ImageCms.ImageCmsTransform:
        return ImageCms.buildTransform(ImageCms.createProfile("sRGB"), self.paper, "RGB", "CMYK", INTENT, BLACK_POINT)

    @cached_property
    def blacks(self) -> list[float]:
        """The lightness of black ink on this paper at 0 to 255, from paper 100 to solid 0."""
        lab = ImageCms.buildTransform(self.paper, ImageCms.createProfile("LAB"), "CMYK", "LAB", INTENT)
        ramp = Image.frombytes("CMYK", (256, 1), bytes(byte for level in range(256) for byte in (0, 0, 0, level)))
        lightness = [value * 100 / 255 for value in ImageCms.applyTransform(ramp, lab).tobytes()[::3]]
        darkest, lightest = lightness[-1], lightness[0]
        return [(value - darkest) / (lightest - darkest) * 100 for value in lightness]

    def mix(self, colour: Rgb) -> Mix:
        """Return the inks of a screen colour."""
        if colour not in self.known:
            self.known[colour] = self.grey(sum(colour) / 3) if max(colour) - min(colour) <= NEUTRAL else self.chromatic(colour)
        return self.known[colour]

    def share(self, colour: Rgb) -> float | None:
        """Return how much of the spot ink prints a colour; None where it is not printed from that plate."""
        return self.shares.get(colour)

    def grey(self, value: float) -> Mix:
        """Return the black that looks as light as a grey of the screen."""
        if value >= 254.5:
            return PAPER
        if value <= 0.5:
            return BLACK
        wanted = lightness(value / 255)
        level = min(range(256), key=lambda step: abs(self.blacks[step] - wanted))
        return Mix(black=round(level / 255, 2))

    def chromatic(self, colour: Rgb) -> Mix:
        levels = ImageCms.applyTransform(Image.new("RGB", (1, 1), tuple(colour)), self.to_inks).getpixel((0, 0))
        return limited(Mix(*(round(level / 255, 2) for level in levels)), self.run.condition.total_ink)

    def image(self, picture: Image.Image) -> Image.Image:
        """Separate a picture: grey ones to black alone, the rest to four inks."""
        if picture.mode in ("1", "L", "CMYK"):
            return picture
        picture = picture.convert("RGB")
        red, green, blue = picture.split()
        spread = max(ImageChops.difference(red, green).getextrema()[1], ImageChops.difference(green, blue).getextrema()[1])
        return picture.convert("L") if spread <= NEUTRAL else ImageCms.applyTransform(picture, self.to_inks)


def lightness(value: float) -> float:
    """Return CIE L* of a grey of sRGB."""
    linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return 116 * linear ** (1 / 3) - 16 if linear > 0.008856 else 903.3 * linear


def limited(mix: Mix, most: float) -> Mix:
    """Take colour out of a mix that would lay down too much ink; black stays."""
    if mix.total <= most:
        return mix
    factor = (most - mix.black) / (mix.total - mix.black)
    return Mix(*(int(share * factor * 100) / 100 for share in mix[:3]), mix.black)
