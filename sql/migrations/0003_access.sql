-- 0003: departments, users of both sites, roles, permissions, sessions.

CREATE TABLE IF NOT EXISTS org_unit (
	id BIGINT NOT NULL AUTO_INCREMENT,
	parent_id BIGINT NULL,
	code VARCHAR(20) NOT NULL,
	name VARCHAR(60) NOT NULL,
	kind ENUM('company','department','region','team','warehouse') NOT NULL DEFAULT 'department',
	path VARCHAR(200) NOT NULL DEFAULT '/' COMMENT 'ids from the root, /1/4/9/; kept by trigger',
	status ENUM('active','closed') NOT NULL DEFAULT 'active',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_org_unit_code (code),
	KEY ix_org_unit_path (path),
	CONSTRAINT fk_org_unit_parent_id FOREIGN KEY (parent_id) REFERENCES org_unit (id)
) COMMENT 'departments; row scope follows the path';

CREATE TABLE IF NOT EXISTS permission (
	name VARCHAR(40) NOT NULL COMMENT 'area.verb; the list of cgi/lib/perm.h',
	site SET('office','portal') NOT NULL COMMENT 'where it means something',
	area VARCHAR(20) NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE IF NOT EXISTS role (
	id BIGINT NOT NULL AUTO_INCREMENT,
	site ENUM('office','portal') NOT NULL,
	code VARCHAR(30) NOT NULL,
	name VARCHAR(60) NOT NULL,
	party_id BIGINT NULL COMMENT 'portal: role made by one company; NULL: for all',
	party_key BIGINT AS (COALESCE(party_id, 0)) PERSISTENT COMMENT 'for the unique key',
	row_scope ENUM('own','unit','below','all') NOT NULL DEFAULT 'all' COMMENT 'office: whose customers',
	built_in TINYINT NOT NULL DEFAULT 0 COMMENT '1: may not be deleted',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_role_code (site, party_key, code),
	CONSTRAINT fk_role_party_id FOREIGN KEY (party_id) REFERENCES party (id)
);

CREATE TABLE IF NOT EXISTS role_permission (
	role_id BIGINT NOT NULL,
	permission VARCHAR(40) NOT NULL,
	PRIMARY KEY (role_id, permission),
	KEY ix_role_permission_permission (permission),
	CONSTRAINT fk_role_permission_role_id FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE,
	CONSTRAINT fk_role_permission_permission FOREIGN KEY (permission) REFERENCES permission (name)
);

CREATE TABLE IF NOT EXISTS app_user (
	id BIGINT NOT NULL AUTO_INCREMENT,
	site ENUM('office','portal') NOT NULL,
	party_id BIGINT NULL COMMENT 'portal: the company',
	branch_id BIGINT NULL COMMENT 'portal: limited to this branch; NULL: the whole company',
	org_unit_id BIGINT NULL COMMENT 'office: department',
	login VARCHAR(60) NOT NULL,
	name VARCHAR(60) NOT NULL,
	email VARCHAR(120) NULL,
	phone VARCHAR(30) NULL,
	password_hash VARCHAR(128) NOT NULL DEFAULT '!' COMMENT 'argon2id; ! is none',
	password_at DATETIME(6) NULL,
	must_change TINYINT NOT NULL DEFAULT 0 COMMENT '1: new password wanted at sign-in',
	status ENUM('active','disabled') NOT NULL DEFAULT 'active',
	locale VARCHAR(10) NOT NULL DEFAULT 'zh-CN',
	theme VARCHAR(10) NOT NULL DEFAULT 'auto',
	totp_secret VARCHAR(64) NULL COMMENT 'base32; NULL: no second factor',
	totp_pending VARCHAR(64) NULL COMMENT 'secret shown but not yet confirmed',
	totp_last_step BIGINT NOT NULL DEFAULT 0 COMMENT 'last time step used, so a code works once',
	failed_count INT NOT NULL DEFAULT 0,
	locked_until DATETIME(6) NULL,
	last_login_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_app_user_login (site, login),
	UNIQUE KEY uq_app_user_party (party_id, id),
	KEY ix_app_user_org_unit (org_unit_id, id),
	CONSTRAINT fk_app_user_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_app_user_branch_id FOREIGN KEY (branch_id) REFERENCES party (id),
	CONSTRAINT fk_app_user_org_unit_id FOREIGN KEY (org_unit_id) REFERENCES org_unit (id),
	CONSTRAINT ck_app_user_party_id CHECK ((site = 'portal') = (party_id IS NOT NULL))
) COMMENT 'people who sign in';

CREATE TABLE IF NOT EXISTS user_role (
	user_id BIGINT NOT NULL,
	role_id BIGINT NOT NULL,
	is_main TINYINT NOT NULL DEFAULT 0 COMMENT '1: shown beside the name',
	granted_by BIGINT NULL,
	granted_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (user_id, role_id),
	KEY ix_user_role_role (role_id, user_id),
	CONSTRAINT fk_user_role_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE,
	CONSTRAINT fk_user_role_role_id FOREIGN KEY (role_id) REFERENCES role (id),
	CONSTRAINT ck_user_role_granted_by CHECK (granted_by IS NULL OR granted_by <> user_id)
) COMMENT 'nobody grants himself a role';

CREATE TABLE IF NOT EXISTS session (
	id BIGINT NOT NULL AUTO_INCREMENT,
	token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the 64 hex characters of 32 random bytes',
	user_id BIGINT NOT NULL,
	site ENUM('office','portal') NOT NULL,
	stage ENUM('password','full') NOT NULL COMMENT 'password: second factor or new password still wanted',
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	seen_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'kept to 5 minutes',
	expires_at DATETIME(6) NOT NULL COMMENT 'absolute end',
	ip VARCHAR(45) NULL,
	agent VARCHAR(200) NULL,
	PRIMARY KEY (id),
	UNIQUE KEY uq_session_token_hash (token_hash),
	KEY ix_session_user (user_id, id),
	KEY ix_session_expires (expires_at),
	CONSTRAINT fk_session_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS login_event (
	id BIGINT NOT NULL AUTO_INCREMENT,
	at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	site ENUM('office','portal') NOT NULL,
	user_id BIGINT NULL COMMENT 'NULL: no such login',
	login VARCHAR(60) NOT NULL COMMENT 'as typed',
	event ENUM('ok','failed','locked','totp_ok','totp_failed','recovery','logout','revoked','password','disabled') NOT NULL,
	ip VARCHAR(45) NULL,
	agent VARCHAR(200) NULL,
	PRIMARY KEY (id),
	KEY ix_login_event_user (user_id, id),
	KEY ix_login_event_at (at, id)
) COMMENT 'append-only';

CREATE TABLE IF NOT EXISTS recovery_code (
	user_id BIGINT NOT NULL,
	code_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the code',
	used_at DATETIME(6) NULL,
	PRIMARY KEY (user_id, code_hash),
	CONSTRAINT fk_recovery_code_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS trusted_device (
	id BIGINT NOT NULL AUTO_INCREMENT,
	user_id BIGINT NOT NULL,
	token_hash BINARY(32) NOT NULL COMMENT 'a device that signed in before is let in while strangers are slowed',
	agent VARCHAR(200) NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	expires_at DATETIME(6) NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY uq_trusted_device_token_hash (token_hash),
	KEY ix_trusted_device_user (user_id),
	CONSTRAINT fk_trusted_device_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
) COMMENT 'user trusted devices (T30: lock-out is no denial of service)';

CREATE TABLE IF NOT EXISTS saved_view (
	id BIGINT NOT NULL AUTO_INCREMENT,
	user_id BIGINT NOT NULL,
	page VARCHAR(60) NOT NULL COMMENT 'page id, as portal.orders',
	name VARCHAR(40) NOT NULL,
	query VARCHAR(1000) NOT NULL COMMENT 'query string of the list',
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_saved_view_name (user_id, page, name),
	CONSTRAINT fk_saved_view_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
) COMMENT 'filters and columns a user keeps';
