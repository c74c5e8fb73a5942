-- +goose Up

-- Times are microseconds since 1970 (UTC). Texts are compared byte by byte.

CREATE TABLE users (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
    roles      TEXT COLLATE "C" NOT NULL,
    stages     TEXT COLLATE "C" NOT NULL,
    disabled   BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    id         TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    label      TEXT COLLATE "C" NOT NULL,
    hash       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (hash <> ''),
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);

CREATE TABLE photos (
    digest   TEXT COLLATE "C" PRIMARY KEY CHECK (length(digest) = 64),
    name     TEXT COLLATE "C" NOT NULL,
    format   TEXT COLLATE "C" NOT NULL,
    width    BIGINT NOT NULL CHECK (width > 0),
    height   BIGINT NOT NULL CHECK (height > 0),
    bytes    BIGINT NOT NULL CHECK (bytes > 0),
    has_gps  BOOLEAN NOT NULL,
    profile  TEXT COLLATE "C" NOT NULL,
    taken_at BIGINT,
    added_at BIGINT NOT NULL
);

CREATE TABLE renditions (
    photo        TEXT COLLATE "C" NOT NULL REFERENCES photos (digest),
    recipe       TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL,
    frame        TEXT COLLATE "C" NOT NULL,
    digest       TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    content_type TEXT COLLATE "C" NOT NULL,
    width        BIGINT NOT NULL,
    height       BIGINT NOT NULL,
    bytes        BIGINT NOT NULL,
    PRIMARY KEY (photo, recipe, version, frame)
);

-- An article always has a current revision, with the hash that is written here as well.
CREATE TABLE articles (
    id         TEXT COLLATE "C" PRIMARY KEY,
    state      TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'review', 'returned', 'approved', 'withdrawn')),
    revision   BIGINT NOT NULL CHECK (revision >= 1),
    hash       TEXT COLLATE "C" NOT NULL,
    title      TEXT COLLATE "C" NOT NULL,
    title_fold TEXT COLLATE "C" NOT NULL,
    column_key TEXT COLLATE "C" NOT NULL,
    author     TEXT COLLATE "C" REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX articles_created ON articles (created_at, id);
CREATE INDEX articles_state ON articles (state, created_at, id);
CREATE INDEX articles_author ON articles (author, created_at, id);

CREATE TABLE revisions (
    article    TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    number     BIGINT NOT NULL CHECK (number >= 1),
    hash       TEXT COLLATE "C" NOT NULL CHECK (length(hash) = 64),
    content    TEXT COLLATE "C" NOT NULL,
    author     TEXT COLLATE "C" REFERENCES users (id),
    unplaced   TEXT COLLATE "C" NOT NULL,
    notes      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (article, number),
    UNIQUE (article, number, hash)
);
ALTER TABLE articles ADD FOREIGN KEY (id, revision, hash) REFERENCES revisions (article, number, hash)
    DEFERRABLE INITIALLY DEFERRED;

-- One person signs at most one stage of a revision, and each stage is signed once, for the hash the revision has.
CREATE TABLE sign_offs (
    article     TEXT COLLATE "C" NOT NULL,
    revision    BIGINT NOT NULL,
    hash        TEXT COLLATE "C" NOT NULL,
    stage       TEXT COLLATE "C" NOT NULL CHECK (stage <> ''),
    person      TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    person_name TEXT COLLATE "C" NOT NULL,
    signed_at   BIGINT NOT NULL,
    PRIMARY KEY (article, revision, stage),
    UNIQUE (article, revision, person),
    FOREIGN KEY (article, revision, hash) REFERENCES revisions (article, number, hash)
);

CREATE TABLE editions (
    id           TEXT COLLATE "C" PRIMARY KEY,
    account      TEXT COLLATE "C" NOT NULL,
    mode         TEXT COLLATE "C" NOT NULL CHECK (mode IN ('draft', 'publish', 'mass')),
    at           BIGINT NOT NULL,
    site_policy  TEXT COLLATE "C" NOT NULL CHECK (site_policy IN ('', 'required', 'optional')),
    max_lateness BIGINT NOT NULL CHECK (max_lateness >= 0),
    theme        TEXT COLLATE "C" NOT NULL,
    cancelled    BOOLEAN NOT NULL,
    created_by   TEXT COLLATE "C" REFERENCES users (id),
    created_at   BIGINT NOT NULL
);
CREATE INDEX editions_at ON editions (at, id);

CREATE TABLE edition_items (
    edition  TEXT COLLATE "C" NOT NULL REFERENCES editions (id),
    position BIGINT NOT NULL CHECK (position BETWEEN 0 AND 7),
    article  TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    hash     TEXT COLLATE "C" NOT NULL,
    title    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (edition, position),
    UNIQUE (edition, article),
    FOREIGN KEY (article, revision, hash) REFERENCES revisions (article, number, hash)
);
CREATE INDEX edition_items_article ON edition_items (article, revision);

