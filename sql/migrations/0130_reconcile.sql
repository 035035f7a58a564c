-- 0130: monthly statements that both sides sign (DOMAIN 3.7): account and volume, line
-- by line confirmed or disputed; what is agreed becomes a voucher; confirmation letters
-- for auditors. What was issued does not change: its lines are copies, under a hash.

ALTER TABLE ar_item MODIFY kind ENUM('opening','invoice','red','adjust','rebate') NOT NULL;
ALTER TABLE voucher MODIFY kind ENUM('opening','invoice','red','receipt','allocation','unallocation','adjust','rebate') NOT NULL;
ALTER TABLE allocation MODIFY how ENUM('hand','reference','match','oldest','red','reversal','adjust','rebate') NOT NULL;
INSERT INTO account (code, name, kind, by_party) VALUES
	('6301', '营业外收入-往来差异', 'revenue', 0), ('6711', '营业外支出-往来差异', 'expense', 0)
	ON DUPLICATE KEY UPDATE name = VALUES(name);

CREATE TABLE IF NOT EXISTS reconciliation (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	reconciliation_no VARCHAR(32) NOT NULL COMMENT 'DZ<yyyymm>-<customer code>-<version>',
	party_id BIGINT NOT NULL,
	period INT NOT NULL COMMENT 'yyyymm',
	issue_no TINYINT NOT NULL DEFAULT 1 COMMENT '2, 3: made again before it was confirmed',
	date_from DATE NOT NULL,
	date_to DATE NOT NULL,
	status ENUM('draft','issued','disputed','confirmed','superseded') NOT NULL DEFAULT 'draft',
	opening DECIMAL(18,2) NOT NULL COMMENT 'yuan owed to us before the first day',
	debit DECIMAL(18,2) NOT NULL COMMENT 'yuan',
	credit DECIMAL(18,2) NOT NULL COMMENT 'yuan',
	closing DECIMAL(18,2) NOT NULL COMMENT 'yuan owed at the end of the last day',
	adjusted DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'yuan, vouchers agreed in disputes of this statement',
	flow_final TINYINT NOT NULL DEFAULT 0 COMMENT '1: the month of its volumes was locked when it was made',
	content_hash CHAR(64) NULL COMMENT 'SHA-256, see reconcile_digest(); from the issue on',
	due_on DATE NULL COMMENT 'answer wanted by',
	issued_by BIGINT NULL,
	issued_at DATETIME(6) NULL,
	confirmed_by BIGINT NULL COMMENT 'portal user',
	confirmed_at DATETIME(6) NULL,
	confirmed_from VARCHAR(45) NULL COMMENT 'address of the client',
	created_by BIGINT NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	live_key TINYINT AS (IF(status = 'superseded', NULL, 1)) PERSISTENT COMMENT 'for the unique key',
	PRIMARY KEY (id),
	UNIQUE KEY uq_reconciliation_period (party_id, period, live_key),
	UNIQUE KEY uq_reconciliation_reconciliation_no (reconciliation_no),
	UNIQUE KEY uq_reconciliation_pid (party_id, pid),
	UNIQUE KEY uq_reconciliation_party (party_id, id),
	KEY ix_reconciliation_period (period, id),
	KEY ix_reconciliation_status (status, id),
	CONSTRAINT fk_reconciliation_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT fk_reconciliation_confirmed_by FOREIGN KEY (confirmed_by) REFERENCES app_user (id),
	CONSTRAINT ck_reconciliation_closing CHECK (closing = opening + debit - credit),
	CONSTRAINT ck_reconciliation_content_hash CHECK (status = 'draft' OR content_hash IS NOT NULL OR issued_at IS NULL),
	CONSTRAINT ck_reconciliation_confirmed_by CHECK ((status = 'confirmed') = (confirmed_by IS NOT NULL))
) COMMENT 'statement of a month for both sides to sign';

