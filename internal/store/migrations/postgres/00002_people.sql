-- +goose Up

-- A person without a password acts by tokens only. A one-time password must be changed before anything else is open.
ALTER TABLE users ADD COLUMN lang TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (lang IN ('', 'zh', 'en'));
ALTER TABLE users ADD COLUMN password TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;

-- The hash is that of the secret in the browser's cookie: a stolen copy of this table opens nothing.
CREATE TABLE sessions (
    id         TEXT COLLATE "C" PRIMARY KEY,
    hash       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(hash) = 64),
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL,
    agent      TEXT COLLATE "C" NOT NULL,
    address    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, seen_at);
CREATE INDEX sessions_seen ON sessions (seen_at);

-- Attempts to sign in that have not succeeded, by name and by address. A name is kept as its hash: people type passwords
-- into the wrong field.
CREATE TABLE lockouts (
    key      TEXT COLLATE "C" PRIMARY KEY CHECK (key <> ''),
    failures BIGINT NOT NULL CHECK (failures >= 0),
    since    BIGINT NOT NULL,
    last     BIGINT NOT NULL,
    until    BIGINT
);
CREATE INDEX lockouts_last ON lockouts (last);

-- The one row says whether the first administrator has been made.
CREATE TABLE setup (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    done_at BIGINT
);
INSERT INTO setup (id) VALUES (1);
