-- +goose Up

-- Pages that are to be taken off a website: the row is stored with the retraction and goes when the files have. What is left
-- here after a stop is taken off by whoever comes next.
CREATE TABLE site_removals (
    target  TEXT NOT NULL CHECK (target <> ''),
    article TEXT NOT NULL REFERENCES articles (id),
    since   BIGINT NOT NULL,
    PRIMARY KEY (target, article)
);

-- Articles of a push that WeChat deleted by themselves, by their place in it, from 1.
CREATE TABLE deleted_items (
    delivery   TEXT NOT NULL REFERENCES deliveries (id),
    position   BIGINT NOT NULL CHECK (position >= 1),
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (delivery, position)
);

-- Decisions to delete a push, or one article of it, and to send the corrected articles again. The edition is there once
-- that was done.
CREATE TABLE resends (
    delivery   TEXT NOT NULL REFERENCES deliveries (id),
    position   BIGINT NOT NULL CHECK (position >= 0),
    mode       TEXT NOT NULL CHECK (mode IN ('draft', 'publish', 'mass')),
    at         BIGINT,
    asked_by   TEXT REFERENCES users (id),
    asked_name TEXT NOT NULL,
    asked_at   BIGINT NOT NULL,
    edition    TEXT REFERENCES editions (id),
    PRIMARY KEY (delivery, position)
);
