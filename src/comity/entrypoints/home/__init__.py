"""A node's home folder: layout, settings, operators, and whether it runs.

What makes homes and keys (`create`, `keys`) is imported by itself, so that looking up where a node
listens does not wait for it.
"""

from comity.entrypoints.home.config import (
    Config,
    config_from,
    config_text,
    join_address,
    load_config,
    split_address,
)
from comity.entrypoints.home.layout import HOME_MODE, HomeLayout
from comity.entrypoints.home.operators_file import (
    add_operator,
    load_operator_token,
    load_operators,
    revoke_operator,
    set_roles,
    token_holders,
)
from comity.entrypoints.home.running import (
    RunningNode,
    read_running,
    remove_running,
    write_running,
)
from comity.entrypoints.home.starting import Start, StartingNode, StartStage, read_starting

__all__ = [
    "HOME_MODE",
    "Config",
    "HomeLayout",
    "RunningNode",
    "Start",
    "StartStage",
    "StartingNode",
    "add_operator",
    "config_from",
    "config_text",
    "join_address",
    "load_config",
    "load_operator_token",
    "load_operators",
    "read_running",
    "read_starting",
    "remove_running",
    "revoke_operator",
    "set_roles",
    "split_address",
    "token_holders",
    "write_running",
]
