-- +goose Up

-- Times are microseconds since 1970 (UTC). Texts are compared byte by byte.

CREATE TABLE users (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
    roles      TEXT NOT NULL,
    stages     TEXT NOT NULL,
    disabled   BOOLEAN NOT NULL CHECK (disabled IN (FALSE, TRUE)),
    created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    label      TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE CHECK (hash <> ''),
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);

CREATE TABLE photos (
    digest   TEXT PRIMARY KEY CHECK (length(digest) = 64),
    name     TEXT NOT NULL,
    format   TEXT NOT NULL,
    width    BIGINT NOT NULL CHECK (width > 0),
    height   BIGINT NOT NULL CHECK (height > 0),
    bytes    BIGINT NOT NULL CHECK (bytes > 0),
    has_gps  BOOLEAN NOT NULL CHECK (has_gps IN (FALSE, TRUE)),
    profile  TEXT NOT NULL,
    taken_at BIGINT,
    added_at BIGINT NOT NULL
);

CREATE TABLE renditions (
    photo        TEXT NOT NULL REFERENCES photos (digest),
    recipe       TEXT NOT NULL,
    version      BIGINT NOT NULL,
    frame        TEXT NOT NULL,
    digest       TEXT NOT NULL CHECK (length(digest) = 64),
    content_type TEXT NOT NULL,
    width        BIGINT NOT NULL,
    height       BIGINT NOT NULL,
    bytes        BIGINT NOT NULL,
    PRIMARY KEY (photo, recipe, version, frame)
);

-- An article always has a current revision, with the hash that is written here as well.
CREATE TABLE articles (
    id         TEXT PRIMARY KEY,
    state      TEXT NOT NULL CHECK (state IN ('draft', 'review', 'returned', 'approved', 'withdrawn')),
    revision   BIGINT NOT NULL CHECK (revision >= 1),
    hash       TEXT NOT NULL,
    title      TEXT NOT NULL,
    title_fold TEXT NOT NULL,
    column_key TEXT NOT NULL,
    author     TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (id, revision, hash) REFERENCES revisions (article, number, hash) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX articles_created ON articles (created_at, id);
CREATE INDEX articles_state ON articles (state, created_at, id);
CREATE INDEX articles_author ON articles (author, created_at, id);

CREATE TABLE revisions (
    article    TEXT NOT NULL REFERENCES articles (id),
    number     BIGINT NOT NULL CHECK (number >= 1),
    hash       TEXT NOT NULL CHECK (length(hash) = 64),
    content    TEXT NOT NULL,
    author     TEXT REFERENCES users (id),
    unplaced   TEXT NOT NULL,
    notes      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (article, number),
    UNIQUE (article, number, hash)
);

-- One person signs at most one stage of a revision, and each stage is signed once, for the hash the revision has.
CREATE TABLE sign_offs (
    article     TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    hash        TEXT NOT NULL,
    stage       TEXT NOT NULL CHECK (stage <> ''),
    person      TEXT NOT NULL REFERENCES users (id),
    person_name TEXT NOT NULL,
    signed_at   BIGINT NOT NULL,
    PRIMARY KEY (article, revision, stage),
    UNIQUE (article, revision, person),
    FOREIGN KEY (article, revision, hash) REFERENCES revisions (article, number, hash)
);

CREATE TABLE editions (
    id           TEXT PRIMARY KEY,
    account      TEXT NOT NULL,
    mode         TEXT NOT NULL CHECK (mode IN ('draft', 'publish', 'mass')),
    at           BIGINT NOT NULL,
    site_policy  TEXT NOT NULL CHECK (site_policy IN ('', 'required', 'optional')),
    max_lateness BIGINT NOT NULL CHECK (max_lateness >= 0),
    theme        TEXT NOT NULL,
    cancelled    BOOLEAN NOT NULL CHECK (cancelled IN (FALSE, TRUE)),
    created_by   TEXT REFERENCES users (id),
    created_at   BIGINT NOT NULL
);
CREATE INDEX editions_at ON editions (at, id);

CREATE TABLE edition_items (
    edition  TEXT NOT NULL REFERENCES editions (id),
    position BIGINT NOT NULL CHECK (position BETWEEN 0 AND 7),
    article  TEXT NOT NULL,
    revision BIGINT NOT NULL,
    hash     TEXT NOT NULL,
    title    TEXT NOT NULL,
    PRIMARY KEY (edition, position),
    UNIQUE (edition, article),
    FOREIGN KEY (article, revision, hash) REFERENCES revisions (article, number, hash)
);
CREATE INDEX edition_items_article ON edition_items (article, revision);

-- A worker may have something to do in five states, and only there is a next time to look: finished deliveries are not in
-- the index of what is due, however many there are.
CREATE TABLE deliveries (
    id              TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 32),
    kind            TEXT NOT NULL CHECK (kind IN ('wechat', 'site')),
    target          TEXT NOT NULL CHECK (target <> ''),
    edition         TEXT REFERENCES editions (id),
    mode            TEXT CHECK (mode IN ('draft', 'publish', 'mass')),
    article         TEXT,
    revision        BIGINT,
    hash            TEXT,
    state           TEXT NOT NULL CHECK (state IN ('planned', 'ready', 'sending', 'sent', 'unknown', 'live', 'blocked',
                        'cancelled', 'replaced', 'retracted')),
    reason          TEXT,
    due_at          BIGINT NOT NULL,
    next_at         BIGINT,
    site_policy     TEXT NOT NULL CHECK (site_policy IN ('', 'required', 'optional')),
    max_lateness    BIGINT NOT NULL CHECK (max_lateness >= 0),
    late_allowed    BOOLEAN NOT NULL CHECK (late_allowed IN (FALSE, TRUE)),
    draft_intent_at BIGINT,
    media_id        TEXT NOT NULL,
    draft_mark      TEXT NOT NULL,
    prepared_at     BIGINT,
    fired_at        BIGINT,
    tries           BIGINT NOT NULL CHECK (tries >= 0),
    push_id         TEXT NOT NULL,
    push_data_id    TEXT NOT NULL,
    urls            TEXT NOT NULL,
    live_at         BIGINT,
    failures        BIGINT NOT NULL CHECK (failures >= 0),
    looks           BIGINT NOT NULL CHECK (looks >= 0),
    fence           BIGINT NOT NULL CHECK (fence >= 0),
    claimed_by      TEXT,
    claimed_until   BIGINT,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    FOREIGN KEY (article, revision, hash) REFERENCES revisions (article, number, hash),
    CONSTRAINT wechat_brings_an_edition CHECK (kind <> 'wechat' OR
        (edition IS NOT NULL AND mode IS NOT NULL AND article IS NULL AND revision IS NULL AND hash IS NULL)),
    CONSTRAINT site_brings_a_revision CHECK (kind <> 'site' OR
        (article IS NOT NULL AND revision IS NOT NULL AND hash IS NOT NULL)),
    CONSTRAINT site_is_not_fired CHECK (kind <> 'site' OR state NOT IN ('ready', 'sending', 'sent', 'unknown')),
    CONSTRAINT moving_comes_back CHECK (state NOT IN ('planned', 'sending', 'sent', 'unknown') OR next_at IS NOT NULL),
    CONSTRAINT finished_does_not CHECK (state IN ('planned', 'ready', 'sending', 'sent', 'unknown') OR next_at IS NULL),
    CONSTRAINT ready_is_prepared CHECK (state <> 'ready' OR prepared_at IS NOT NULL),
    CONSTRAINT sent_was_fired CHECK (state NOT IN ('sending', 'sent', 'unknown') OR fired_at IS NOT NULL),
    CONSTRAINT live_has_a_time CHECK (state <> 'live' OR live_at IS NOT NULL),
    CONSTRAINT blocked_has_a_reason CHECK (state <> 'blocked' OR reason IS NOT NULL),
    CONSTRAINT claim_is_whole CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
);
CREATE UNIQUE INDEX deliveries_of_edition ON deliveries (edition) WHERE kind = 'wechat';
CREATE UNIQUE INDEX deliveries_of_page ON deliveries (target, article, revision) WHERE kind = 'site';
CREATE INDEX deliveries_article ON deliveries (article, revision) WHERE article IS NOT NULL;
CREATE INDEX deliveries_next ON deliveries (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (due_at, id);
CREATE INDEX deliveries_state ON deliveries (state, due_at, id);

CREATE TABLE attempts (
    delivery   TEXT NOT NULL REFERENCES deliveries (id),
    seq        BIGINT NOT NULL CHECK (seq >= 1),
    step       TEXT NOT NULL CHECK (step IN ('prepare', 'check', 'fire', 'look', 'write')),
    worker     TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('ok', 'failed', 'unknown', 'blocked')),
    code       TEXT NOT NULL,
    text_en    TEXT NOT NULL,
    text_zh    TEXT NOT NULL,
    raw        TEXT NOT NULL,
    PRIMARY KEY (delivery, seq)
);

