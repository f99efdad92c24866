-- Bytes as they came, once each: a leaf and the journal point here.
CREATE TABLE envelope (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  content BLOB NOT NULL
) STRICT;

-- Every record taken in, in that order. chain = SHA-256 over the chain before it and this row (seals.py).
CREATE TABLE journal (
  position INTEGER PRIMARY KEY CHECK (position >= 0),
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  envelope INTEGER NOT NULL REFERENCES envelope (id),
  received_ms INTEGER NOT NULL,
  chain BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;

CREATE TABLE log (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  reader TEXT NOT NULL,
  UNIQUE (owner, reader)
) STRICT;

-- seal = SHA-256 over everything the row says, the log's parties and the envelope's hash included.
CREATE TABLE leaf (
  log INTEGER NOT NULL REFERENCES log (id),
  position INTEGER NOT NULL CHECK (position >= 0),
  salt BLOB NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  envelope INTEGER NOT NULL REFERENCES envelope (id),
  quarantine_reason TEXT,
  seal BLOB NOT NULL CHECK (length(seal) = 32),
  PRIMARY KEY (log, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  log INTEGER NOT NULL REFERENCES log (id),
  size INTEGER NOT NULL CHECK (size >= 0),
  note BLOB NOT NULL,
  cosignature BLOB,
  seal BLOB NOT NULL CHECK (length(seal) = 32),
  PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL,
  seal BLOB NOT NULL CHECK (length(seal) = 32)
) STRICT, WITHOUT ROWID;
