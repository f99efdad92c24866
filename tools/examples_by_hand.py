"""Examples of what no test under tools/api_examples asks a node; invented, in the form of what nodes tell."""

from typing import Any

_DIGEST = "3f0a9d1c5b7e42680f1d2c3b4a5968778695a4b3c2d1e0f9081726354453627f"
_ALERT = {
    "alert": "a-000041",
    "net": "pair",
    "severity": "warning",
    "phase": "raised",
    "revision": 2,
    "subjects": ["track:4ca1d3", "track:461f2a"],
    "aspect": "closing",
    "determined": True,
    "raised_at": "2026-03-01T10:00:00.000000Z",
    "seen_at": "2026-03-01T10:00:04.000000Z",
    "basis": {"distance_m": 4120.0, "time_s": 71.0},
}
_TRACK = {
    "key": "4ca1d3",
    "callsign": "SURVEY1",
    "latitude_deg": 59.95,
    "longitude_deg": 24.55,
    "accuracy_m": 30.0,
    "altitude_pressure_m": 914.4,
    "altitude_ellipsoid_m": None,
    "ground_speed_mps": 61.7,
    "track_true_deg": 88.0,
    "vertical_rate_mps": 0.0,
    "on_ground": False,
    "age_s": 0.6,
    "stale": False,
    "confirmed": True,
}
_RECORD = {
    "digest": _DIGEST,
    "kind": "intent.announcement",
    "deliveries": [{"reader": "borealis.bbbbbbbb", "index": 12, "receipted": True}],
}
_ASKED = {
    "request": _DIGEST,
    "owner": "aurelia.aaaaaaaa",
    "holder": "borealis.bbbbbbbb",
    "sites": ["aurelia.aaaaaaaa/5"],
    "words": "the clinic has been threatened",
    "asked_by": "ada",
    "asked_at": "2026-03-01T10:00:00.000Z",
    "notices": 1,
    "state": "not-answered",
    "due_by": "2026-03-02T10:00:00.000Z",
    "overdue": False,
    "stored": True,
    "removed_at": None,
}

IN_PATHS = {
    "alert": "a-000041",
    "areas": "border",
    "credential": "password",
    "digest": _DIGEST,
    "feed": "receiver",
    "number": "1",
    "owner": "aurelia.aaaaaaaa",
    "party": "aurelia.aaaaaaaa",
    "peer": "borealis.bbbbbbbb",
    "person": "ada",
    "proposal": _DIGEST,
    "record": _DIGEST,
    "session": "3f9a1c0d",
    "sha256": _DIGEST,
    "stream": "544c50354e035d36559920d4",
    "token": "f6a50284",
}

