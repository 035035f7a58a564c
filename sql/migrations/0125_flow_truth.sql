-- 0125: what is made of reported flows: balances worked out piece by piece, months locked and
-- closed, approved corrections, cases of diversion, credit of a sale split among people.

CREATE TABLE IF NOT EXISTS flow_dirty (
	period INT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'sender',
	since DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (period, party_id)
) COMMENT 'balances and credit of this sender and month are to be worked out again';

CREATE TABLE IF NOT EXISTS period_run (
	id BIGINT NOT NULL AUTO_INCREMENT,
	period INT NOT NULL,
	action ENUM('lock','close','reopen') NOT NULL,
	state ENUM('asked','running','done','stopped') NOT NULL COMMENT 'asked: waits for a second person; stopped: error says why',
	reason VARCHAR(400) NULL,
	error VARCHAR(200) NULL COMMENT 'code|name=value',
	pieces INT NOT NULL DEFAULT 0 COMMENT 'senders to be worked out or summed',
	pieces_done INT NOT NULL DEFAULT 0,
	asked_by BIGINT NOT NULL,
	asked_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	decided_by BIGINT NULL COMMENT 'reopen: the second person',
	ended_at DATETIME(6) NULL,
	live_key INT AS (IF(state IN ('asked','running'), period, NULL)) PERSISTENT,
	PRIMARY KEY (id),
	UNIQUE KEY uq_period_run_period (live_key),
	KEY ix_period_run_period (period, id),
	CONSTRAINT fk_period_run_period FOREIGN KEY (period) REFERENCES period (period),
	CONSTRAINT fk_period_run_asked_by FOREIGN KEY (asked_by) REFERENCES app_user (id),
	CONSTRAINT ck_period_run_decided_by CHECK (decided_by IS NULL OR decided_by <> asked_by),
	CONSTRAINT ck_period_run_reason CHECK (action <> 'reopen' OR reason IS NOT NULL)
) COMMENT 'steps of a month that take long or two people; what was done of one stays done';

CREATE TABLE IF NOT EXISTS period_piece (
	period INT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'sender',
	row_count INT NOT NULL,
	digest CHAR(64) NOT NULL COMMENT 'SHA-256 over his rows by number, 20,000 at a time, each time with the one before',
	PRIMARY KEY (period, party_id)
) COMMENT 'digests a closed month''s is made of: SHA-256 over them by sender';

CREATE TABLE IF NOT EXISTS flow_split (
	book_period INT NOT NULL,
	row_id BIGINT NOT NULL COMMENT 'flow_row',
	user_id BIGINT NOT NULL,
	org_unit_id BIGINT NULL,
	share DECIMAL(5,4) NOT NULL COMMENT 'shares of a row sum to 1',
	PRIMARY KEY (book_period, row_id, user_id),
	KEY ix_flow_split_user (user_id, book_period),
	CONSTRAINT ck_flow_split_share CHECK (share > 0 AND share <= 1)
) COMMENT 'credit of a row that several people share; flow_row.rep_id is the first of them';

ALTER TABLE flow_balance
	ADD COLUMN IF NOT EXISTS id BIGINT NOT NULL AUTO_INCREMENT UNIQUE KEY COMMENT 'its page' FIRST,
	ADD COLUMN IF NOT EXISTS opening_of ENUM('reported','approved','none') NOT NULL DEFAULT 'reported'
		COMMENT 'where the opening is from; none: nobody told, 0 is taken' AFTER opening,
	ADD COLUMN IF NOT EXISTS round BIGINT NOT NULL DEFAULT 0 COMMENT 'of the working out that wrote it last',
	MODIFY COLUMN cause ENUM('none','lot','unit','sign','cut_off','in_transit','mapping','duplicate','gap','superseded','unexplained')
		NOT NULL DEFAULT 'none' COMMENT 'probable cause of a difference (DOMAIN 2.4), proposed, never applied';

