"""Real documents to search: the short descriptions of Debian's packages, read without changing the machine."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "documents.vectortier.dev")
"""UUIDs are uuid5(NAMESPACE, package name): the same package has the same UUID on every machine."""

APT_TIMEOUT_SECONDS = 180
_DATE_IN_VERSION = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|30)(?!\d)")
_WANTED = {"Package", "Version", "Section", "Priority", "Maintainer", "Installed-Size", "Size", "Description"}

Properties = dict[str, str | int]


class DocumentsError(RuntimeError):
    """The documents cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """One package: what is stored, and the text that its vector is made of."""

    id: uuid.UUID
    properties: Properties

    @property
    def text(self) -> str:
        return f"{self.properties['name']}: {self.properties['description']}"


def stanzas(dump: str) -> Iterator[dict[str, str]]:
    """The wanted fields of each stanza of a Debian control file; of a field of several lines, the first."""
    for block in dump.split("\n\n"):
        fields = {}
        for line in block.splitlines():
            key, colon, value = line.partition(":")
            if colon and key in _WANTED:  # continuation lines begin with a space, so they never match
                fields[key] = value.strip()
        if fields:
            yield fields


def document(fields: dict[str, str]) -> Document | None:
    """The document of one stanza; None where name, description or section is missing."""
    name, description, section = (fields.get(key, "") for key in ("Package", "Description", "Section"))
    if not (name and description and section):
        return None
    properties: Properties = {
        "name": name,
        "description": description,
        "section": section,
        "priority": fields.get("Priority", "optional"),
        "maintainer": re.sub(r"\s*<[^>]*>", "", fields.get("Maintainer", "unknown")),
        "version": fields.get("Version", ""),
    }
    for key, field in (("installedKibibytes", "Installed-Size"), ("downloadBytes", "Size")):
        if fields.get(field, "").isdigit():
            properties[key] = int(fields[field])
    if dated := _DATE_IN_VERSION.search(properties["version"]):  # type: ignore[arg-type]
        properties["versionDate"] = "{}-{}-{}T00:00:00Z".format(*dated.groups())
    return Document(uuid.uuid5(NAMESPACE, name), properties)


def choose(dump: str, documents: int, queries: int) -> tuple[list[Document], list[str]]:
    """`documents` documents to load and the descriptions of `queries` other ones to search for.

    Both are in the order of their UUIDs, which is a fair mix of sections. Of a package in several versions one is
    kept, the same one whatever the order of the dump.
    """
    newest: dict[str, dict[str, str]] = {}
    for fields in stanzas(dump):
        name = fields.get("Package", "")
        if name not in newest or fields.get("Version", "") > newest[name].get("Version", ""):
            newest[name] = fields
    found = sorted(filter(None, map(document, newest.values())), key=lambda found: found.id)
    if len(found) < documents + queries:
        raise DocumentsError(
            f"the package lists hold {len(found)} described packages, {documents + queries} are needed: "
            "check that the machine's apt sources name a Debian mirror, or ask for fewer with --documents"
        )
    return found[:documents], [str(held.properties["description"]) for held in found[documents : documents + queries]]


def dump_available(cache: Path, enough: int) -> str:
    """`apt-cache dumpavail`, from the machine's own package lists where they hold `enough` packages.

    Otherwise lists of the machine's own sources are fetched into `cache`, beside the machine's, which stay untouched.
    """
    own = _run(["apt-cache", "dumpavail", *_options(None)])
    if own.count("\nPackage: ") >= enough:
        return own
    state = cache / "apt"
    for directory in (state / "lists" / "partial", state / "archives" / "partial"):
        directory.mkdir(parents=True, exist_ok=True)
    private = _run(["apt-cache", "dumpavail", *_options(state)])
    if private.count("\nPackage: ") < enough:
        _run(["apt-get", "update", "--quiet", *_options(state)])
        private = _run(["apt-cache", "dumpavail", *_options(state)])
    return private


def digest(documents: Iterable[Document]) -> str:
    """A short fingerprint of which documents these are, to tell a loaded collection from an outdated one."""
    names = "\n".join(f"{one.id} {one.text}" for one in documents)
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def _options(state: Path | None) -> list[str]:
    """apt options: short descriptions only, no cache files written, lists in `state` where one is given."""
    options = ["Acquire::Languages=none", "Dir::Cache::pkgcache=", "Dir::Cache::srcpkgcache="]
    if state is not None:
        options += [f"Dir::State::lists={state}/lists", f"Dir::Cache::archives={state}/archives"]
        options += ["APT::Sandbox::User=root", "Acquire::Retries=3"]
        options += ["Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"]
    return [argument for option in options for argument in ("-o", option)]


def _run(command: list[str]) -> str:
    name = command[0]
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=APT_TIMEOUT_SECONDS,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except FileNotFoundError:
        raise DocumentsError(f"{name} is not on this machine: the demo's documents come from Debian's apt") from None
    except subprocess.TimeoutExpired:
        raise DocumentsError(f"{name} took over {APT_TIMEOUT_SECONDS} s: check that the mirror answers") from None
    if done.returncode:
        raise DocumentsError(f"{name} failed: {done.stderr.strip()[-400:]}")
    return done.stdout
