-- +goose Up

-- Pages that are to be taken off a website: the row is stored with the retraction and goes when the files have. What is left
-- here after a stop is taken off by whoever comes next.
CREATE TABLE site_removals (
    target  TEXT COLLATE "C" NOT NULL CHECK (target <> ''),
    article TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    since   BIGINT NOT NULL,
    PRIMARY KEY (target, article)
);

-- Articles of a push that WeChat deleted by themselves, by their place in it, from 1.
CREATE TABLE deleted_items (
    delivery   TEXT COLLATE "C" NOT NULL REFERENCES deliveries (id),
    position   BIGINT NOT NULL CHECK (position >= 1),
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (delivery, position)
);

-- Decisions to delete a push, or one article of it, and to send the corrected articles again. The edition is there once
-- that was done.
CREATE TABLE resends (
    delivery   TEXT COLLATE "C" NOT NULL REFERENCES deliveries (id),
    position   BIGINT NOT NULL CHECK (position >= 0),
    mode       TEXT COLLATE "C" NOT NULL CHECK (mode IN ('draft', 'publish', 'mass')),
    at         BIGINT,
    asked_by   TEXT COLLATE "C" REFERENCES users (id),
    asked_name TEXT COLLATE "C" NOT NULL,
    asked_at   BIGINT NOT NULL,
    edition    TEXT COLLATE "C" REFERENCES editions (id),
    PRIMARY KEY (delivery, position)
);