-- A worker may have something to do in five states, and only there is a next time to look: finished deliveries are not in
-- the index of what is due, however many there are.
CREATE TABLE deliveries (
    id              TEXT COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 32),
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('wechat', 'site')),
    target          TEXT COLLATE "C" NOT NULL CHECK (target <> ''),
    edition         TEXT COLLATE "C" REFERENCES editions (id),
    mode            TEXT COLLATE "C" CHECK (mode IN ('draft', 'publish', 'mass')),
    article         TEXT COLLATE "C",
    revision        BIGINT,
    hash            TEXT COLLATE "C",
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('planned', 'ready', 'sending', 'sent', 'unknown', 'live', 'blocked',
                        'cancelled', 'replaced', 'retracted')),
    reason          TEXT COLLATE "C",
    due_at          BIGINT NOT NULL,
    next_at         BIGINT,
    site_policy     TEXT COLLATE "C" NOT NULL CHECK (site_policy IN ('', 'required', 'optional')),
    max_lateness    BIGINT NOT NULL CHECK (max_lateness >= 0),
    late_allowed    BOOLEAN NOT NULL,
    draft_intent_at BIGINT,
    media_id        TEXT COLLATE "C" NOT NULL,
    draft_mark      TEXT COLLATE "C" NOT NULL,
    prepared_at     BIGINT,
    fired_at        BIGINT,
    tries           BIGINT NOT NULL CHECK (tries >= 0),
    push_id         TEXT COLLATE "C" NOT NULL,
    push_data_id    TEXT COLLATE "C" NOT NULL,
    urls            TEXT COLLATE "C" NOT NULL,
    live_at         BIGINT,
    failures        BIGINT NOT NULL CHECK (failures >= 0),
    looks           BIGINT NOT NULL CHECK (looks >= 0),
    fence           BIGINT NOT NULL CHECK (fence >= 0),
    claimed_by      TEXT COLLATE "C",
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
    delivery   TEXT COLLATE "C" NOT NULL REFERENCES deliveries (id),
    seq        BIGINT NOT NULL CHECK (seq >= 1),
    step       TEXT COLLATE "C" NOT NULL CHECK (step IN ('prepare', 'check', 'fire', 'look', 'write')),
    worker     TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    outcome    TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('ok', 'failed', 'unknown', 'blocked')),
    code       TEXT COLLATE "C" NOT NULL,
    text_en    TEXT COLLATE "C" NOT NULL,
    text_zh    TEXT COLLATE "C" NOT NULL,
    raw        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (delivery, seq)
);

CREATE TABLE wechat_media (
    account    TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    digest     TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    media_id   TEXT COLLATE "C" NOT NULL,
    url        TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, kind, digest)
);
CREATE INDEX wechat_media_id ON wechat_media (account, media_id);

CREATE TABLE wechat_calls (
    account TEXT COLLATE "C" NOT NULL,
    period  TEXT COLLATE "C" NOT NULL,
    call    TEXT COLLATE "C" NOT NULL,
    used    BIGINT NOT NULL CHECK (used >= 0),
    PRIMARY KEY (account, period, call)
);

CREATE TABLE wechat_events (
    key         TEXT COLLATE "C" PRIMARY KEY CHECK (key <> ''),
    account     TEXT COLLATE "C" NOT NULL,
    mass        BOOLEAN NOT NULL,
    push_id     TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX wechat_events_push ON wechat_events (account, push_id, mass);

-- What readers of a website can open now: one row for each article with a live delivery, derived from deliveries and
-- revisions, and kept in the transactions that change those. published_at is the first time that the article was live.
CREATE TABLE site_pages (
    target       TEXT COLLATE "C" NOT NULL,
    article      TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    revision     BIGINT NOT NULL,
    title        TEXT COLLATE "C" NOT NULL,
    summary      TEXT COLLATE "C" NOT NULL,
    column_key   TEXT COLLATE "C" NOT NULL,
    cover        TEXT COLLATE "C" NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (target, article)
);
CREATE INDEX site_pages_order ON site_pages (target, published_at, article, column_key);
CREATE INDEX site_pages_column ON site_pages (target, column_key, published_at, article);

-- No foreign keys: the log outlives what it is about.
CREATE TABLE audit (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor      TEXT COLLATE "C" NOT NULL,
    actor_name TEXT COLLATE "C" NOT NULL,
    action     TEXT COLLATE "C" NOT NULL CHECK (action <> ''),
    subject    TEXT COLLATE "C" NOT NULL CHECK (subject <> ''),
    detail     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_actor ON audit (actor, seq);

-- What is written in the log, and what was signed, stays as it is.
-- +goose StatementBegin
CREATE FUNCTION is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never altered', TG_TABLE_NAME;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION is_kept();
CREATE TRIGGER revisions_are_frozen BEFORE UPDATE ON revisions FOR EACH ROW EXECUTE FUNCTION is_kept();
