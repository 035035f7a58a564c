-- 0012: a new or forgotten password is set by its owner through a one-time
-- link; nobody else ever types or sees it.

CREATE TABLE IF NOT EXISTS password_reset (
	token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the 64 hex characters in the link',
	user_id BIGINT NOT NULL,
	created_by BIGINT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	expires_at DATETIME(6) NOT NULL,
	used_at DATETIME(6) NULL,
	PRIMARY KEY (token_hash),
	KEY ix_password_reset_user (user_id),
	CONSTRAINT fk_password_reset_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
) COMMENT 'links to set a password, single use';
