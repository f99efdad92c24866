-- An envelope that was erased: content is the stub that is left, sha256 still that of the bytes that went.
ALTER TABLE envelope ADD COLUMN stub_sha256 BLOB CHECK (stub_sha256 IS NULL OR length(stub_sha256) = 32);
