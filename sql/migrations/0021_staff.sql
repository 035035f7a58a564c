-- 0021: who may decide on money or on people's rights is decided by two: a role
-- with a sensitive permission is asked for by one member of staff and given by
-- another. What happens to an account is on the record of sign-ins.

ALTER TABLE permission ADD COLUMN IF NOT EXISTS guarded TINYINT NOT NULL DEFAULT 0
	COMMENT '1: a role that has it is given by two people';
UPDATE permission SET guarded = 1
 WHERE name IN ('staff.edit', 'role.edit', 'rule.edit', 'credit.edit', 'credit.override', 'invoice.edit', 'receipt.edit');

CREATE TABLE IF NOT EXISTS role_request (
	id BIGINT NOT NULL AUTO_INCREMENT,
	user_id BIGINT NOT NULL,
	role_id BIGINT NOT NULL,
	status ENUM('waiting','granted','refused') NOT NULL DEFAULT 'waiting',
	asked_by BIGINT NOT NULL,
	asked_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	waiting_key TINYINT AS (IF(status = 'waiting', 1, NULL)) PERSISTENT COMMENT 'for the unique key',
	PRIMARY KEY (id),
	UNIQUE KEY uq_role_request_role_id (user_id, role_id, waiting_key),
	KEY ix_role_request_status (status, id),
	CONSTRAINT fk_role_request_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE,
	CONSTRAINT fk_role_request_role_id FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE,
	CONSTRAINT ck_role_request_asked_by CHECK (asked_by <> user_id),
	CONSTRAINT ck_role_request_decided_by CHECK (decided_by IS NULL OR (decided_by <> asked_by AND decided_by <> user_id))
) COMMENT 'sensitive roles wait here for a second person';

ALTER TABLE login_event MODIFY COLUMN event ENUM('ok','failed','locked','totp_ok','totp_failed','recovery','logout',
	'revoked','password','disabled','enabled','unlocked','link','factor_on','factor_off') NOT NULL;
