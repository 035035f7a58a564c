-- 0115: keys of machines: a distributor's ERP sends its reports by itself (issue 3, 1).
-- The key is shown once and kept as a hash; it may do no more than flows, and no more
-- than the person who made it still may.

CREATE TABLE IF NOT EXISTS api_key (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL COMMENT 'company it acts for',
	user_id BIGINT NOT NULL COMMENT 'who made it: it ends with his account, and in his name it acts',
	name VARCHAR(60) NOT NULL COMMENT 'what uses it',
	key_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of 256 random bits',
	permissions SET('flow.view','flow.upload') NOT NULL DEFAULT 'flow.view,flow.upload',
	expires_at DATETIME(6) NOT NULL,
	revoked_at DATETIME(6) NULL,
	revoked_by BIGINT NULL,
	used_at DATETIME(6) NULL,
	minute_at DATETIME(6) NULL COMMENT 'the minute counted in minute_count',
	minute_count INT NOT NULL DEFAULT 0,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_api_key_hash (key_hash),
	KEY ix_api_key_party (party_id, id),
	CONSTRAINT fk_api_key_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_api_key_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
	CONSTRAINT ck_api_key_name CHECK (name <> '')
) COMMENT 'machines of companies';

INSERT IGNORE INTO param (name, kind, value, unit, note) VALUES
	('key.per_minute', 'int', '60', 'requests', 'a machine that asks more often with one key is told to wait'),
	('key.days_max', 'int', '730', 'days', 'a key expires at the latest so many days after it was made'),
	('key.company_max', 'int', '10', 'keys', 'keys a company may have at a time');
