-- 0196: a distributor may supplement a sale to somebody he never named before: the line keeps the
-- name as typed, and approved it goes the way of names, to matching.

ALTER TABLE flow_correction_line
	ADD COLUMN IF NOT EXISTS counterparty_name VARCHAR(200) NULL
		COMMENT 'as typed, where counterparty_id is not known yet' AFTER counterparty_id,
	ADD COLUMN IF NOT EXISTS counterparty_norm VARCHAR(200) NULL
		COMMENT 'normalised, see cgi/lib/norm.h' AFTER counterparty_name,
	DROP CONSTRAINT IF EXISTS ck_flow_correction_line_counterparty_id;

ALTER TABLE flow_correction_line
	ADD CONSTRAINT ck_flow_correction_line_counterparty_id CHECK (what NOT IN ('sale','purchase')
		OR counterparty_id IS NOT NULL OR row_id IS NOT NULL OR counterparty_name IS NOT NULL);