CREATE TABLE IF NOT EXISTS reconciliation_line (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL,
	reconciliation_id BIGINT NOT NULL,
	line_no INT NOT NULL COMMENT 'from 1, account first, then volume',
	section ENUM('account','volume') NOT NULL,
	biz_date DATE NULL COMMENT 'account',
	entry VARCHAR(12) NULL COMMENT 'account: kind of the voucher',
	doc_no VARCHAR(40) NULL,
	note VARCHAR(200) NULL,
	voucher_id BIGINT NULL,
	debit DECIMAL(18,2) NULL COMMENT 'yuan',
	credit DECIMAL(18,2) NULL COMMENT 'yuan',
	balance DECIMAL(18,2) NULL COMMENT 'yuan, running',
	product_id BIGINT NULL COMMENT 'volume: all quantities in sales units of the month',
	shipped DECIMAL(18,4) NULL COMMENT 'by us, as received without what was refused',
	returned DECIMAL(18,4) NULL COMMENT 'red invoices',
	purchased DECIMAL(18,4) NULL COMMENT 'its own report; NULL: none came',
	pure_sale DECIMAL(18,4) NULL COMMENT 'reported, to terminals',
	stock DECIMAL(18,4) NULL COMMENT 'reported at the end; NULL: none came',
	state ENUM('open','agreed','disputed','settled') NOT NULL DEFAULT 'open',
	PRIMARY KEY (id),
	UNIQUE KEY uq_reconciliation_line_line_no (reconciliation_id, line_no),
	UNIQUE KEY uq_reconciliation_line_party (party_id, id),
	CONSTRAINT fk_reconciliation_line_reconciliation_id FOREIGN KEY (party_id, reconciliation_id)
		REFERENCES reconciliation (party_id, id),
	CONSTRAINT fk_reconciliation_line_voucher_id FOREIGN KEY (voucher_id) REFERENCES voucher (id),
	CONSTRAINT fk_reconciliation_line_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_reconciliation_line_section CHECK ((section = 'account') = (voucher_id IS NOT NULL)
		AND (section = 'volume') = (product_id IS NOT NULL))
) COMMENT 'copies: only state changes once the statement is issued';

CREATE TABLE IF NOT EXISTS reconciliation_dispute (
	id BIGINT NOT NULL AUTO_INCREMENT,
	dispute_no VARCHAR(32) NOT NULL COMMENT 'YY<yyyymmdd>-<customer code>-<nn>',
	party_id BIGINT NOT NULL,
	reconciliation_id BIGINT NOT NULL,
	line_id BIGINT NOT NULL,
	reason ENUM('not_received','qty','price','rebate','paid','no_invoice','other') NOT NULL,
	their_amount DECIMAL(18,2) NULL COMMENT 'account: what stands in their books, yuan, signed as debit - credit',
	their_qty DECIMAL(18,4) NULL COMMENT 'volume: sales units',
	comment VARCHAR(400) NOT NULL,
	attachment_id BIGINT NULL,
	status ENUM('open','proposed','adjusted','accepted','rejected','withdrawn') NOT NULL DEFAULT 'open'
		COMMENT 'proposed: an adjustment waits for a second person; accepted: they are right, no money moves',
	adjust_amount DECIMAL(18,2) NULL COMMENT 'yuan, + they owe more',
	answer VARCHAR(400) NULL COMMENT 'shown to the customer',
	voucher_id BIGINT NULL,
	due_on DATE NOT NULL,
	raised_by BIGINT NOT NULL,
	handled_by BIGINT NULL,
	handled_at DATETIME(6) NULL,
	decided_by BIGINT NULL COMMENT 'approved the adjustment; not who proposed it',
	decided_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	open_key TINYINT AS (IF(status IN ('open','proposed'), 1, NULL)) PERSISTENT COMMENT 'for the unique key',
	PRIMARY KEY (id),
	UNIQUE KEY uq_reconciliation_dispute_dispute_no (dispute_no),
	UNIQUE KEY uq_reconciliation_dispute_line_id (line_id, open_key),
	KEY ix_reconciliation_dispute_status (status, due_on, id),
	KEY ix_reconciliation_dispute_reconciliation (reconciliation_id, id),
	CONSTRAINT fk_reconciliation_dispute_line_id FOREIGN KEY (party_id, line_id) REFERENCES reconciliation_line (party_id, id),
	CONSTRAINT fk_reconciliation_dispute_reconciliation_id FOREIGN KEY (party_id, reconciliation_id)
		REFERENCES reconciliation (party_id, id),
	CONSTRAINT fk_reconciliation_dispute_attachment_id FOREIGN KEY (attachment_id) REFERENCES attachment (id),
	CONSTRAINT fk_reconciliation_dispute_voucher_id FOREIGN KEY (voucher_id) REFERENCES voucher (id),
	CONSTRAINT ck_reconciliation_dispute_decided_by CHECK (decided_by IS NULL OR decided_by <> handled_by),
	CONSTRAINT ck_reconciliation_dispute_voucher_id CHECK ((status = 'adjusted') = (voucher_id IS NOT NULL))
) COMMENT 'one line, one open difference';

