-- A name of many rows: the decision is recorded, and its rows follow in pieces (flow_name_batch), in months that are
-- open as in those that come back.

ALTER TABLE flow_name_past
	ADD COLUMN IF NOT EXISTS carried_to BIGINT NOT NULL DEFAULT 0 COMMENT 'rows up to this id have followed',
	COMMENT 'months whose rows have yet to follow what a name was decided to mean, and what they count it as until then';

INSERT IGNORE INTO param (name, kind, value, unit, note) VALUES
('flow.carry_rows', 'int', '5000', 'rows', 'names of more rows are carried into them in pieces of so many');
