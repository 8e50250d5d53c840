"""What is built is named by what built it, and an interrupted build leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cluster.builds.binaries import CONTROL_PLANE, FAKE_NODE, MODULES, NODE, build_key
from tests.cluster.builds.cache import digest, make_entry
from tests.cluster.builds.go_toolchain import parse_version
from tests.cluster.images.base_image import Source, debian_sources
from tests.cluster.images.operator_image import build_settings, with_arguments

GO = "go version go1.26.8 linux/amd64"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (GO, (1, 26, 8)),
        ("go version go1.27 linux/amd64", (1, 27, 0)),
        ("go version go1.26.1-custom X:boringcrypto", (1, 26, 1)),
        ("go version devel", None),
    ],
)
def test_go_versions_are_read(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


def test_every_program_is_pinned_by_a_committed_module() -> None:
    for binary in (*CONTROL_PLANE, *FAKE_NODE, *NODE):
        module = MODULES / binary.module
        assert binary.package in (module / "go.mod").read_text()
        assert (module / "go.sum").is_file()


def test_a_build_is_named_anew_when_the_compiler_the_flags_or_the_pins_change() -> None:
    etcd, apiserver = CONTROL_PLANE[:2]
    keys = {
        build_key(etcd, GO),
        build_key(etcd, GO.replace("1.26.8", "1.26.9")),
        build_key(replace(etcd, variables=(("main.Version", "x"),)), GO),
        build_key(replace(etcd, module=apiserver.module), GO),
    }
    assert len(keys) == 4
    assert build_key(etcd, GO) in keys


def test_a_digest_does_not_confuse_where_one_part_ends() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_an_entry_that_failed_half_way_is_absent(tmp_path: Path) -> None:
    def fail(scratch: Path) -> None:
        (scratch / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_entry(tmp_path / "entry", fail)
    assert list(tmp_path.iterdir()) == []


def test_an_entry_is_made_once(tmp_path: Path) -> None:
    calls: list[Path] = []
    for _ in range(2):
        make_entry(tmp_path / "entry", calls.append)
    assert len(calls) == 1


def test_build_arguments_are_declared_in_every_stage_and_nothing_else_changes() -> None:
    dockerfile = "# a\nFROM debian AS build\nRUN x \\\n && y\nFROM debian\nUSER 1\n"
    expected = "# a\nFROM debian AS build\nARG A\nRUN x \\\n && y\nFROM debian\nARG A\nUSER 1\n"
    assert with_arguments(dockerfile, ["A"]) == expected


def test_build_steps_get_the_certificates_and_indexes_of_the_machine(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    options, names = build_settings({"PIP_CERT": str(bundle)}, {"PIP_INDEX_URL": "https://mirror.test/simple"})
    assert f"--volume={bundle}:/run/host-certificates.pem:ro" in options
    assert "--build-arg=SSL_CERT_FILE=/run/host-certificates.pem" in options
    assert "--build-arg=PIP_INDEX_URL=https://mirror.test/simple" in options
    assert "PIP_EXTRA_INDEX_URL" not in names


def test_the_base_image_uses_the_machines_own_mirror() -> None:
    targets = "http://m.test/debian/|bookworm|main\nhttp://s.test/|bookworm-security|main\nhttp://o.test/|other|main"
    assert debian_sources(targets) == [
        Source("http://m.test/debian/", "bookworm"),
        Source("http://s.test/", "bookworm-security"),
    ]
    assert debian_sources("http://m.test/|trixie|main") == []
