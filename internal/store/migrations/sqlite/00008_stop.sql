-- +goose Up

-- The emergency stops that are on: one for each account held, and one without a name for all of them. The transaction that
-- stores the intent of an irrevocable call reads this table.
CREATE TABLE stops (
    account     TEXT PRIMARY KEY,
    reason      TEXT NOT NULL CHECK (reason <> ''),
    put_by      TEXT NOT NULL,
    put_by_name TEXT NOT NULL,
    put_at      BIGINT NOT NULL
);

-- Somebody released it in quiet hours, and knew.
ALTER TABLE deliveries ADD COLUMN quiet_allowed BOOLEAN NOT NULL DEFAULT FALSE CHECK (quiet_allowed IN (FALSE, TRUE));
