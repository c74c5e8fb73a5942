-- +goose Up

-- What administrators change while everything runs. The version of a row is raised with every change of what it stands
-- for; their sum tells every process whether there is something new to read.
CREATE TABLE settings (
    key        TEXT COLLATE "C" PRIMARY KEY CHECK (key IN ('newsroom', 'accounts', 'themes')),
    value      TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL CHECK (version >= 0),
    updated_at BIGINT
);
INSERT INTO settings (key, value, version) VALUES ('newsroom', '', 0), ('accounts', '', 0), ('themes', '', 0);

-- WeChat accounts that were added in the browser. The secrets are sealed; empty where there is none. An account that was
-- removed keeps its row: deliveries name it, and a later one of its name must be the same account.
CREATE TABLE accounts (
    name                 TEXT COLLATE "C" PRIMARY KEY CHECK (name <> ''),
    app_id               TEXT COLLATE "C" NOT NULL,
    kind                 TEXT COLLATE "C" NOT NULL CHECK (kind IN ('subscription', 'service', 'personal', 'test')),
    author               TEXT COLLATE "C" NOT NULL,
    theme                TEXT COLLATE "C" NOT NULL,
    base_url             TEXT COLLATE "C" NOT NULL,
    secret               TEXT COLLATE "C" NOT NULL,
    callback_token       TEXT COLLATE "C" NOT NULL,
    encoding_aes_key     TEXT COLLATE "C" NOT NULL,
    old_encoding_aes_key TEXT COLLATE "C" NOT NULL,
    removed              BOOLEAN NOT NULL,
    version              BIGINT NOT NULL CHECK (version >= 1),
    updated_at           BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_app ON accounts (app_id) WHERE app_id <> '' AND NOT removed;

-- Themes that were made in the browser, as YAML.
CREATE TABLE themes (
    name       TEXT COLLATE "C" PRIMARY KEY CHECK (name <> ''),
    yaml       TEXT COLLATE "C" NOT NULL CHECK (length(yaml) BETWEEN 1 AND 65536),
    version    BIGINT NOT NULL CHECK (version >= 1),
    updated_at BIGINT NOT NULL
);
