-- +goose Up

-- What people have typed and not saved as a revision: their own affair, replaced every few seconds, dropped when saved.
CREATE TABLE workings (
    article  TEXT NOT NULL REFERENCES articles (id),
    person   TEXT NOT NULL REFERENCES users (id),
    base     BIGINT NOT NULL CHECK (base >= 1),
    content  TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (article, person)
);
CREATE INDEX workings_person ON workings (person, saved_at);

CREATE TABLE comments (
    id          TEXT PRIMARY KEY,
    article     TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    place       TEXT NOT NULL CHECK (place <> ''),
    quote       TEXT NOT NULL,
    photo       TEXT NOT NULL,
    text        TEXT NOT NULL CHECK (text <> ''),
    author      TEXT NOT NULL REFERENCES users (id),
    created_at  BIGINT NOT NULL,
    resolved_by TEXT REFERENCES users (id),
    resolved_at BIGINT,
    FOREIGN KEY (article, revision) REFERENCES revisions (article, number),
    CONSTRAINT resolved_is_whole CHECK ((resolved_by IS NULL) = (resolved_at IS NULL))
);
CREATE INDEX comments_article ON comments (article, created_at, id);

-- The office's columns in the order in which they are shown. Articles name columns by their path and do not refer to
-- these rows: what was signed keeps its column when the tree changes.
CREATE TABLE columns (
    column_key TEXT PRIMARY KEY CHECK (column_key <> ''),
    position   BIGINT NOT NULL CHECK (position >= 0)
);

-- Whoever changes the tree locks this one row first.
CREATE TABLE column_tree (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO column_tree (one, version) VALUES (1, 0);
