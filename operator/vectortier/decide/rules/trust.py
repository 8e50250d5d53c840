"""Is there enough knowledge to decide at all? Blind is not zero: whatever is missing means hold."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Look
from vectortier.decide.ruling import Ruling, hold
from vectortier.model.value import Unknown


def not_deleting(look: Look) -> Ruling | None:
    """A tier that is going away is left to Kubernetes."""
    if look.observed.tier.deleting:
        return hold(Reason.DELETING, "the tier is being deleted")
    return None


def workload_known(look: Look) -> Ruling | None:
    """Without Kubernetes' answer nothing is known."""
    workload = look.observed.workload
    if isinstance(workload, Unknown):
        return hold(workload.reason, workload.message)
    if not workload.stateful_set_exists:
        return hold(Reason.PROGRESSING, "the StatefulSet does not exist yet", 2.0)
    return None


def keys_present(look: Look) -> Ruling | None:
    """A node that starts without its keys never comes up, and one with other keys stays apart."""
    workload = look.observed.workload
    if isinstance(workload, Unknown) or not workload.missing_keys:
        return None
    return hold(Reason.KEYS_MISSING, "the Secret with the keys is missing or lacks a key: no node could start")


def journal_known(look: Look) -> Ruling | None:
    """Without the journal an operation may be under way that nobody remembers."""
    journal = look.observed.journal
    return hold(journal.reason, journal.message) if isinstance(journal, Unknown) else None


def database_known(look: Look) -> Ruling | None:
    """The database is asked, not assumed."""
    database = look.observed.database
    return hold(database.reason, database.message, 5.0) if isinstance(database, Unknown) else None
