-- +goose Up

-- Files that readers of a website can fetch under articles. The name is the one that a file was first kept under; what readers
-- see is in the content of revisions.
CREATE TABLE attachments (
    digest   TEXT COLLATE "C" PRIMARY KEY CHECK (length(digest) = 64),
    name     TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    bytes    BIGINT NOT NULL CHECK (bytes > 0),
    added_by TEXT COLLATE "C" REFERENCES users (id),
    added_at BIGINT NOT NULL
);

-- Which articles a file was uploaded for or is in, in whatever revision: whoever may read one of them may fetch it.
CREATE TABLE article_attachments (
    article TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    digest  TEXT COLLATE "C" NOT NULL REFERENCES attachments (digest),
    PRIMARY KEY (article, digest)
);
