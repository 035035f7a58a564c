-- 0001: what everything else stands on: regions, calendar, parameters, code
-- lists, stored files, idempotency keys, number series and workflow tables.
-- Times are UTC DATETIME(6); business dates are plain DATE (Asia/Shanghai).

CREATE TABLE IF NOT EXISTS region (
	code VARCHAR(12) NOT NULL COMMENT 'GB/T 2260: 2 province, 4 city, 6 county digits (PP, PPCC, PPCCDD)',
	parent_code VARCHAR(12) NULL,
	name VARCHAR(60) NOT NULL,
	level TINYINT NOT NULL COMMENT '1 province, 2 city, 3 county, 4 township',
	valid_from DATE NULL,
	valid_to DATE NULL COMMENT 'last valid day, inclusive; NULL is open',
	successor_code VARCHAR(12) NULL COMMENT 'code that replaced this one',
	PRIMARY KEY (code),
	KEY ix_region_parent (parent_code, code),
	CONSTRAINT fk_region_parent_code FOREIGN KEY (parent_code) REFERENCES region (code),
	CONSTRAINT ck_region_level CHECK (level BETWEEN 1 AND 5)
) COMMENT 'administrative divisions';

CREATE TABLE IF NOT EXISTS calendar_day (
	day DATE NOT NULL,
	working TINYINT NOT NULL COMMENT '1 working day, 0 rest; days not listed: Monday to Friday work',
	name VARCHAR(40) NULL COMMENT 'holiday name',
	PRIMARY KEY (day),
	CONSTRAINT ck_calendar_day_working CHECK (working IN (0, 1))
) COMMENT 'exceptions from the Monday to Friday week';

CREATE TABLE IF NOT EXISTS param (
	name VARCHAR(60) NOT NULL COMMENT 'area.name',
	kind ENUM('int','decimal','text','bool','date') NOT NULL,
	value VARCHAR(400) NOT NULL,
	unit VARCHAR(20) NULL COMMENT 'days, yuan, percent ...',
	note VARCHAR(200) NOT NULL,
	version INT NOT NULL DEFAULT 1,
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (name)
) COMMENT 'typed parameters of the company';

CREATE TABLE IF NOT EXISTS code_dict (
	list VARCHAR(30) NOT NULL,
	code VARCHAR(30) NOT NULL,
	name VARCHAR(60) NOT NULL COMMENT 'word of the trade, in Chinese',
	seq SMALLINT NOT NULL DEFAULT 0,
	active TINYINT NOT NULL DEFAULT 1,
	PRIMARY KEY (list, code),
	CONSTRAINT ck_code_dict_active CHECK (active IN (0, 1))
) COMMENT 'dictionaries: dosage form, carrier ...';

CREATE TABLE IF NOT EXISTS number_series (
	kind VARCHAR(4) NOT NULL COMMENT 'SO order, CK shipment, SK receipt, IV invoice, PZ voucher ...',
	scope BIGINT NOT NULL COMMENT 'party the numbers belong to, 0 when internal',
	day DATE NOT NULL,
	last INT NOT NULL COMMENT 'last number given',
	PRIMARY KEY (kind, scope, day)
) COMMENT 'numbers run per customer and day, so nobody sees a global count';

CREATE TABLE IF NOT EXISTS idempotency (
	user_id BIGINT NOT NULL,
	k VARBINARY(64) NOT NULL COMMENT 'key sent with the form',
	request_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the request, to refuse another body under the key',
	location VARCHAR(400) NULL COMMENT 'where the first answer led; NULL while it runs',
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (user_id, k),
	KEY ix_idempotency_created (created_at)
) COMMENT 'one effect for one intention, however often it is sent';

CREATE TABLE IF NOT EXISTS attachment (
	id BIGINT NOT NULL AUTO_INCREMENT,
	token CHAR(32) NOT NULL COMMENT '128 random bits in hex: the public name',
	party_id BIGINT NULL COMMENT 'company that may read it in the portal; NULL is internal',
	owner_kind VARCHAR(20) NOT NULL COMMENT 'table it belongs to: sales_order, arrival, party_licence, lot ...',
	owner_id BIGINT NOT NULL DEFAULT 0,
	name VARCHAR(200) NOT NULL COMMENT 'file name as sent',
	media_type VARCHAR(80) NOT NULL,
	size INT NOT NULL COMMENT 'bytes',
	sha256 BINARY(32) NOT NULL,
	content MEDIUMBLOB NOT NULL,
	created_by BIGINT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_attachment_token (token),
	KEY ix_attachment_owner (owner_kind, owner_id),
	CONSTRAINT ck_attachment_size CHECK (size BETWEEN 0 AND 10485760)
) COMMENT 'files; sent only by programs, never by the web server';

CREATE TABLE IF NOT EXISTS workflow_state (
	entity VARCHAR(20) NOT NULL,
	state VARCHAR(20) NOT NULL,
	seq SMALLINT NOT NULL,
	initial TINYINT NOT NULL DEFAULT 0 COMMENT '1: a row may be born in it',
	final TINYINT NOT NULL DEFAULT 0 COMMENT '1: nothing follows',
	PRIMARY KEY (entity, state)
) COMMENT 'states of order, shipment, invoice, adjustment, receipt';

CREATE TABLE IF NOT EXISTS workflow_transition (
	entity VARCHAR(20) NOT NULL,
	from_state VARCHAR(20) NOT NULL,
	to_state VARCHAR(20) NOT NULL,
	action VARCHAR(20) NOT NULL COMMENT 'rel of the action in pages',
	permission VARCHAR(40) NULL COMMENT 'who may; NULL: only the system, derived from quantities',
	PRIMARY KEY (entity, from_state, to_state),
	CONSTRAINT fk_workflow_transition_from_state FOREIGN KEY (entity, from_state)
		REFERENCES workflow_state (entity, state),
	CONSTRAINT fk_workflow_transition_to_state FOREIGN KEY (entity, to_state)
		REFERENCES workflow_state (entity, state)
) COMMENT 'a status changes along these rows only; triggers refuse the rest';
