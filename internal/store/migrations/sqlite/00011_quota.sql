-- +goose Up

-- Calls are counted by the account at WeChat and no more by the name that it has here: what was counted today under names
-- is forgotten, and WeChat's own count puts it right within the hour.
DELETE FROM wechat_calls;
ALTER TABLE wechat_calls ADD COLUMN counted BIGINT NOT NULL DEFAULT 0 CHECK (counted >= 0);
ALTER TABLE wechat_calls ADD COLUMN last_at BIGINT;
ALTER TABLE wechat_calls ADD COLUMN told_at BIGINT;
ALTER TABLE wechat_calls ADD COLUMN refused BOOLEAN NOT NULL DEFAULT FALSE;

-- What WeChat stated for an account, which stays from day to day. 0 is none.
CREATE TABLE wechat_limits (
    account TEXT NOT NULL,
    call    TEXT NOT NULL,
    daily   BIGINT NOT NULL CHECK (daily >= 0),
    told_at BIGINT NOT NULL,
    PRIMARY KEY (account, call)
);

-- Publications that were seen in WeChat's list, one list for all that wait for their result.
CREATE TABLE wechat_sightings (
    delivery   TEXT PRIMARY KEY REFERENCES deliveries (id),
    article_id TEXT NOT NULL,
    urls       TEXT NOT NULL,
    seen_at    BIGINT NOT NULL
);

-- Whoever plans a push to an account, or moves one, waits here for its turn.
CREATE TABLE wechat_turns (
    account TEXT PRIMARY KEY,
    turn    BIGINT NOT NULL
);

-- Whose allowance a push has taken of: the sandbox's is not the account's.
ALTER TABLE deliveries ADD COLUMN ledger TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_open ON deliveries (target, fired_at) WHERE kind = 'wechat' AND state IN ('sending', 'sent', 'unknown');
