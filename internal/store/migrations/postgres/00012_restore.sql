-- +goose Up

-- When the backup was made that a delivery came back from, until it is settled whether it went out since.
ALTER TABLE deliveries ADD COLUMN restored_from BIGINT;
