"""Which images are pictures: those that can be decoded to the last byte. Only they are ever shown in a page."""

from __future__ import annotations

import struct
import warnings
import zlib
from itertools import count
from pathlib import Path
from threading import Lock

from PIL import Image

PIXELS = 64_000_000  # of all frames together; a telephone's picture has 12 to 50 million
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}

# What Pillow's decoders raise for damaged files, as its own tests and fuzzers found them.
_Damaged = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    LookupError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_one_at_a_time = Lock()  # 64 million pixels are 256 MB


def is_picture(path: Path, content_type: str, pixels: int = PIXELS) -> bool:
    """Whether a browser may be given this as an image. Seconds of work for a large one: call it in a thread."""
    if content_type not in _FORMATS:
        return False
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large and of odd pictures; we count the pixels ourselves
        try:
            with Image.open(path, formats=[_FORMATS[content_type]]) as image:
                return _decodes(image, pixels)
        except _Damaged:
            return False


def _decodes(image: Image.Image, left: int) -> bool:
    animated = image.format not in ("JPEG", "MPO")  # what follows in those is another picture, and not shown
    for frame in count() if animated else range(1):
        try:
            image.seek(frame)
        except EOFError:
            break
        left -= image.width * image.height
        if left < 0:
            return False
        image.load()
    return True
