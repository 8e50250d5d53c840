"""Clusters get addresses that nobody else has."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from tests.cluster.errors import ClusterError
from tests.cluster.network import links
from tests.cluster.network.addresses import SLOTS, Addresses, choose_addresses, slots_for
from tests.cluster.network.links import Link, own_links, parse_links, parse_routes

BENCHMARKS = IPv4Network("198.18.0.0/15")


def test_no_two_slots_share_an_address_and_all_stay_in_the_range_for_benchmarks() -> None:
    ranges = [own for slot in range(SLOTS) for own in Addresses(slot).ranges]
    assert all(own.subnet_of(BENCHMARKS) for own in ranges)
    assert not any(one.overlaps(other) for i, one in enumerate(ranges) for other in ranges[:i])


def test_addresses_lie_in_their_own_ranges() -> None:
    for slot in range(SLOTS):
        addresses = Addresses(slot)
        link, _, services = addresses.ranges
        assert {addresses.host, addresses.node} <= {str(host) for host in link.hosts()}
        assert addresses.dns_service in {str(host) for host in services.hosts()}


def test_the_demo_and_the_tests_differ() -> None:
    assert choose_addresses("demo", []).slot != choose_addresses("test", []).slot


def test_a_name_keeps_its_slot_while_that_is_free() -> None:
    assert choose_addresses("mine", []) == choose_addresses("mine", [])


def test_a_taken_slot_is_passed_over() -> None:
    own = choose_addresses("demo", [])
    assert choose_addresses("demo", [own.pods]).slot != own.slot


def test_a_slot_whose_link_is_still_there_is_passed_over() -> None:
    own = choose_addresses("demo", [])
    assert choose_addresses("demo", [], [own.link]).slot != own.slot


def test_what_a_control_plane_or_a_simulated_node_makes_up_is_in_no_slot() -> None:
    made_up = [IPv4Network("198.19.128.0/20"), IPv4Network("198.19.240.0/20")]
    ranges = [own for slot in range(SLOTS) for own in Addresses(slot).ranges]
    assert not any(one.overlaps(other) for one in ranges for other in made_up)


def test_a_link_belongs_to_the_cluster_whose_label_it_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Link("vtier0", "mine"), Link("vtier1", "another"), Link("vtier2", ""), Link("veth0", "")]
    monkeypatch.setattr(links, "links_of_host", lambda: found)
    assert own_links("mine", "") == ["vtier0"]
    assert own_links("mine", "vtier2") == ["vtier0", "vtier2"]
    # Ours went away with a crash, and somebody else has its name by now.
    assert own_links("mine", "vtier1") == ["vtier0"]


def test_links_are_read_with_and_without_a_label() -> None:
    text = '[{"ifname": "vtier0", "ifalias": "mine", "mtu": 1500}, {"ifname": "veth1"}]'
    assert parse_links(text) == [Link("vtier0", "mine"), Link("veth1", "")]
    assert parse_links("") == []


def test_every_slot_is_tried_once() -> None:
    assert sorted(slots_for("anything")) == list(range(SLOTS))


def test_a_full_range_is_reported_with_the_remedy() -> None:
    with pytest.raises(ClusterError, match=r"198\.18\.0\.0/15 are taken.*ip route"):
        choose_addresses("demo", [BENCHMARKS])


def test_routes_are_read_without_the_default_route() -> None:
    text = '[{"dst": "default"}, {"dst": "198.18.8.0/22"}, {"dst": "10.0.0.7"}]'
    assert parse_routes(text) == [IPv4Network("198.18.8.0/22"), IPv4Network("10.0.0.7/32")]
