-- +goose Up

-- What administrators change while everything runs. The version of a row is raised with every change of what it stands
-- for; their sum tells every process whether there is something new to read.
CREATE TABLE settings (
    key        TEXT PRIMARY KEY CHECK (key IN ('newsroom', 'accounts', 'themes')),
    value      TEXT NOT NULL,
    version    BIGINT NOT NULL CHECK (version >= 0),
    updated_at BIGINT
);
INSERT INTO settings (key, value, version) VALUES ('newsroom', '', 0), ('accounts', '', 0), ('themes', '', 0);

-- WeChat accounts that were added in the browser. The secrets are sealed; empty where there is none. An account that was
-- removed keeps its row: deliveries name it, and a later one of its name must be the same account.
CREATE TABLE accounts (
    name                 TEXT PRIMARY KEY CHECK (name <> ''),
    app_id               TEXT NOT NULL,
    kind                 TEXT NOT NULL CHECK (kind IN ('subscription', 'service', 'personal', 'test')),
    author               TEXT NOT NULL,
    theme                TEXT NOT NULL,
    base_url             TEXT NOT NULL,
    secret               TEXT NOT NULL,
    callback_token       TEXT NOT NULL,
    encoding_aes_key     TEXT NOT NULL,
    old_encoding_aes_key TEXT NOT NULL,
    removed              BOOLEAN NOT NULL CHECK (removed IN (FALSE, TRUE)),
    version              BIGINT NOT NULL CHECK (version >= 1),
    updated_at           BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_app ON accounts (app_id) WHERE app_id <> '' AND NOT removed;

-- Themes that were made in the browser, as YAML.
CREATE TABLE themes (
    name       TEXT PRIMARY KEY CHECK (name <> ''),
    yaml       TEXT NOT NULL CHECK (length(yaml) BETWEEN 1 AND 65536),
    version    BIGINT NOT NULL CHECK (version >= 1),
    updated_at BIGINT NOT NULL
);
