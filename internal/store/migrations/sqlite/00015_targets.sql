-- +goose Up

-- Websites that articles are delivered to besides the one of the configuration; its own row, "site", is there once an
-- administrator has changed something about it. columns and options are JSON, empty where there is none; secret is sealed.
-- A website that was removed keeps its row, without its secret: deliveries name it, and a later one of its name must be
-- the same place.
CREATE TABLE targets (
    name       TEXT PRIMARY KEY CHECK (name <> ''),
    kind       TEXT NOT NULL CHECK (kind IN ('static', 'wordpress', 'webhook')),
    title      TEXT NOT NULL CHECK (title <> ''),
    address    TEXT NOT NULL,
    is_on      BOOLEAN NOT NULL CHECK (is_on IN (FALSE, TRUE)),
    policy     TEXT NOT NULL CHECK (policy IN ('required', 'optional')),
    is_first   BOOLEAN NOT NULL CHECK (is_first IN (FALSE, TRUE)),
    columns    TEXT NOT NULL,
    user_name  TEXT NOT NULL,
    options    TEXT NOT NULL,
    secret     TEXT NOT NULL,
    removed    BOOLEAN NOT NULL CHECK (removed IN (FALSE, TRUE)),
    version    BIGINT NOT NULL CHECK (version >= 1),
    updated_at BIGINT NOT NULL,
    CONSTRAINT site_is_static CHECK ((kind = 'static') = (name = 'site')),
    CONSTRAINT removed_has_no_secret CHECK (NOT removed OR (secret = '' AND NOT is_on AND NOT is_first))
);
CREATE UNIQUE INDEX targets_first ON targets (is_first) WHERE is_first;

-- What is remembered of an article's page at a website: its id there, a mark of what was last written, its address.
CREATE TABLE page_places (
    target     TEXT NOT NULL CHECK (target <> ''),
    article    TEXT NOT NULL REFERENCES articles (id),
    remote     TEXT NOT NULL,
    mark       TEXT NOT NULL,
    address    TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (target, article)
);

-- What is remembered of a photo at a website, by the digest of the bytes that were uploaded.
CREATE TABLE photo_places (
    target  TEXT NOT NULL CHECK (target <> ''),
    digest  TEXT NOT NULL CHECK (digest <> ''),
    remote  TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (target, digest)
);
