-- 0211: what is done with an approval besides deciding it (UX 7): a signer hands his step to another, and
-- people are put in copy. Append-only; those in copy may read the order for it.

CREATE TABLE IF NOT EXISTS approval_event (
	id BIGINT NOT NULL AUTO_INCREMENT,
	approval_id BIGINT NOT NULL,
	step_id BIGINT NULL COMMENT 'the step handed on',
	kind ENUM('transferred','copied') NOT NULL,
	user_id BIGINT NOT NULL COMMENT 'to whom',
	made_by BIGINT NOT NULL,
	comment VARCHAR(400) NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	copy_to BIGINT AS (IF(kind = 'copied', user_id, NULL)) PERSISTENT,
	PRIMARY KEY (id),
	UNIQUE KEY uq_approval_event_copy_to (approval_id, copy_to),
	KEY ix_approval_event_copy (copy_to, created_at, id),
	CONSTRAINT fk_approval_event_approval_id FOREIGN KEY (approval_id) REFERENCES approval (id),
	CONSTRAINT fk_approval_event_step_id FOREIGN KEY (step_id) REFERENCES approval_step (id),
	CONSTRAINT fk_approval_event_made_by FOREIGN KEY (made_by) REFERENCES app_user (id),
	CONSTRAINT ck_approval_event_made_by CHECK (made_by <> user_id)
) COMMENT 'transfers and copies';
