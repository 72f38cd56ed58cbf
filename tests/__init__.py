"""The tests of PASTI. What takes how long is measured by `make bench`: no example fails for a busy machine's sake."""

from hypothesis import settings

settings.register_profile("pasti", deadline=None)
settings.load_profile("pasti")