BY_HAND: dict[str, dict[str, Any]] = {
    "POST /v1/access/recover": {
        "body": {"operator": "olga", "code": "…", "password": "…"},
    },
    "POST /v1/access/step-up/code": {"body": {"code": "…"}},
    "POST /v1/air/stream/{stream}": {
        "path": {"stream": "544c50354e035d36559920d4"},
        "body": {
            "read": 3,
            "view": {
                "south_deg": 55.0,
                "west_deg": 21.0,
                "north_deg": 56.0,
                "east_deg": 23.0,
                "tolerance_m": 5.0,
            },
        },
        "answer": {"read": 3},
    },
    "GET /v1/air/tracks": {
        "answer": {
            "at": "2026-03-01T10:00:04.000000Z",
            "total": 1,
            "rows": [_TRACK],
        }
    },
    "POST /v1/air/radio": {
        "body": {"track": "4ca1d3", "answered": False},
        "answer": {
            **_TRACK,
            "lacks": ["radio"],
            "radio": {"answered": False, "operator": "olga", "at": "2026-03-01T10:00:09.000000Z"},
        },
    },
    "GET /v1/alerts/{alert}": {"path": {"alert": "a-000041"}, "answer": _ALERT},
    "POST /v1/alerts/{alert}/acknowledge": {
        "path": {"alert": "a-000041"},
        "body": {"revision": 2},
        "answer": {
            **_ALERT,
            "phase": "acknowledged",
            "acknowledged_by": "olga",
            "acknowledged_at": "2026-03-01T10:00:09.000000Z",
        },
    },
    "POST /v1/claims/{party}/{number}/withdraw": {
        "body": {"reason": "the time was read from the wrong log"}
    },
    "POST /v1/groups/{owner}/{number}/consent": {
        "body": {"party": "relief.cccccccc", "consent": "yes"}
    },
    "POST /v1/groups/{owner}/{number}/decline": {"body": {"reason": "asked of us too late"}},
    "POST /v1/groups/{owner}/{number}/invite": {
        "body": {"party": "relief.cccccccc", "words": "for the flights of the day"}
    },
    "POST /v1/groups/{owner}/{number}/leave": {"body": {"reason": "our part is done"}},
    "POST /v1/groups/{owner}/{number}/open": {"body": {"party": "relief.cccccccc"}},
    "GET /v1/incidents/{party}/{number}/assessment": {"answer": {}},
    "POST /v1/incidents/{party}/{number}/state": {
        "body": {"event": "review", "reason": "all claims are in"}
    },
    "POST /v1/incidents/{party}/{number}/unlink": {
        "body": {"what": "notice", "digest": _DIGEST, "reason": "of another day"}
    },
    "POST /v1/intents/announce": {
        "answer": {"intent": "aurelia.aaaaaaaa/7", "record": _RECORD},
    },
    "POST /v1/intents/announcements/{digest}/end": {"body": {"remark": "landed"}},
    "POST /v1/intents/proposals/{digest}/answer": {
        "body": {"answer": "assent"},
        "answer": {"given": "assent", "records": [{**_RECORD, "kind": "intent.assent"}]},
    },
    "POST /v1/intents/{party}/{number}/withdraw": {"body": {"change_only": False}},
    "GET /v1/line/items/{digest}/attachments/{sha256}": {
        "answer": {"name": "sketch.txt", "media_type": "text/plain", "content_base64": "bm9ydGg="}
    },
    "POST /v1/line/items/{digest}/read-back/compare": {
        "answer": {
            "matched": False,
            "fields": [{"name": "position", "outcome": "differs", "why": "9.3 km E"}],
        }
    },
    "GET /v1/line/matters/{party}/{number}": {
        "answer": {
            "matter": {
                "matter": "aurelia.aaaaaaaa/4",
                "subject": "No contact",
                "parties": ["aurelia.aaaaaaaa", "borealis.bbbbbbbb"],
                "item_count": 1,
                "last_at": "2026-03-01T10:00:00.000000Z",
                "last": "Two of ours without radio. Do you see them?",
                "closed": False,
                "waiting": 1,
            },
            "items": [],
            "held_back": [],
        }
    },
    "GET /v1/map/borders": {
        "answer": {"type": "Topology", "objects": {}, "arcs": []},
    },
    "POST /v1/meetings/{owner}/{number}/call/join": {
        "body": {
            "station": "1f2e3d4c5b6a7988",
            "fingerprint": ":".join(["AB"] * 32),
            "name": "Olga",
        }
    },
    "POST /v1/meetings/{owner}/{number}/call/leave": {"body": {"station": "1f2e3d4c5b6a7988"}},
    "POST /v1/meetings/{owner}/{number}/call/consent": {
        "body": {"station": "1f2e3d4c5b6a7988", "recording": True, "number": 1}
    },
    "POST /v1/meetings/{owner}/{number}/call/recording": {
        "body": {"station": "1f2e3d4c5b6a7988", "recording": True, "number": 1}
    },
    "POST /v1/meetings/{owner}/{number}/call/signal": {
        "body": {
            "station": "1f2e3d4c5b6a7988",
            "to": "2c3d4e5f6a7b8c9d",
            "step": "offer",
            "number": 1,
            "sdp": "v=0…",
        }
    },
    "POST /v1/movements": {
        "body": {
            "kind": "relief-convoy",
            "words": "food and blankets",
            "waypoints": [
                {"latitude_deg": 59.9, "longitude_deg": 24.5, "at": "2026-03-01T10:00:00Z"},
                {"latitude_deg": 59.9, "longitude_deg": 24.7, "at": "2026-03-01T11:00:00Z"},
            ],
            "half_width_m": 500.0,
            "slack_s": 900,
            "vehicles": [{"kind": "lorry", "count": 4, "marking": "white, flag on the roof"}],
            "escorts": [],
            "contact": {
                "words": "the watch of the relief service",
                "until": "2026-03-02T00:00:00Z",
            },
            "recipients": [{"party": "borealis.bbbbbbbb", "precision_m": 1000.0}],
        },
        "answer": {"digest": _DIGEST, "movement": "aurelia.aaaaaaaa/3"},
    },
    "POST /v1/movements/{party}/{number}/end": {
        "path": {"party": "aurelia.aaaaaaaa", "number": "3"},
        "body": {"words": "arrived"},
        "answer": {"digest": _DIGEST, "movement": "aurelia.aaaaaaaa/3"},
    },
    "POST /v1/movements/{party}/{number}/position": {
        "path": {"party": "aurelia.aaaaaaaa", "number": "3"},
        "body": {"latitude_deg": 59.9, "longitude_deg": 24.6, "accuracy_m": 200.0},
        "answer": {
            "movement": "aurelia.aaaaaaaa/3",
            "own": True,
            "version": 1,
            "kind": "relief-convoy",
            "state": "as-notified",
        },
    },
    "POST /v1/observation-consents": {
        "body": {
            "subject_kind": "site",
            "subject": "aurelia.aaaaaaaa/5",
            "observer": "aurelia.aaaaaaaa",
            "to": ["borealis.bbbbbbbb"],
            "kinds": ["airspace-event"],
            "until": "2026-04-01T00:00:00Z",
        }
    },
    "POST /v1/observation-consents/withdraw": {
        "body": {"consent": _DIGEST, "reason": "asked us to"}
    },
    "POST /v1/observations/{party}/{number}/verify": {
        "body": {"beside": [_DIGEST], "words": "the same place, an hour later"}
    },
    "POST /v1/packs": {
        "body": {
            "holder": "the phone of crew 3",
            "area": {"latitude_deg": 59.9, "longitude_deg": 24.5, "radius_m": 50000.0},
        },
        "answer": {
            "pack": "aurelia.aaaaaaaa/1",
            "record": _DIGEST,
            "sha256": _DIGEST,
            "content": "…",
        },
    },
    "POST /v1/packs/exports": {
        "body": {"record": _DIGEST, "format": "geojson", "viewer": "crew 3", "sha256": _DIGEST}
    },
    "GET /v1/phrasebook": {
        "answer": {
            "version": 1,
            "digest": _DIGEST,
            "languages": {"en": "English", "ru": "Русский"},
            "right_to_left": [],
            "phrases": [
                {
                    "number": 1,
                    "section": "call",
                    "meaning": "Do you hear me?",
                    "slots": {},
                    "responses": [2],
                    "phrases": {"en": {"text": "Do you hear me?", "say": None, "back": None}},
                }
            ],
        }
    },
    "POST /v1/sites/exposures": {
        "body": {
            "sites": ["aurelia.aaaaaaaa/5"],
            "viewer": "the duty pilot",
            "precision_m": 1000.0,
            "way": "on a printed map",
        }
    },
    "POST /v1/sites/import": {
        "body": {
            "file": "sites.csv",
            "sha256": _DIGEST,
            "rows": [
                {
                    "number": 2,
                    "site": {
                        "kind": "hospital",
                        "names": [{"text": "Invented hospital"}],
                        "place": {
                            "latitude_deg": [59.9],
                            "longitude_deg": [24.5],
                            "radius_m": 200.0,
                        },
                        "owner": "aurelia.aaaaaaaa",
                        "origin": {"name": "invented register", "kind": "register"},
                    },
                }
            ],
        },
        "answer": {"entered": ["aurelia.aaaaaaaa/5"], "proposed": [], "known": []},
    },
    "POST /v1/sites/proposals/{digest}/{number}": {
        "path": {"digest": _DIGEST, "number": "1"},
        "body": {"answer": "enter", "words": "seen by us"},
        "answer": {"site": "aurelia.aaaaaaaa/5"},
    },
    "GET /v1/sites/erasures": {"answer": [_ASKED]},
    "POST /v1/sites/erasures": {
        "body": {
            "recipient": "borealis.bbbbbbbb",
            "sites": ["aurelia.aaaaaaaa/5"],
            "words": "the clinic has been threatened",
        },
        "answer": {**_RECORD, "kind": "site.erasure-request"},
    },
    "POST /v1/sites/erasures/{digest}/answer": {
        "path": {"digest": _DIGEST},
        "body": {"answer": "erased", "words": "packs P1 and P2 destroyed, none printed"},
        "answer": {"digest": _DIGEST, "records": [_DIGEST]},
    },
    "GET /v1/sites/{party}/{number}/copies": {
        "answer": {
            "copies": [
                {
                    "site": "aurelia.aaaaaaaa/5",
                    "viewer": "borealis.bbbbbbbb",
                    "finest_m": 2000.0,
                    "last_at": "2026-02-01T10:00:00.000Z",
                    "withdrawal": _DIGEST,
                    "withdrawal_stored": True,
                    "erasure": _ASKED,
                }
            ],
            "packs": [],
        },
    },
    "POST /v1/sites/{party}/{number}/end": {"body": {"words": "it has moved"}},
    "POST /v1/sites/{party}/{number}/erase": {
        "body": {"words": "its owner asked for it"},
        "answer": {"digest": _DIGEST, "records": [_DIGEST], "told": ["borealis.bbbbbbbb"]},
    },
    "POST /v1/sites/{party}/{number}/renew": {"body": {"renew_by": "2026-09-01T00:00:00Z"}},
    "POST /v1/watch/leave": {"body": {"echelon": "officer on watch"}},
    "GET /v1/watch/handovers/{digest}": {"path": {"digest": _DIGEST}},
    "GET /v1/openapi.json": {"answer": {"openapi": "3.1.0"}},
}