CREATE TABLE IF NOT EXISTS flow_correction (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	correction_no VARCHAR(32) NOT NULL COMMENT 'LZ<yyyymmdd>-<code of the sender>-<nn>',
	party_id BIGINT NOT NULL COMMENT 'sender whose rows it adds to',
	kind ENUM('appeal','supplement','diversion','stock') NOT NULL COMMENT 'flow_class 2, 5, 3; stock: opening, gain or loss',
	origin ENUM('office','portal') NOT NULL,
	period INT NOT NULL COMMENT 'month it is about',
	status ENUM('draft','waiting','approved','rejected','withdrawn') NOT NULL DEFAULT 'draft',
	reason VARCHAR(400) NOT NULL,
	attachment_id BIGINT NULL COMMENT 'evidence',
	book_period INT NULL COMMENT 'approved: month its rows count in',
	case_id BIGINT NULL COMMENT 'flow_case it follows from',
	made_by BIGINT NOT NULL,
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	comment VARCHAR(400) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_flow_correction_no (correction_no),
	UNIQUE KEY uq_flow_correction_pid (party_id, pid),
	KEY ix_flow_correction_status (status, id),
	KEY ix_flow_correction_period (period, status),
	KEY ix_flow_correction_party (party_id, created_at, id),
	CONSTRAINT fk_flow_correction_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_flow_correction_period FOREIGN KEY (period) REFERENCES period (period),
	CONSTRAINT fk_flow_correction_attachment_id FOREIGN KEY (attachment_id) REFERENCES attachment (id),
	CONSTRAINT ck_flow_correction_decided_by CHECK (decided_by IS NULL OR decided_by <> made_by)
) COMMENT 'appeals 申诉, supplements 补录 and approved stock entries; approved, the rows count in an open month';

CREATE TABLE IF NOT EXISTS flow_correction_line (
	id BIGINT NOT NULL AUTO_INCREMENT,
	correction_id BIGINT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'sender the row is of; a diversion has two',
	what ENUM('sale','purchase','opening','gain','loss') NOT NULL,
	row_id BIGINT NULL COMMENT 'flow_row it corrects',
	row_period INT NULL COMMENT 'book_period of that row',
	biz_date DATE NOT NULL,
	counterparty_id BIGINT NULL,
	product_id BIGINT NOT NULL,
	lot_no VARCHAR(40) NOT NULL DEFAULT '',
	qty DECIMAL(18,4) NOT NULL COMMENT 'sales units added; - takes away',
	price DECIMAL(18,4) NULL,
	doc_no VARCHAR(40) NOT NULL DEFAULT '',
	PRIMARY KEY (id),
	KEY ix_flow_correction_line_correction (correction_id, id),
	KEY ix_flow_correction_line_row (row_id),
	CONSTRAINT fk_flow_correction_line_correction_id FOREIGN KEY (correction_id) REFERENCES flow_correction (id),
	CONSTRAINT fk_flow_correction_line_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_flow_correction_line_counterparty_id FOREIGN KEY (counterparty_id) REFERENCES party (id),
	CONSTRAINT fk_flow_correction_line_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_flow_correction_line_qty CHECK (qty <> 0),
	CONSTRAINT ck_flow_correction_line_row_id CHECK ((row_id IS NULL) = (row_period IS NULL)),
	CONSTRAINT ck_flow_correction_line_counterparty_id CHECK (what NOT IN ('sale','purchase') OR counterparty_id IS NOT NULL OR row_id IS NOT NULL)
) COMMENT 'rows a correction adds';

CREATE TABLE IF NOT EXISTS flow_stock_entry (
	period INT NOT NULL,
	party_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	lot_no VARCHAR(40) NOT NULL DEFAULT '',
	what ENUM('opening','gain','loss') NOT NULL,
	correction_id BIGINT NOT NULL,
	qty DECIMAL(18,4) NOT NULL,
	PRIMARY KEY (period, party_id, product_id, lot_no, what, correction_id),
	CONSTRAINT fk_flow_stock_entry_correction_id FOREIGN KEY (correction_id) REFERENCES flow_correction (id)
) COMMENT 'approved openings, gains and losses of distributors; append-only';

CREATE TABLE IF NOT EXISTS flow_case (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	period INT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'seller',
	product_id BIGINT NOT NULL,
	terminal_id BIGINT NOT NULL COMMENT 'buyer; a peak alone is of no one buyer: the seller himself',
	signals SET('territory','lot','price','peak') NOT NULL,
	score SMALLINT NOT NULL COMMENT 'sum of the weights of its signals (DOMAIN 2.7), 100 at most',
	qty DECIMAL(18,4) NOT NULL,
	amount DECIMAL(18,2) NOT NULL,
	row_count INT NOT NULL,
	owner_id BIGINT NULL COMMENT 'distributor whose territory the buyer is in',
	status ENUM('detected','notified','explained','confirmed','dismissed','excepted','settled') NOT NULL DEFAULT 'detected',
	notified_by BIGINT NULL,
	notified_at DATETIME(6) NULL,
	explain_by DATE NULL,
	explanation VARCHAR(1000) NULL,
	attachment_id BIGINT NULL COMMENT 'evidence of the seller',
	explained_by BIGINT NULL,
	explained_at DATETIME(6) NULL,
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	comment VARCHAR(400) NULL,
	correction_id BIGINT NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_flow_case_terminal (period, party_id, product_id, terminal_id),
	UNIQUE KEY uq_flow_case_pid (party_id, pid),
	KEY ix_flow_case_status (status, score, id),
	CONSTRAINT fk_flow_case_period FOREIGN KEY (period) REFERENCES period (period),
	CONSTRAINT fk_flow_case_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_flow_case_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT fk_flow_case_terminal_id FOREIGN KEY (terminal_id) REFERENCES party (id),
	CONSTRAINT fk_flow_case_owner_id FOREIGN KEY (owner_id) REFERENCES party (id),
	CONSTRAINT fk_flow_case_attachment_id FOREIGN KEY (attachment_id) REFERENCES attachment (id),
	CONSTRAINT fk_flow_case_correction_id FOREIGN KEY (correction_id) REFERENCES flow_correction (id),
	CONSTRAINT ck_flow_case_decided_by CHECK (decided_by IS NULL OR notified_by IS NULL OR decided_by <> notified_by)
) COMMENT 'suspected diversion 窜货: no consequence without a person''s reasoned decision';

