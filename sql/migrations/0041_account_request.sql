-- 0041: a link to set a password, or the second factor taken off, lets one sign in
-- as that person. For people with a sensitive role such an act is asked for by one
-- and done by another, as the role itself was.

ALTER TABLE role_request
	MODIFY COLUMN role_id BIGINT NULL COMMENT 'of the act role',
	ADD COLUMN IF NOT EXISTS act ENUM('role','link','factor') NOT NULL DEFAULT 'role'
		COMMENT 'role: give it; link: to set a password; factor: the second one off' AFTER role_id,
	ADD COLUMN IF NOT EXISTS role_key BIGINT AS (COALESCE(role_id, 0)) PERSISTENT COMMENT 'for the unique key';
ALTER TABLE role_request
	DROP INDEX IF EXISTS uq_role_request_role_id,
	ADD UNIQUE KEY IF NOT EXISTS uq_role_request_act (user_id, act, role_key, waiting_key);
ALTER TABLE role_request
	ADD CONSTRAINT ck_role_request_role_id CHECK ((act = 'role') = (role_id IS NOT NULL));
