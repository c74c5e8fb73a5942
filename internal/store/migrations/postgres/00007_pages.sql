-- +goose Up

-- The pages that were made for an edition, too, are asked for by it.
CREATE INDEX deliveries_made_for ON deliveries (edition) WHERE edition IS NOT NULL;

-- How many articles each column has.
CREATE INDEX articles_column ON articles (column_key);

-- What was seldom done.
CREATE INDEX audit_action ON audit (action, seq);
