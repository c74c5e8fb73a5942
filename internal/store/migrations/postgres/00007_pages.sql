-- +goose Up

-- The pages that were made for an edition, too, are asked for by it.
CREATE INDEX deliveries_made_for ON deliveries (edition) WHERE edition IS NOT NULL;
