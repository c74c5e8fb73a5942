-- +goose Up

-- What lists show and searches find of each article's current revision: derived from articles and revisions, and kept in
-- the transactions that change those. doc counts articles in the order in which they were made; version says by which
-- rules the row was derived (0: not yet), and a row with another version is derived anew after a migration.
CREATE TABLE article_index (
    doc     INTEGER PRIMARY KEY,
    article TEXT NOT NULL UNIQUE REFERENCES articles (id),
    version BIGINT NOT NULL,
    reviser TEXT NOT NULL,
    cover   TEXT NOT NULL
);
CREATE INDEX article_index_version ON article_index (version, doc);

-- The pairs of characters, the words, and what a list is filtered by, under the article's doc.
CREATE VIRTUAL TABLE article_words USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

INSERT INTO article_index (article, version, reviser, cover) SELECT id, 0, '', '' FROM articles ORDER BY created_at, id;

CREATE INDEX articles_author_state ON articles (author, state, created_at, id);
