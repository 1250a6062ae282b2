"""Reading the house's own source: names as Python would resolve them, and templates without their comments.

Each check here takes text and answers with findings, so that a test can show it an offence as well as the tree.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"vendor", "__pycache__", "node_modules"}


@dataclass(frozen=True)
class Finding:
    """Where a rule is broken, as an editor can jump to it."""

    where: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.where}:{self.line}: {self.what}"


def files(*patterns: str) -> list[Path]:
    """Our own files that match, e.g. `models/**/*.py`."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if NOT_OURS.isdisjoint(path.relative_to(ROOT).parts))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ---------------------------------------------------------------- Python


def imported_names(tree: ast.AST) -> dict[str, str]:
    """Local name → full dotted name, for every import in the module, wherever it stands."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                full = alias.name if alias.asname else alias.name.partition(".")[0]
                names[alias.asname or full] = full
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """`dt.now` → `datetime.datetime.now` after `from datetime import datetime as dt`; "" when it is no plain name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def assigned(tree: ast.AST) -> set[ast.AST]:
    """What stands left of `[...] =`: setting a variable for a child process is not reading it."""
    return {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }


def uses_of(forbidden: Iterable[str], text: str, where: str) -> Iterator[Finding]:
    """Every use of these full names, called or handed on, also under another name."""
    tree = ast.parse(text)
    names, targets, wanted = imported_names(tree), assigned(tree), set(forbidden)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and node not in targets and dotted(node, names) in wanted:
            yield Finding(where, node.lineno, dotted(node, names))


def method_calls(methods: Iterable[str], text: str, where: str, of: str = "") -> Iterator[Finding]:
    """Calls of `x.method(...)`; with `of` only where x is called so (`session`, `self.session`)."""
    wanted = set(methods)
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in wanted):
            continue
        owner = ast.unparse(node.func.value)
        if not of or owner == of or owner.endswith(f".{of}"):
            yield Finding(where, node.lineno, f"{owner}.{node.func.attr}()")


def imports_of(roots: Iterable[str], text: str, where: str) -> Iterator[Finding]:
    """Imports of these packages or anything in them."""
    wanted = set(roots)
    for node in ast.walk(ast.parse(text)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        for module in modules:
            if module.partition(".")[0] in wanted:
                yield Finding(where, node.lineno, module)


def trusted_markup(text: str, where: str) -> Iterator[Finding]:
    """`Markup(x)` where x is not written out in the code: somebody's text could be taken for HTML."""
    tree = ast.parse(text)
    names = imported_names(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and dotted(node.func, names) in {"markupsafe.Markup", "flask.Markup"}):
            continue
        if not all(isinstance(argument, ast.Constant) for argument in node.args):
            yield Finding(where, node.lineno, ast.unparse(node))


FROM_A_BROWSER = re.compile(r"\w*form\.data\b|request\.(?:form|args|values|json|files)\b|.*\.to_dict\(")
OWN_FIELDS = re.compile(r"asdict\(")
"""Of one of our dataclasses, whose fields are written out."""


def spread(node: ast.AST) -> list[str]:
    """What is spread by `**` into a call, also by way of a dict."""
    if isinstance(node, ast.Dict):
        whole = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
        return [text for value in whole for text in spread(value)]
    return [ast.unparse(node)]


def mass_assignments(text: str, where: str, tables: Iterable[str]) -> Iterator[Finding]:
    """A row that takes whatever fields somebody sent: `populate_obj`, `Row(**anything)`, `f(**form.data)`, `setattr`
    by a name that is not written out.
    """
    rows = set(tables)
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        given = [text for one in node.keywords if one.arg is None for text in spread(one.value)]
        is_named = called == "setattr" and isinstance(node.args[1], ast.Constant)
        is_whole = called in {"populate_obj", "sqlmodel_update", "setattr"} and not is_named
        is_row = called in rows and not all(map(OWN_FIELDS.match, given))
        if is_whole or is_row or any(map(FROM_A_BROWSER.match, given)):
            yield Finding(where, node.lineno, ast.unparse(node)[:80])


# ---------------------------------------------------------------- templates

EVENTS = (
    "abort|animation\\w+|before\\w+|blur|cancel|change|click|close|contextmenu|copy|cut|dblclick|drag\\w*|drop|error|"
    "focus\\w*|formdata|hashchange|input|invalid|key\\w+|load\\w*|message|mouse\\w+|page\\w+|paste|pointer\\w+|popstate|"
    "reset|resize|scroll\\w*|select\\w*|submit|toggle|touch\\w+|transition\\w+|unload|wheel"
)
PRINT_ONLY = "templates/slips/"
UNSAFE_IN_TEMPLATES = {
    "text taken for HTML": re.compile(r"\|\s*safe\b|\bMarkup\s*\(|autoescape\s+false", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.I),
    "script address": re.compile(r"=\s*[\"']?\s*javascript:", re.I),
    "style attribute": re.compile(r"[\s\"']style\s*=", re.I),
    "event handler": re.compile(rf"[\s\"'](?:on(?:{EVENTS})\s*=|(?:data-)?hx-on\b)", re.I),
    "file from another host": re.compile(r"\b(?:src|href|action|srcset)\s*=\s*[\"']?(?:https?:)?//", re.I),
}


def without_comments(template: str) -> str:
    """Jinja and HTML comments blanked, line numbers kept."""
    return re.sub(r"\{#.*?#\}|<!--.*?-->", lambda found: re.sub(r"[^\n]", " ", found[0]), template, flags=re.S)


def unsafe_markup(template: str, where: str) -> Iterator[Finding]:
    text = without_comments(template)
    for what, pattern in UNSAFE_IN_TEMPLATES.items():
        # Slips become PDFs and never meet a browser's policy; their seals and lines are placed by computed lengths.
        if what == "style attribute" and where.startswith(PRINT_ONLY):
            continue
        for found in pattern.finditer(text):
            yield Finding(where, text.count("\n", 0, found.start()) + 1, f"{what}: {found[0].strip()}")