CREATE TABLE wechat_media (
    account    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    digest     TEXT NOT NULL CHECK (length(digest) = 64),
    media_id   TEXT NOT NULL,
    url        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, kind, digest)
);
CREATE INDEX wechat_media_id ON wechat_media (account, media_id);

CREATE TABLE wechat_calls (
    account TEXT NOT NULL,
    period  TEXT NOT NULL,
    call    TEXT NOT NULL,
    used    BIGINT NOT NULL CHECK (used >= 0),
    PRIMARY KEY (account, period, call)
);

CREATE TABLE wechat_events (
    key         TEXT PRIMARY KEY CHECK (key <> ''),
    account     TEXT NOT NULL,
    mass        BOOLEAN NOT NULL CHECK (mass IN (FALSE, TRUE)),
    push_id     TEXT NOT NULL,
    status      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX wechat_events_push ON wechat_events (account, push_id, mass);

-- What readers of a website can open now: one row for each article with a live delivery, derived from deliveries and
-- revisions, and kept in the transactions that change those. published_at is the first time that the article was live.
CREATE TABLE site_pages (
    target       TEXT NOT NULL,
    article      TEXT NOT NULL REFERENCES articles (id),
    revision     BIGINT NOT NULL,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    column_key   TEXT NOT NULL,
    cover        TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (target, article)
);
CREATE INDEX site_pages_order ON site_pages (target, published_at, article, column_key);
CREATE INDEX site_pages_column ON site_pages (target, column_key, published_at, article);

-- No foreign keys: the log outlives what it is about.
CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action     TEXT NOT NULL CHECK (action <> ''),
    subject    TEXT NOT NULL CHECK (subject <> ''),
    detail     TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_actor ON audit (actor, seq);

-- What is written in the log, and what was signed, stays as it is.
-- +goose StatementBegin
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries are never altered'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_are_frozen BEFORE UPDATE ON revisions BEGIN SELECT RAISE(ABORT, 'revisions are never altered'); END;
-- +goose StatementEnd
