"""The files the browser gets: traceable, our own, free of inline code, light, and readable."""

import gzip
import hashlib
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import get_template, render_to_string

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
MANIFEST = tomllib.loads((VENDOR / "VENDOR.toml").read_text(encoding="utf-8"))
TEMPLATES = sorted(path for app in (ROOT, *ROOT.glob("*/")) for path in (app / "templates").rglob("*.html"))
OWN = sorted(
    path for kind in ("css", "js", "svg") for path in STATIC.rglob(f"*.{kind}") if VENDOR not in path.parents
)
STYLES = [path for path in OWN if path.suffix == ".css"]
SCRIPTS = [path for path in OWN if path.suffix == ".js"]

FIRST_PAGE = [
    "vendor/bootstrap-5.3.9/bootstrap.min.css",
    "vendor/htmx-2.0.11/htmx.min.js",
    "css/base.css",
    "js/app.js",
    "js/keys.js",
    "js/phone/desk.js",
    "img/icons.svg",
    "img/favicon.svg",
]
BUDGET = 65 * 1024

TEMPLATE_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
OUTSIDE = re.compile(r"""(?:https?:|["'(=\s])//[\w-]+(?:\.[\w-]+)+""")
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
# Younger than Chromium 88, which old Windows machines in the villages still run.
YOUNG_CSS = re.compile(
    r":has\(|@layer|@container|color-mix\(|oklch\(|light-dark\(|^\s*&", re.MULTILINE | re.IGNORECASE
)
# Younger than ES2017: optional chaining, ??, logical assignment, nameless catch, object spread, #private.
YOUNG_JS = re.compile(
    r"\?\.[^\d]|\?\?|\|\|=|&&=|catch\s*\{|\{\s*\.\.\.|,\s*\.\.\.\w+\s*\}|this\.#|\bimport\("
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def per_file(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=name)


class InlineFinder(HTMLParser):
    """Collects everything a strict content security policy would block."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_script = False
        self.feed(TEMPLATE_CODE.sub("x", source))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.in_script = tag == "script"
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        for key, value in names.items():
            if key == "style" or key.startswith(("on", "hx-on")):
                self.found.append(f"<{tag} {key}>")
            if (value or "").strip().lower().startswith(("javascript:", "js:")):
                self.found.append(f"<{tag} {key}={value}>")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and data.strip():
            self.found.append("text in <script>")


def test_vendor_files_are_the_listed_ones():
    listed = {
        f"{package['folder']}/{file['name']}" for package in MANIFEST["package"] for file in package["file"]
    }
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert present == listed | {"VENDOR.toml"}


def test_vendor_hashes_match():
    expected = {
        f"{package['folder']}/{file['name']}": file["sha256"]
        for package in MANIFEST["package"]
        for file in package["file"]
    }
    actual = {file: hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() for file in expected}
    assert actual == expected


def test_vendor_folders_name_version_and_licence():
    for package in MANIFEST["package"]:
        assert package["folder"].endswith(f"-{package['version']}")
        assert package["licence"] in {"MIT", "0BSD"}
        assert (VENDOR / package["folder"] / "LICENSE").stat().st_size > 100


@per_file([*TEMPLATES, *OWN])
def test_no_outside_address(path):
    source = path.read_text(encoding="utf-8").replace(SVG_NAMESPACE, "")
    assert OUTSIDE.findall(source) == []


@pytest.mark.parametrize("sheet", sorted(VENDOR.rglob("*.css")), ids=name)
def test_vendor_styles_load_nothing_from_outside(sheet):
    source = sheet.read_text(encoding="utf-8")
    targets = re.findall(r"url\(\s*[\"']?([^\"')]*)", source)
    assert [target for target in targets if not target.startswith("data:")] == []
    assert "@import" not in source


@per_file(TEMPLATES)
def test_no_inline_code(path):
    assert InlineFinder(path.read_text(encoding="utf-8")).found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<script>run()</script>", ["<script>", "text in <script>"]),
        ('<p style="color:red">', ["<p style>"]),
        ('<a onclick="go()">', ["<a onclick>"]),
        ('<a href="javascript:go()">', ["<a href=javascript:go()>"]),
        ("<style>p{}</style>", ["<style>"]),
        ('<script src="{% static "js/app.js" %}"></script>', []),
    ],
)
def test_inline_finder_finds(source, found):
    assert InlineFinder(source).found == found


@per_file([path for path in STATIC.rglob("*") if path.suffix in {".css", ".js"}])
def test_source_maps_exist(path):
    maps = re.findall(r"[#@]\s*sourceMappingURL=(\S+)", path.read_text(encoding="utf-8"))
    assert [target for target in maps if not (path.parent / target).is_file()] == []


@per_file(STYLES)
def test_style_pictures_exist(path):
    targets = re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).resolve().is_file()] == []


@per_file(STYLES)
def test_styles_suit_old_browsers(path):
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert YOUNG_CSS.findall(rules) == []


@per_file(SCRIPTS)
def test_scripts_suit_old_browsers(path):
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert YOUNG_JS.findall(code) == []
    assert re.findall(r"\beval\(|new Function|innerHTML|document\.write", code) == []


def test_first_page_is_light():
    weights = {file: len(gzip.compress((STATIC / file).read_bytes(), 9)) for file in FIRST_PAGE}
    assert sum(weights.values()) <= BUDGET, weights


def test_frame_loads_just_the_first_page_files():
    source = "".join((ROOT / "templates" / file).read_text("utf-8") for file in ("base.html", "_head.html"))
    assert set(re.findall(r"{% static '([^']+)' %}", source)) == set(FIRST_PAGE)


@per_file(TEMPLATES)
def test_icons_are_in_the_sprite(path):
    sprite = ET.parse(STATIC / "img" / "icons.svg").getroot()
    icons = {symbol.get("id") for symbol in sprite}
    source = path.read_text(encoding="utf-8")
    used = set(re.findall(r"icons\.svg' %}#([\w-]+)", source))
    used |= set(re.findall(r"""_icon\.html["'] with name=["']([\w-]+)""", source))
    assert used - icons == set()


@per_file(TEMPLATES)
def test_templates_parse(path):
    folder = next(parent for parent in path.parents if parent.name == "templates")
    assert get_template(str(path.relative_to(folder))).template.source == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["400", "403", "404", "403_csrf", "500"])
def test_error_pages_say_it_in_chinese_and_nothing_else(code):
    page = render_to_string(f"{code}.html", {"request_path": "/secret/", "exception": "No Household matches"})
    text = re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1])
    assert re.search(r"[一-鿿]{8}", text)
    assert re.findall(r"[A-Za-z]{3,}", text.replace("Cookie", "").split(">", 1)[-1]) == []
    assert "/secret/" not in page


def test_error_pages_are_the_same_for_everyone():
    assert render_to_string("404.html") == render_to_string("404.html", {"user": "someone", "menu": ["any"]})


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


ROOT_RULE = (
    (STATIC / "css" / "base.css").read_text(encoding="utf-8").partition(":root {")[2].partition("}")[0]
)
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", ROOT_RULE))


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("surface", "brand", 4.5),
        ("text", "bg", 7),
        ("text-2", "bg", 4.5),
        ("action", "bg", 4.5),
        ("action", "action-soft", 4.5),
        ("danger", "danger-bg", 7),
        ("warning", "warning-bg", 7),
        ("success", "success-bg", 7),
        ("info", "info-bg", 7),
        ("menu-text", "menu", 7),
        ("menu-muted", "menu", 4.5),
        ("border-input", "surface", 3),
    ],
)
def test_colours_are_readable(front, back, least):
    assert contrast(TOKENS[front], TOKENS[back]) >= least
