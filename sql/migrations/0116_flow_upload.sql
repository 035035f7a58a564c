-- 0116: uploading flows: the corrected bad rows of a file come back as an addition to it,
-- not in its place; reminders of missing files are kept, one a day at most.

ALTER TABLE flow_file
	ADD COLUMN IF NOT EXISTS adds_to BIGINT NULL
		COMMENT 'file whose left-out rows these are, corrected: stands beside it, does not replace it' AFTER superseded_by;

CREATE TABLE IF NOT EXISTS flow_reminder (
	party_id BIGINT NOT NULL COMMENT 'sender',
	period INT NOT NULL,
	day DATE NOT NULL COMMENT 'business day',
	told INT NOT NULL COMMENT 'people who got a message',
	created_by BIGINT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (party_id, period, day),
	CONSTRAINT fk_flow_reminder_party_id FOREIGN KEY (party_id) REFERENCES flow_source (party_id),
	CONSTRAINT fk_flow_reminder_period FOREIGN KEY (period) REFERENCES period (period)
) COMMENT 'who was asked for missing files, and when';