CREATE TABLE IF NOT EXISTS confirmation_letter (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	letter_no VARCHAR(32) NOT NULL COMMENT 'HZ<yyyymmdd>-<customer code>-<nn>',
	party_id BIGINT NOT NULL,
	as_of DATE NOT NULL,
	balance DECIMAL(18,2) NOT NULL COMMENT 'yuan owed to us in our books on that day',
	kind ENUM('positive','negative') NOT NULL COMMENT 'positive: an answer always; negative: only if it is wrong (积极式 消极式)',
	auditor VARCHAR(120) NOT NULL COMMENT 'firm that gets the answer',
	auditor_contact VARCHAR(200) NOT NULL COMMENT 'name, address, mail',
	status ENUM('draft','sent','agreed','disagreed') NOT NULL DEFAULT 'draft',
	due_on DATE NOT NULL,
	their_balance DECIMAL(18,2) NULL COMMENT 'yuan in their books',
	reply VARCHAR(1000) NULL COMMENT 'for the auditor alone (permission letter.read)',
	replied_by BIGINT NULL,
	replied_at DATETIME(6) NULL,
	content_hash CHAR(64) NULL COMMENT 'SHA-256 over what was sent',
	sent_by BIGINT NULL,
	sent_at DATETIME(6) NULL,
	created_by BIGINT NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_confirmation_letter_letter_no (letter_no),
	UNIQUE KEY uq_confirmation_letter_pid (party_id, pid),
	UNIQUE KEY uq_confirmation_letter_as_of (party_id, as_of, auditor),
	KEY ix_confirmation_letter_created (created_at, id),
	CONSTRAINT fk_confirmation_letter_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT ck_confirmation_letter_reply CHECK (status <> 'disagreed' OR (their_balance IS NOT NULL AND reply IS NOT NULL)),
	CONSTRAINT ck_confirmation_letter_sent_at CHECK (status = 'draft' OR (sent_at IS NOT NULL AND content_hash IS NOT NULL))
) COMMENT '询证函: read-only once it is sent; the answer is the auditor''s';

INSERT INTO permission (name, site, area, guarded) VALUES ('letter.read', 'office', 'reconcile', 1)
	ON DUPLICATE KEY UPDATE site = VALUES(site), area = VALUES(area), guarded = VALUES(guarded);
INSERT IGNORE INTO role_permission (role_id, permission)
SELECT r.id, 'letter.read' FROM role r WHERE r.site = 'office' AND r.code = 'auditor';

INSERT INTO workflow_state (entity, state, seq, initial, final) VALUES
	('reconciliation', 'draft', 1, 1, 0), ('reconciliation', 'issued', 2, 0, 0), ('reconciliation', 'disputed', 3, 0, 0),
	('reconciliation', 'confirmed', 4, 0, 1), ('reconciliation', 'superseded', 5, 0, 1),
	('dispute', 'open', 1, 1, 0), ('dispute', 'proposed', 2, 0, 0), ('dispute', 'adjusted', 3, 0, 1),
	('dispute', 'accepted', 4, 0, 1), ('dispute', 'rejected', 5, 0, 1), ('dispute', 'withdrawn', 6, 0, 1),
	('letter', 'draft', 1, 1, 0), ('letter', 'sent', 2, 0, 0), ('letter', 'agreed', 3, 0, 1), ('letter', 'disagreed', 4, 0, 1)
	ON DUPLICATE KEY UPDATE seq = VALUES(seq), initial = VALUES(initial), final = VALUES(final);
INSERT INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('reconciliation', 'draft', 'issued', 'issue', 'reconcile.edit'),
	('reconciliation', 'draft', 'superseded', 'again', 'reconcile.edit'),
	('reconciliation', 'issued', 'superseded', 'again', 'reconcile.edit'),
	('reconciliation', 'issued', 'disputed', 'dispute', 'reconcile.confirm'),
	('reconciliation', 'disputed', 'issued', 'answer', 'reconcile.edit'),
	('reconciliation', 'issued', 'confirmed', 'confirm', 'reconcile.confirm'),
	('dispute', 'open', 'proposed', 'propose', 'reconcile.edit'),
	('dispute', 'proposed', 'open', 'return', 'reconcile.approve'),
	('dispute', 'proposed', 'adjusted', 'approve', 'reconcile.approve'),
	('dispute', 'open', 'accepted', 'accept', 'reconcile.edit'),
	('dispute', 'open', 'rejected', 'reject', 'reconcile.edit'),
	('dispute', 'open', 'withdrawn', 'withdraw', 'reconcile.confirm'),
	('letter', 'draft', 'sent', 'send', 'reconcile.edit'),
	('letter', 'sent', 'agreed', 'agree', 'reconcile.confirm'),
	('letter', 'sent', 'disagreed', 'disagree', 'reconcile.confirm')
	ON DUPLICATE KEY UPDATE action = VALUES(action), permission = VALUES(permission);

INSERT IGNORE INTO param (name, kind, value, unit, note) VALUES
	('reconcile.answer_days', 'int', '10', 'days', 'a statement is confirmed or disputed within');
