"""Waking a tenant, and giving back to it what it was. Weaviate knows no fence, so it is looked at right before."""

from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import ActivateTenant, RestoreTenant


def activate_tenant(client: Weaviate, action: ActivateTenant) -> bool:
    """Makes the tenant HOT; whether it was asked to be. One that is anything but COLD by now was changed by somebody
    else, and stays so; one that is gone is done."""
    if client.tenants(action.collection).get(action.tenant) != "COLD":
        return False
    client.set_tenant(action.collection, action.tenant, "HOT")
    return True


def restore_tenant(client: Weaviate, action: RestoreTenant) -> bool:
    """Makes the tenant COLD again; whether it was asked to be. One that is anything but HOT by now was changed by
    somebody else, and stays so; one that is gone is done. Raises Refused while a movement of it is listed."""
    if client.tenants(action.collection).get(action.tenant) != "HOT":
        return False
    client.set_tenant(action.collection, action.tenant, "COLD")
    return True
