-- 0145: recall 召回 (DOMAIN 4.4): who holds a lot, down to the terminal; notices,
-- answers, what came back. The lot leaves sale in the transaction that opens it.

CREATE TABLE IF NOT EXISTS recall (
	id BIGINT NOT NULL AUTO_INCREMENT,
	recall_no VARCHAR(32) NOT NULL,
	lot_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL COMMENT 'of the lot',
	class ENUM('I','II','III') NOT NULL COMMENT 'I: serious harm, 24 hours; II: 48 hours; III: 72 hours',
	reason VARCHAR(400) NOT NULL,
	measures VARCHAR(400) NOT NULL COMMENT 'what holders are asked to do',
	status ENUM('open','notified','closed','cancelled') NOT NULL DEFAULT 'open',
	opened_by BIGINT NOT NULL,
	opened_at DATETIME(6) NOT NULL,
	notify_by DATETIME(6) NOT NULL COMMENT 'notices are due: 24, 48, 72 hours',
	plan_by DATE NOT NULL COMMENT 'plan is due at the authority: 1, 3, 7 days',
	notified_at DATETIME(6) NULL COMMENT 'first notice went out',
	report_by DATE NULL COMMENT 'next progress report: every 1, 3, 7 days',
	closed_by BIGINT NULL,
	closed_at DATETIME(6) NULL,
	conclusion VARCHAR(1000) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	live_lot BIGINT AS (IF(status IN ('open', 'notified'), lot_id, NULL)) PERSISTENT COMMENT 'for the unique key',
	PRIMARY KEY (id),
	UNIQUE KEY uq_recall_recall_no (recall_no),
	UNIQUE KEY uq_recall_lot (live_lot),
	KEY ix_recall_opened (opened_at, id),
	CONSTRAINT fk_recall_lot_id FOREIGN KEY (lot_id) REFERENCES lot (id),
	CONSTRAINT fk_recall_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT fk_recall_opened_by FOREIGN KEY (opened_by) REFERENCES app_user (id),
	CONSTRAINT ck_recall_conclusion CHECK (status <> 'closed' OR conclusion IS NOT NULL)
) COMMENT 'recall of one lot';

CREATE TABLE IF NOT EXISTS recall_party (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	recall_id BIGINT NOT NULL,
	party_id BIGINT NULL COMMENT 'holder; NULL: a name not matched yet',
	name_id BIGINT NULL COMMENT 'flow_name, where party_id is NULL',
	tier ENUM('distributor','terminal','unknown') NOT NULL,
	shipped DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'sales units, from us, less what was refused',
	bought DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'from others, as those reported',
	sold DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'resold, as it reported',
	stock DECIMAL(18,4) NULL COMMENT 'on hand as last reported; NULL: not told',
	stock_date DATE NULL,
	status ENUM('listed','notified','answered','done') NOT NULL DEFAULT 'listed',
	notified_at DATETIME(6) NULL,
	notified_by ENUM('portal','letter') NULL COMMENT 'portal: users were told; letter: nobody of it signs in',
	reminders INT NOT NULL DEFAULT 0,
	reminded_at DATETIME(6) NULL,
	on_hand DECIMAL(18,4) NULL COMMENT 'answer: still there',
	returned DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'answer: sent back so far',
	resold_to VARCHAR(1000) NULL COMMENT 'answer: to whom the rest went',
	answered_by BIGINT NULL,
	answered_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_recall_party_pid (pid),
	UNIQUE KEY uq_recall_party_party (recall_id, party_id),
	UNIQUE KEY uq_recall_party_name (recall_id, name_id),
	KEY ix_recall_party_party (party_id, recall_id),
	CONSTRAINT fk_recall_party_recall_id FOREIGN KEY (recall_id) REFERENCES recall (id),
	CONSTRAINT fk_recall_party_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_recall_party_name_id FOREIGN KEY (name_id) REFERENCES flow_name (id),
	CONSTRAINT ck_recall_party_party_id CHECK ((party_id IS NULL) <> (name_id IS NULL)),
	CONSTRAINT ck_recall_party_on_hand CHECK (on_hand IS NULL OR on_hand >= 0),
	CONSTRAINT ck_recall_party_returned CHECK (returned >= 0)
) COMMENT 'who has or had goods of the lot';

CREATE TABLE IF NOT EXISTS recall_event (
	id BIGINT NOT NULL AUTO_INCREMENT,
	recall_id BIGINT NOT NULL,
	party_id BIGINT NULL,
	kind ENUM('opened','listed','notified','reminded','answered','reported','closed','cancelled') NOT NULL,
	note VARCHAR(1000) NULL,
	created_by BIGINT NULL,
	at DATETIME(6) NOT NULL,
	PRIMARY KEY (id),
	KEY ix_recall_event_recall (recall_id, id),
	CONSTRAINT fk_recall_event_recall_id FOREIGN KEY (recall_id) REFERENCES recall (id)
) COMMENT 'append-only';

INSERT INTO workflow_state (entity, state, seq, initial, final) VALUES
	('recall', 'open', 1, 1, 0), ('recall', 'notified', 2, 0, 0), ('recall', 'closed', 3, 0, 1),
	('recall', 'cancelled', 4, 0, 1)
	ON DUPLICATE KEY UPDATE seq = VALUES(seq), initial = VALUES(initial), final = VALUES(final);

INSERT INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('recall', 'open', 'notified', 'notify', 'recall.edit'),
	('recall', 'open', 'cancelled', 'cancel', 'recall.edit'),
	('recall', 'notified', 'closed', 'close', 'recall.edit')
	ON DUPLICATE KEY UPDATE action = VALUES(action), permission = VALUES(permission);

-- Chains hold lots too. Given where the built-in role is as it was made.
INSERT IGNORE INTO role_permission (role_id, permission)
SELECT r.id, 'recall.reply' FROM role r
 WHERE r.site = 'portal' AND r.code = 'chain_viewer' AND r.built_in = 1;
