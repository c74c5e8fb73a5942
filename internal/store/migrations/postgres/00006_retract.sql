-- +goose Up

-- Taking a publication down names it by what WeChat calls it.
ALTER TABLE deliveries ADD COLUMN publication TEXT COLLATE "C" NOT NULL DEFAULT '';

-- One more step.
ALTER TABLE attempts DROP CONSTRAINT attempts_step_check;
ALTER TABLE attempts ADD CONSTRAINT attempts_step_check CHECK (step IN ('prepare', 'check', 'fire', 'look', 'write', 'retract'));

-- What a period's allowance has left is asked whenever a time is chosen.
CREATE INDEX deliveries_mode ON deliveries (target, mode, due_at) WHERE kind = 'wechat';
CREATE INDEX deliveries_mode_fired ON deliveries (target, mode, fired_at) WHERE kind = 'wechat';
