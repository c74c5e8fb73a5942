-- +goose Up

-- What columns ask of their articles, as JSON with its own version number. A column that asks nothing has no row.
CREATE TABLE column_rules (
    column_key TEXT PRIMARY KEY CHECK (column_key <> ''),
    rules      TEXT NOT NULL,
    version    BIGINT NOT NULL CHECK (version >= 1),
    updated_at BIGINT NOT NULL
);

-- The office's list of words to avoid, as JSON: it is read and replaced as a whole.
CREATE TABLE avoid_words (
    one        BIGINT PRIMARY KEY CHECK (one = 1),
    words      TEXT NOT NULL,
    version    BIGINT NOT NULL CHECK (version >= 0),
    updated_at BIGINT
);
INSERT INTO avoid_words (one, words, version) VALUES (1, '', 0);

-- Revisions of which an editor has said that the personal numbers in them, and these words of the list, are meant. The
-- numbers are in the revision and nowhere else.
CREATE TABLE meant (
    article   TEXT NOT NULL REFERENCES articles (id),
    revision  BIGINT NOT NULL,
    words     TEXT NOT NULL,
    said_by   TEXT REFERENCES users (id),
    said_name TEXT NOT NULL,
    said_at   BIGINT NOT NULL,
    PRIMARY KEY (article, revision)
);
