-- 0199: a party that turned out to be another one is merged into it: files, names and codes lead there from
-- then on, figures of months that are locked stay with it. It stays closed, and nobody is merged into it.

ALTER TABLE party
	ADD COLUMN IF NOT EXISTS merged_into BIGINT NULL COMMENT 'the party this one is the same as; that one is merged into no other' AFTER parent_id,
	ADD COLUMN IF NOT EXISTS merged_at DATETIME(6) NULL AFTER merged_into,
	ADD KEY IF NOT EXISTS ix_party_merged (merged_into, id),
	DROP CONSTRAINT IF EXISTS fk_party_merged_into,
	DROP CONSTRAINT IF EXISTS ck_party_status,
	DROP CONSTRAINT IF EXISTS ck_party_merged_at;
ALTER TABLE party
	ADD CONSTRAINT fk_party_merged_into FOREIGN KEY (merged_into) REFERENCES party (id),
	ADD CONSTRAINT ck_party_status CHECK (merged_into IS NULL OR status = 'closed'),
	ADD CONSTRAINT ck_party_merged_at CHECK ((merged_into IS NULL) = (merged_at IS NULL));
