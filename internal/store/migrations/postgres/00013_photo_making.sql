-- +goose Up

-- What a photo's file says about its making: by what and by whom it was taken, which kinds of such metadata it carries, and
-- the point that the picture is about, in ten-thousandths of its width and height. Photos from before say nothing until they
-- are handed in again.
ALTER TABLE photos ADD COLUMN device TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE photos ADD COLUMN photographer TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE photos ADD COLUMN removed TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE photos ADD COLUMN focus_x BIGINT CHECK (focus_x BETWEEN 0 AND 10000);
ALTER TABLE photos ADD COLUMN focus_y BIGINT CHECK (focus_y BETWEEN 0 AND 10000);
