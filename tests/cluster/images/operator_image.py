"""The operator's image, built from the project's own Dockerfile without a container engine."""

from __future__ import annotations

import configparser
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.cluster.builds.cache import digest, entry, make_entry
from tests.cluster.builds.debian import Unpacked
from tests.cluster.errors import ClusterError
from tests.cluster.images.base_image import NAME as BASE_NAME
from tests.cluster.images.base_image import PRIVATE, find_base
from tests.cluster.images.node_images import Archive
from tests.cluster.paths import CHECKOUT, cache_root
from tests.cluster.progress import Progress
from tests.cluster.run import run

OPERATOR_NAME = "vectortier/operator:0.1.0"
# What the archive calls the image: containerd imports one without a name, but then no pod can ask for it.
_REFERENCE = f"docker.io/{OPERATOR_NAME}"
_INPUTS = ("Dockerfile", ".dockerignore", "pyproject.toml", "uv.lock", "README.md", "LICENSE")
_SOURCE = "operator"
_BUNDLE = "/run/host-certificates.pem"
_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
_INDEX_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL")


def find_operator_image(packages: Unpacked, progress: Progress) -> Archive:
    """The image's archive, rebuilt only if something that goes into it changed."""
    base = find_base(packages, progress)
    target = entry("operator", digest([str(base), _REFERENCE, *_contents(CHECKOUT)]))
    with progress.step(f"build image {OPERATOR_NAME}") as step:
        step.cached = target.is_dir()
        make_entry(target, lambda scratch: _Builder(packages, scratch).build(base))
    return Archive(OPERATOR_NAME, target / "image.tar")


def _contents(checkout: Path) -> Iterator[str | bytes]:
    """Every input of the image by name and content, in an order that does not depend on the disk."""
    for name in _INPUTS:
        path = checkout / name
        if path.is_file():
            yield name
            yield path.read_bytes()
    for path in sorted((checkout / _SOURCE).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield str(path.relative_to(checkout))
            yield path.read_bytes()


# buildah starts itself anew with an empty environment, so its libraries must be where every program finds them.
# The loader's cache is replaced in a private mount namespace only.
_WITH_LIBRARIES = """
set -e
/sbin/ldconfig -X -f "$LIBRARIES.conf" -C "$LIBRARIES.cache"
mount --bind "$LIBRARIES.cache" /etc/ld.so.cache
unset LD_LIBRARY_PATH
exec "$@"
"""


class _Builder:
    """buildah with its storage in the cache, so that layers that did not change are not built again."""

    def __init__(self, packages: Unpacked, scratch: Path) -> None:
        self._scratch = scratch
        self._buildah = packages.program("buildah")
        policy = scratch / "policy.json"
        policy.write_text(json.dumps({"default": [{"type": "insecureAcceptAnything"}]}))
        self._policy = ("--signature-policy", str(policy))
        registries = scratch / "registries.conf"
        registries.write_text("unqualified-search-registries = []\n")
        (scratch / "ld.so.conf").write_text("include /etc/ld.so.conf.d/*.conf\n" + packages.library_folders("\n"))
        self._environment = {
            **os.environ,
            **packages.environment,
            "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_REGISTRIES_CONF": str(registries),
            "STORAGE_DRIVER": "overlay",
            "LIBRARIES": str(scratch / "ld.so"),
        }

    def build(self, base: Path) -> None:
        """Builds the Dockerfile and leaves image.tar in the scratch folder."""
        self._make_base(base)
        options, variables = build_settings(os.environ, _pip_settings())
        dockerfile = self._scratch / "Dockerfile"
        dockerfile.write_text(with_arguments((CHECKOUT / "Dockerfile").read_text(), variables))
        try:
            where = ("--file", str(dockerfile), "--tag", OPERATOR_NAME, str(CHECKOUT))
            self._build("--network=host", "--layers", *options, *where)
        except ClusterError as error:
            remedy = "Its last words say why; the Dockerfile is the project's own."
            raise ClusterError("The operator's image could not be built.", remedy, str(error)) from error
        target = f"oci-archive:{self._scratch / 'image.tar'}:{_REFERENCE}"
        self._run("push", "--disable-compression", *self._policy, OPERATOR_NAME, target)
        for path in self._scratch.iterdir():
            if path.name != "image.tar":
                path.unlink()

    def _build(self, *words: str) -> None:
        self._run("build", "--pull-never", *self._policy, *words)

    def _make_base(self, base: Path) -> None:
        """Gives the root file system its name in buildah's storage, once for each base."""
        tag = f"{BASE_NAME}-{base.parent.name}"
        if self._run("images", "--quiet", "--filter", f"reference={tag}").strip():
            self._run("tag", tag, BASE_NAME)
            return
        file = self._scratch / "base.Dockerfile"
        file.write_text('FROM scratch\nADD rootfs.tar /\nCMD ["bash"]\n')
        self._build("--file", str(file), "--tag", tag, "--tag", BASE_NAME, str(base.parent))

    def _run(self, *words: str) -> str:
        storage = cache_root() / "buildah"
        options = ("--root", str(storage / "root"), "--runroot", str(storage / "run"))
        argv = [*PRIVATE, "sh", "-c", _WITH_LIBRARIES, "sh", self._buildah, *options, *words]
        return run(argv, timeout=1800, environment=self._environment)


def build_settings(environment: Mapping[str, str], pip: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Options of buildah that give build steps this machine's certificates and package indexes, and their names."""
    named = [environment[name] for name in _CERTIFICATE_VARIABLES if environment.get(name)]
    bundle = next((path for path in (*named, "/etc/ssl/certs/ca-certificates.crt") if Path(path).is_file()), None)
    variables = {name: environment.get(name) or pip.get(name, "") for name in _INDEX_VARIABLES}
    if bundle:
        variables |= dict.fromkeys(_CERTIFICATE_VARIABLES, _BUNDLE)
    variables = {name: value for name, value in variables.items() if value}
    options = [f"--volume={Path(bundle).resolve()}:{_BUNDLE}:ro"] if bundle else []
    return options + [f"--build-arg={name}={value}" for name, value in variables.items()], list(variables)


def with_arguments(dockerfile: str, names: Sequence[str]) -> str:
    """The Dockerfile with these build arguments declared in each stage: its steps see them, the image does not."""
    lines = []
    for line in dockerfile.splitlines():
        lines.append(line)
        if line.upper().startswith("FROM "):
            lines += [f"ARG {name}" for name in names]
    return "\n".join(lines) + "\n"


def _pip_settings() -> dict[str, str]:
    """The package indexes of pip's own configuration files, which a build step does not see."""
    home = Path.home()
    files = [Path("/etc/pip.conf"), home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    parser = configparser.RawConfigParser()
    parser.read(files)
    known = {"PIP_INDEX_URL": "index-url", "PIP_EXTRA_INDEX_URL": "extra-index-url"}
    return {name: parser.get("global", key) for name, key in known.items() if parser.has_option("global", key)}
