"""For all tests: passwords are hashed cheaply, for a tenth of a second each would be most of what the pages take."""

from __future__ import annotations

from argon2 import PasswordHasher, profiles

from handlers import passwords

passwords.hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)
