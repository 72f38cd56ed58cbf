"""What keeps the house clean and import-linter cannot see, read from the source as it stands.

Each rule is a function from the syntax tree of a module to the lines that break it, and each has examples that it must
catch: a rule that catches nothing would pass for ever.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "knowledge", "storage")
LOCKS = ("requirements.lock", "requirements-test.lock")
MADE = {"__pycache__", "versions"}  # folders of what is generated; a migration never changes again


def project_files(*folders: str) -> Iterator[Path]:
    """Every file in these folders that was written by hand, whether or not git is there to ask."""
    for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*")):
        if path.is_file() and not MADE & set(path.relative_to(ROOT).parts):
            yield path


def modules(*folders: str) -> list[Path]:
    return [path for path in project_files(*folders) if path.suffix == ".py"]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def name_of(node: ast.AST) -> str:
    """`datetime.datetime.now` for the expression of that look; empty when it is not made of names."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{name_of(value)}.{attr}"
    return ""


def uses(tree: ast.Module, pattern: str) -> list[int]:
    """Where such a name stands, called or handed on."""
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute))
    return [node.lineno for node in found if re.search(rf"(^|\.)({pattern})$", name_of(node))]


def calls(tree: ast.Module, pattern: str) -> list[int]:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [node.lineno for node in found if re.search(rf"(^|\.)({pattern})$", name_of(node.func))]


def imports(tree: ast.Module, pattern: str) -> list[int]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return [line for line, name in found if re.search(rf"^({pattern})\b", name)]


def broad_excepts(tree: ast.Module) -> list[int]:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))
    return [node.lineno for node in found if node.type is None or _names_all_exceptions(node.type)]


def _names_all_exceptions(caught: ast.expr) -> bool:
    return any(name_of(node) in {"Exception", "BaseException"} for node in ast.walk(caught))


class Rule(NamedTuple):
    what: str
    allowed_in: tuple[str, ...]
    breaks: Callable[[ast.Module], list[int]]
    examples: tuple[str, ...]


RULES = [
    Rule(
        "the clock is read",
        ("handlers/office.py",),
        lambda tree: uses(tree, r"(datetime|date)\.(now|utcnow|today)|time\.time(_ns)?"),
        ("datetime.datetime.now(UTC)", "date.today()", "clock = datetime.now", "time.time()"),
    ),
    Rule(
        "ids are made",
        ("handlers/office.py",),
        lambda tree: uses(tree, r"uuid[1-8]"),
        ("uuid.uuid4()", "field(default_factory=uuid7)"),
    ),
    Rule(
        "secrets are made",
        ("handlers/office.py", "bot/webchat/visitor.py"),
        lambda tree: imports(tree, "secrets"),
        ("import secrets", "from secrets import token_hex"),
    ),
    Rule(
        "transactions are opened and committed",
        ("storage/database.py",),
        lambda tree: calls(tree, r"commit|Session"),
        ("with Session(engine): pass", "orm.Session(engine)", "session.commit()", "open_session().commit()"),
    ),
    Rule(
        "a provider's library is imported",
        ("bot/channels/*.py", "bot/telegram_cli.py", "bot/whatsapp_cli.py"),
        lambda tree: imports(tree, "telegram|twilio"),
        ("import twilio", "from telegram import Bot", "from twilio.rest import Client"),
    ),
    Rule(
        "something is printed",
        ("bot/__main__.py", "bot/*_cli.py", "bot/evaluate.py", "bot/serve.py", "bot/terminal.py"),
        lambda tree: calls(tree, "print"),
        ("print('hello')",),
    ),
    Rule(
        "every exception is caught",
        (
            "bot/console/guard.py",
            "bot/intake.py",
            "bot/reception.py",
            "bot/scheduler.py",
            "bot/sender.py",
            "handlers/turns.py",
        ),  # one bad message costs only itself
        broad_excepts,
        (
            "try: pass\nexcept: pass",
            "try: pass\nexcept Exception: pass",
            "try: pass\nexcept (OSError, BaseException) as error: pass",
        ),
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.what)
def test_only_where_it_belongs(rule: Rule) -> None:
    assert [example for example in rule.examples if not rule.breaks(ast.parse(example))] == []
    broken = []
    for path in modules(*PACKAGES):
        if not any(fnmatch(place(path), allowed) for allowed in rule.allowed_in):
            broken += [f"{place(path)}:{line}" for line in rule.breaks(ast.parse(path.read_text(encoding="utf-8")))]
    assert broken == [], f"{rule.what} only in {', '.join(rule.allowed_in)}"


def test_a_module_can_be_read_in_one_sitting() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PACKAGES, "tests")}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_a_module_is_named_after_its_subject() -> None:
    vague = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}
    assert [place(path) for path in modules(*PACKAGES, "tests") if vague & set(path.stem.split("_"))] == []


def test_the_readme_maps_every_module() -> None:
    """As a path by indentation, or named in the line of its folder."""
    drawn = set()
    folders: list[str] = []
    for line in re.findall(r"^ *[\w/]+(?:\.py|/) .*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE):
        depth = (len(line) - len(line.lstrip())) // 2
        name, _, about = line.strip().partition(" ")
        folders[depth:] = [name]
        drawn.add("".join(folders))
        drawn |= {"".join(folders) + module for module in re.findall(r"\w+\.py", about) if name.endswith("/")}
    written = {place(path) for path in modules(*PACKAGES) if path.name != "__init__.py" and path.name != "env.py"}
    assert {path for path in drawn if path.endswith(".py") and not path.startswith("tests/")} == written


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert len(pins(lock)) > 20
    assert [each for each in requirements if not re.match(r"[\w.-]+==\d", each)] == []
    assert [each for each in requirements if "--hash=sha256:" not in each] == []


def test_the_tests_run_with_the_packages_that_are_shipped() -> None:
    shipped, tested = (pins(lock) for lock in LOCKS)
    assert shipped.items() <= tested.items()


def test_the_example_names_every_setting_and_sets_none() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^# ([A-Z_]+)=", text, re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == []


def test_the_project_speaks_of_no_place_outside_itself() -> None:
    outside = re.compile(rb"(?<!\w)(/[w]ork\b|[.][.]/shared\b)")
    assert outside.search(b"read /" + b"work/main")
    assert outside.search(b"see ../" + b"shared/SPEC.md")
    written = [path for path in ROOT.iterdir() if path.is_file() and path.name not in {".env", ".git"}]
    written += project_files(*PACKAGES, "tests", ".ci")
    assert [place(path) for path in written if outside.search(path.read_bytes())] == []
