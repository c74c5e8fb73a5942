-- +goose Up

-- Where notices go. The address of a robot or webhook (its key is in it) and the password or signing key are sealed; empty
-- where there is none. kinds names each kind with a space before and after it. What follows updated_at is the sending: one
-- worker at a time, by fencing number; not before next_at; and why the last tries failed.
CREATE TABLE notice_channels (
    id            TEXT PRIMARY KEY CHECK (id <> ''),
    name          TEXT NOT NULL UNIQUE CHECK (name <> ''),
    road          TEXT NOT NULL CHECK (road IN ('mail', 'wecom', 'dingtalk', 'feishu', 'webhook')),
    lang          TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    kinds         TEXT NOT NULL,
    paused        BOOLEAN NOT NULL CHECK (paused IN (FALSE, TRUE)),
    mail          TEXT NOT NULL,
    host          TEXT NOT NULL,
    address       TEXT NOT NULL,
    secret        TEXT NOT NULL,
    version       BIGINT NOT NULL CHECK (version >= 1),
    updated_at    BIGINT NOT NULL,
    fence         BIGINT NOT NULL DEFAULT 0,
    claimed_until BIGINT,
    next_at       BIGINT,
    failures      BIGINT NOT NULL DEFAULT 0 CHECK (failures >= 0),
    sent_at       BIGINT,
    failing_since BIGINT,
    fault         TEXT,
    CHECK ((failing_since IS NULL) = (failures = 0))
);

-- What channels are told: one row for each cause and channel, written by the transaction that is the cause. There is no
-- reference to the channel on purpose: a channel that is removed at that moment must not make a delivery fail. message is
-- the one that the notice goes out in, named before it is sent.
CREATE TABLE notices (
    cause    TEXT NOT NULL CHECK (cause <> ''),
    channel  TEXT NOT NULL CHECK (channel <> ''),
    kind     TEXT NOT NULL CHECK (kind IN ('blocked', 'missed', 'failed', 'live', 'retracted', 'stopped')),
    delivery TEXT,
    at       BIGINT NOT NULL,
    told     TEXT NOT NULL,
    progress TEXT NOT NULL DEFAULT 'waiting' CHECK (progress IN ('waiting', 'sent', 'given_up')),
    message  TEXT NOT NULL DEFAULT '',
    done_at  BIGINT,
    PRIMARY KEY (cause, channel),
    CHECK ((done_at IS NULL) = (progress = 'waiting'))
);
CREATE INDEX notices_waiting ON notices (channel, at, cause) WHERE progress = 'waiting';
CREATE INDEX notices_done ON notices (channel, done_at) WHERE progress <> 'waiting';
