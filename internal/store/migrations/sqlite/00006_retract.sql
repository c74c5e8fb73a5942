-- +goose Up

-- Taking a publication down names it by what WeChat calls it.
ALTER TABLE deliveries ADD COLUMN publication TEXT NOT NULL DEFAULT '';

-- One more step. The table is made anew, because SQLite does not change a CHECK; nothing refers to it.
CREATE TABLE attempts_with_retract (
    delivery   TEXT NOT NULL REFERENCES deliveries (id),
    seq        BIGINT NOT NULL CHECK (seq >= 1),
    step       TEXT NOT NULL CHECK (step IN ('prepare', 'check', 'fire', 'look', 'write', 'retract')),
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
INSERT INTO attempts_with_retract SELECT delivery, seq, step, worker, started_at, ended_at, outcome, code, text_en, text_zh, raw FROM attempts;
DROP TABLE attempts;
ALTER TABLE attempts_with_retract RENAME TO attempts;

-- What a period's allowance has left is asked whenever a time is chosen.
CREATE INDEX deliveries_mode ON deliveries (target, mode, due_at) WHERE kind = 'wechat';
CREATE INDEX deliveries_mode_fired ON deliveries (target, mode, fired_at) WHERE kind = 'wechat';
