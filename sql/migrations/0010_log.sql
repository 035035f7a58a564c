-- 0010: what happened: audit trail with hash chain, notifications, outbox.

CREATE TABLE IF NOT EXISTS audit_head (
	chain VARCHAR(40) NOT NULL COMMENT 'p<party id>, else t:<table>',
	seq BIGINT NOT NULL,
	hash BINARY(32) NOT NULL,
	PRIMARY KEY (chain)
) COMMENT 'end of each chain; locked by its writers';

CREATE TABLE IF NOT EXISTS audit_log (
	id BIGINT NOT NULL AUTO_INCREMENT,
	chain VARCHAR(40) NOT NULL,
	seq BIGINT NOT NULL COMMENT 'from 1, without gaps within the chain',
	at DATETIME(6) NOT NULL,
	actor_id BIGINT NULL COMMENT 'app_user; NULL: system',
	actor_for BIGINT NULL COMMENT 'party acted for',
	request_id VARCHAR(40) NULL,
	entity VARCHAR(40) NOT NULL COMMENT 'table',
	entity_id VARCHAR(60) NOT NULL,
	op ENUM('insert','update','delete') NOT NULL,
	before_value LONGTEXT NULL COMMENT 'JSON of changed columns',
	after_value LONGTEXT NULL COMMENT 'JSON of changed columns',
	prev BINARY(32) NOT NULL COMMENT 'hash of the row before',
	hash BINARY(32) NOT NULL COMMENT 'SHA-256 over prev and all the above',
	PRIMARY KEY (id),
	UNIQUE KEY uq_audit_log_seq (chain, seq),
	KEY ix_audit_log_entity (entity, entity_id, id),
	KEY ix_audit_log_actor (actor_id, id),
	KEY ix_audit_log_at (at, id)
) COMMENT 'append-only; written by triggers only';

CREATE TABLE IF NOT EXISTS notification (
	id BIGINT NOT NULL AUTO_INCREMENT,
	user_id BIGINT NOT NULL,
	kind VARCHAR(40) NOT NULL COMMENT 'key of the words: order.approved ...',
	args VARCHAR(400) NULL COMMENT 'name=value|name=value',
	href VARCHAR(200) NULL COMMENT 'record it speaks of',
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	read_at DATETIME(6) NULL,
	PRIMARY KEY (id),
	KEY ix_notification_user (user_id, read_at, id),
	CONSTRAINT fk_notification_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
) COMMENT 'in-app';

CREATE TABLE IF NOT EXISTS outbox (
	id BIGINT NOT NULL AUTO_INCREMENT,
	kind ENUM('mail','hook') NOT NULL,
	target VARCHAR(200) NOT NULL,
	body TEXT NOT NULL COMMENT 'JSON',
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	sent_at DATETIME(6) NULL,
	tries INT NOT NULL DEFAULT 0,
	error VARCHAR(200) NULL,
	PRIMARY KEY (id),
	KEY ix_outbox_sent (sent_at, id)
) COMMENT 'effects outside the database leave here, after the commit';
