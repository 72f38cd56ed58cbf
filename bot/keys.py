"""The key that seals contacts and signs cookies: SECRET_KEY, else a file made once, beside what it seals."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings
from storage.database import sqlite_path
from storage.sealed import SECRET_FILE, Sealer, load_or_make_secret


def key_folder(settings: Settings) -> Path:
    """DATA_DIR; where only a database was named, the folder of that: it is the same wherever a command is given."""
    chosen = settings.model_fields_set
    path = None if "data_dir" in chosen or "database_url" not in chosen else sqlite_path(settings.database_url)
    return path.parent if path else settings.data_dir


def secret_of(settings: Settings) -> str:
    """The secret, made when there is none yet. Raises SealError when it can be neither read nor made."""
    configured = settings.secret_key.get_secret_value() if settings.secret_key else None
    return load_or_make_secret(key_folder(settings), configured)


def sealer_if_any(settings: Settings) -> Sealer | None:
    """For commands that only read: None where no key was ever made, and none is made."""
    known = settings.secret_key is not None or (key_folder(settings) / SECRET_FILE).exists()
    return Sealer(secret_of(settings)) if known else None


def key_name(settings: Settings) -> str:
    """Where the key comes from, for the operator."""
    return "SECRET_KEY" if settings.secret_key else str(key_folder(settings) / SECRET_FILE)
