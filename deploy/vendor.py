"""Re-create static/vendor/ from the npm registry, so that every copied file can be traced to a release.

For developers only: nobody needs npm to install, test or run the product.
Usage: python deploy/vendor.py [--check]
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
SOURCE_MAP = re.compile(rb"\s*(?:/\*[#@] ?sourceMappingURL=[^*]*\*/|//[#@] ?sourceMappingURL=\S*)\s*")


@dataclass(frozen=True)
class Package:
    """One npm release and the few files of it that we ship."""

    npm: str
    version: str
    licence: str
    home: str
    files: tuple[tuple[str, str], ...]

    @property
    def folder(self) -> str:
        """Folder name under static/vendor/; the version in it keeps old pages and new files apart."""
        return f"{self.npm.removesuffix('.org')}-{self.version}"


PACKAGES = (
    Package(
        npm="bootstrap",
        version="5.3.9",
        licence="MIT",
        home="getbootstrap.com",
        files=(("dist/css/bootstrap.min.css", "bootstrap.min.css"), ("LICENSE", "LICENSE")),
    ),
    Package(
        npm="htmx.org",
        version="2.0.11",
        licence="0BSD",
        home="htmx.org",
        files=(("dist/htmx.min.js", "htmx.min.js"), ("LICENSE", "LICENSE")),
    ),
)


def packed(package: Package, folder: Path) -> dict[str, bytes]:
    """Fetch one release with npm and return the wanted files by their new name."""
    run = subprocess.run(
        ["npm", "pack", "--silent", f"{package.npm}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(folder / run.stdout.split()[-1]) as archive:
        found = {}
        for source, target in package.files:
            member = archive.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"{package.npm} {package.version} has no file {source}")
            found[target] = member.read()
    return found


def shipped(content: bytes) -> bytes:
    """Drop the pointer to a source map we don't ship: the manifest storage refuses a pointer to nothing."""
    return SOURCE_MAP.sub(b"\n", content)


def manifest_entry(package: Package, upstream: dict[str, bytes]) -> str:
    """Write the TOML of one package: the hash as released, and the hash as it stands here."""
    lines = [
        "[[package]]",
        f'folder = "{package.folder}"',
        f'npm = "{package.npm}"',
        f'version = "{package.version}"',
        f'licence = "{package.licence}"',
        f'home = "{package.home}"',
    ]
    for (source, target), content in zip(package.files, upstream.values(), strict=True):
        lines += [
            "",
            "[[package.file]]",
            f'name = "{target}"',
            f'upstream = "{source}"',
            f'upstream_sha256 = "{hashlib.sha256(content).hexdigest()}"',
            f'sha256 = "{hashlib.sha256(shipped(content)).hexdigest()}"',
        ]
    return "\n".join(lines) + "\n"


def build() -> dict[str, bytes]:
    """Everything static/vendor/ should hold, path → content."""
    files: dict[str, bytes] = {}
    entries = ["# Written by deploy/vendor.py; don't edit by hand.\n"]
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            upstream = packed(package, Path(folder))
        for name, content in upstream.items():
            files[f"{package.folder}/{name}"] = shipped(content)
        entries.append(manifest_entry(package, upstream))
    files["VENDOR.toml"] = "\n".join(entries).encode()
    return files


def differing(files: dict[str, bytes]) -> list[str]:
    """Names of the files that are missing here or not the same as in the release."""
    return [name for name, body in files.items() if not same(VENDOR / name, body)]


def same(path: Path, body: bytes) -> bool:
    """Whether the file on disk holds just these bytes."""
    return path.is_file() and path.read_bytes() == body


def main() -> int:
    """Write the files, or with --check only say which ones differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    only_check = parser.parse_args().check
    files = build()
    changed = differing(files)
    if not only_check:
        for name in changed:
            target = VENDOR / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[name])
    for name in changed:
        print(("differs: " if only_check else "written: ") + name)
    return 1 if only_check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
