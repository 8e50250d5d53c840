"""The query for searches by collection asks for few series, and never for the grouped one."""

from vectortier.observe.weaviate_metrics import MOST_COLLECTIONS, searches_by_collection


def test_it_asks_for_a_bounded_number_of_this_tiers_collections() -> None:
    query = searches_by_collection("search", "tickets", 60)
    assert query.startswith(f"topk({MOST_COLLECTIONS}, sum by (class_name) (rate(queries_durations_ms_count{{")
    assert 'namespace="search",tier="tickets",class_name!="n/a"}[60s]' in query
