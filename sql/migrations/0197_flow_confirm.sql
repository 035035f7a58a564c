-- 0197: confirmed, the state of a sender's month between matched and closed: he says, or staff for him
-- on his word, that what stands there as he reported it is all and right. A later change of his rows
-- takes it back; the lock keeps how many had not confirmed.

CREATE TABLE IF NOT EXISTS flow_confirm (
	period INT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'sender',
	site ENUM('portal','office') NOT NULL COMMENT 'office: by staff for him',
	note VARCHAR(200) NULL COMMENT 'office: on whose word',
	confirmed_by BIGINT NOT NULL,
	confirmed_at DATETIME(6) NOT NULL,
	undone_at DATETIME(6) NULL COMMENT 'his rows changed: to be confirmed again',
	PRIMARY KEY (period, party_id),
	CONSTRAINT fk_flow_confirm_period FOREIGN KEY (period) REFERENCES period (period),
	CONSTRAINT fk_flow_confirm_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_flow_confirm_confirmed_by FOREIGN KEY (confirmed_by) REFERENCES app_user (id),
	CONSTRAINT ck_flow_confirm_note CHECK (site = 'portal' OR note IS NOT NULL)
) COMMENT 'a sender''s month as he confirmed it';

ALTER TABLE period_run
	ADD COLUMN IF NOT EXISTS unconfirmed INT NULL COMMENT 'lock: senders that had not confirmed when it began';