CREATE TABLE IF NOT EXISTS flow_case_row (
	case_id BIGINT NOT NULL,
	row_id BIGINT NOT NULL COMMENT 'flow_row',
	book_period INT NOT NULL,
	signals SET('territory','lot','price','peak') NOT NULL,
	PRIMARY KEY (case_id, row_id),
	KEY ix_flow_case_row_row (row_id),
	CONSTRAINT fk_flow_case_row_case_id FOREIGN KEY (case_id) REFERENCES flow_case (id)
) COMMENT 'sales a case is made of';

INSERT INTO workflow_state (entity, state, seq, initial, final) VALUES
	('flow_correction', 'draft', 1, 1, 0), ('flow_correction', 'waiting', 2, 1, 0),
	('flow_correction', 'approved', 3, 0, 1), ('flow_correction', 'rejected', 4, 0, 1),
	('flow_correction', 'withdrawn', 5, 0, 1),
	('flow_case', 'detected', 1, 1, 0), ('flow_case', 'notified', 2, 0, 0), ('flow_case', 'explained', 3, 0, 0),
	('flow_case', 'confirmed', 4, 0, 0), ('flow_case', 'dismissed', 5, 0, 1), ('flow_case', 'excepted', 6, 0, 1),
	('flow_case', 'settled', 7, 0, 1),
	('period', 'open', 1, 1, 0), ('period', 'review', 2, 0, 0), ('period', 'locked', 3, 0, 0), ('period', 'closed', 4, 0, 1)
	ON DUPLICATE KEY UPDATE seq = VALUES(seq), initial = VALUES(initial), final = VALUES(final);

INSERT IGNORE INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('flow_correction', 'draft', 'waiting', 'submit', 'flow.correct'),
	('flow_correction', 'draft', 'withdrawn', 'withdraw', 'flow.correct'),
	('flow_correction', 'waiting', 'withdrawn', 'withdraw', 'flow.correct'),
	('flow_correction', 'waiting', 'approved', 'approve', 'flow.approve'),
	('flow_correction', 'waiting', 'rejected', 'reject', 'flow.approve'),
	('flow_case', 'detected', 'notified', 'notify', 'flow.correct'),
	('flow_case', 'detected', 'dismissed', 'dismiss', 'flow.approve'),
	('flow_case', 'detected', 'excepted', 'except', 'flow.approve'),
	('flow_case', 'notified', 'explained', 'explain', 'flow.correct'),
	('flow_case', 'notified', 'confirmed', 'confirm', 'flow.approve'),
	('flow_case', 'notified', 'dismissed', 'dismiss', 'flow.approve'),
	('flow_case', 'notified', 'excepted', 'except', 'flow.approve'),
	('flow_case', 'explained', 'confirmed', 'confirm', 'flow.approve'),
	('flow_case', 'explained', 'dismissed', 'dismiss', 'flow.approve'),
	('flow_case', 'explained', 'excepted', 'except', 'flow.approve'),
	('flow_case', 'confirmed', 'settled', 'settle', 'flow.approve'),
	('period', 'open', 'review', 'review', 'period.close'),
	('period', 'review', 'open', 'collect', 'period.close'),
	('period', 'review', 'locked', 'lock', 'period.close'),
	('period', 'locked', 'closed', 'close', 'period.close'),
	('period', 'locked', 'review', 'reopen', 'period.close');

INSERT IGNORE INTO param (name, kind, value, unit, note) VALUES
	('flow.lot_percent', 'decimal', '0', 'percent', 'a difference of a lot up to this is fine (DOMAIN 2.4)'),
	('flow.edge_days', 'int', '3', 'days', 'rows so near the end of a month may belong to the other one; a count so near it is its closing'),
	('flow.case_limit', 'int', '60', NULL, 'a case of diversion with this score or more must be decided before its month is locked');
