"""Giving back to a tenant what it was. Weaviate knows no fence, so it is looked at right before."""

from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import RestoreTenant


def restore_tenant(client: Weaviate, action: RestoreTenant) -> bool:
    """Makes the tenant COLD again; whether it was asked to be. One that is anything but HOT by now was changed by
    somebody else, and stays so; one that is gone is done. Raises Refused while a movement of it is listed."""
    if client.tenants(action.collection).get(action.tenant) != "HOT":
        return False
    client.set_tenant(action.collection, action.tenant, "COLD")
    return True
