"""What must not be the case when data is moved or the cluster is changed: for a new operation and for each step."""

from vectortier.decide.rules.foreign import backup_running, foreign_movement, read_only_shards
from vectortier.decide.rules.members import members_alive
from vectortier.decide.rules.versions import one_version

OBSTACLES = (members_alive, one_version, foreign_movement, backup_running, read_only_shards)
