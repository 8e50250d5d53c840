"""What a node holds. Of every collection, tenants included, whether or not they are loaded."""

from vectortier.model.weaviate import Database


def held_by(database: Database, node: str) -> tuple[str, ...]:
    """The shards that name the node, as 'Collection/shard', in order."""
    return tuple(sorted(f"{c.name}/{s.name}" for c in database.collections for s in c.shards if node in s.replicas))


def some_of(held: tuple[str, ...]) -> str:
    """For a message: how many there are, and the first of them."""
    return f"{len(held)} {'shard' if len(held) == 1 else 'shards'}, first {held[0]}"
