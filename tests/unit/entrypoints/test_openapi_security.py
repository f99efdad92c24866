"""The description of the API says how each endpoint is asked for, and which action it is."""

import json

import msgspec
import pytest

from comity.entrypoints.api.app import ROUTES, show_openapi
from comity.entrypoints.api.openapi import SECURITY_SCHEMES, openapi_document
from comity.entrypoints.api.route_actions import ROUTE_ACTIONS, Door


@pytest.mark.requirement("OPER-006")
def test_every_operation_names_its_action_and_its_credentials():
    document = json.loads(msgspec.json.encode(openapi_document((*ROUTES, show_openapi))))
    assert document["components"]["securitySchemes"].keys() == SECURITY_SCHEMES.keys()
    seen = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            wanted = ROUTE_ACTIONS[(method.upper(), path)]
            security = operation.get("security", document["security"])
            names = {name for each in security for name in each}
            assert names <= SECURITY_SCHEMES.keys()
            assert (security == []) is (wanted is Door.OPEN), path
            assert ("csrf" in names) is (method == "post" and wanted is not Door.OPEN), path
            assert ("x-actions" in operation) is not isinstance(wanted, Door), path
            seen += 1
    assert seen == len(ROUTE_ACTIONS)
