"""Documents: the same ones, with the same UUIDs, whatever the order of the dump."""

from __future__ import annotations

import pytest

from tests.demo import documents

DUMP = """\
Package: zebra
Version: 1.0+git20230317-2
Section: net
Priority: optional
Maintainer: Some Team <team@example.org>
Installed-Size: 120
Size: 4096
Description: route packets with stripes
 A longer text that is not wanted.
Tag: role::program,
 Section: not-a-field

Package: aardvark
Version: 2
Section: text
Description: digs through text

Package: without-description
Version: 1
Section: misc
"""


def test_a_stanza_becomes_a_document_with_filterable_properties() -> None:
    (one,) = [found for found in documents.choose(DUMP, 2, 0)[0] if found.properties["name"] == "zebra"]
    assert one.properties == {
        "name": "zebra",
        "description": "route packets with stripes",
        "section": "net",
        "priority": "optional",
        "maintainer": "Some Team",
        "version": "1.0+git20230317-2",
        "installedKibibytes": 120,
        "downloadBytes": 4096,
        "versionDate": "2023-03-17T00:00:00Z",
    }
    assert one.text == "zebra: route packets with stripes"


def test_the_choice_does_not_depend_on_the_order_of_the_dump() -> None:
    turned = "\n\n".join(reversed(DUMP.strip().split("\n\n")))
    assert documents.choose(DUMP, 1, 1) == documents.choose(turned, 1, 1)


def test_of_a_package_in_two_versions_one_is_kept_whichever_comes_first() -> None:
    older = "Package: aardvark\nVersion: 1\nSection: text\nDescription: old\n"
    both = [documents.choose(dump, 2, 0)[0] for dump in (f"{DUMP}\n{older}", f"{older}\n{DUMP}")]
    assert both[0] == both[1]
    assert {str(one.properties["description"]) for one in both[0]} == {
        "digs through text",
        "route packets with stripes",
    }


def test_uuids_are_those_of_every_other_machine() -> None:
    known = {str(one.properties["name"]): str(one.id) for one in documents.choose(DUMP, 2, 0)[0]}
    assert known == {
        "aardvark": str(documents.uuid.uuid5(documents.NAMESPACE, "aardvark")),
        "zebra": str(documents.uuid.uuid5(documents.NAMESPACE, "zebra")),
    }
    assert str(documents.NAMESPACE) == "311e6a5f-f695-57e6-a623-9fc435df1063"


def test_searches_are_made_of_documents_that_are_not_loaded() -> None:
    loaded, searches = documents.choose(DUMP, 1, 1)
    assert searches == [
        str(one.properties["description"]) for one in documents.choose(DUMP, 2, 0)[0] if one not in loaded
    ]


def test_too_few_packages_are_refused_with_what_to_do() -> None:
    with pytest.raises(documents.DocumentsError, match=r"hold 2 described packages, 5 are needed.*--documents"):
        documents.choose(DUMP, 4, 1)
