-- 0110: importing flows: additions of corrected rows stand beside the file they belong to.

ALTER TABLE flow_file
	ADD COLUMN IF NOT EXISTS adds_to BIGINT NULL
		COMMENT 'file whose left-out rows these are, corrected: stands beside it, does not replace it' AFTER superseded_by;

ALTER TABLE flow_file
	ADD COLUMN IF NOT EXISTS tries INT NOT NULL DEFAULT 0
		COMMENT 'workers that took it since it last got on; five are enough' AFTER worker_seen;
