-- 0135: rebates 返利 (DOMAIN 3.6): computed by a policy over months that are locked,
-- reproducible from what is stored, approved by a second person, then credited to the
-- account. A later run of the same months pays the difference only.

CREATE TABLE IF NOT EXISTS rebate_policy (
	id BIGINT NOT NULL AUTO_INCREMENT,
	code VARCHAR(20) NOT NULL,
	name VARCHAR(60) NOT NULL,
	base ENUM('purchase_amount','purchase_qty','sale_amount','sale_qty') NOT NULL
		COMMENT 'purchase: invoices less red ones; sale: matched pure sales of the flows, without diversion',
	method ENUM('incremental','all_unit','achieve','growth') NOT NULL
		COMMENT 'incremental: each tier for its own part; all_unit: the tier reached for the whole; achieve: tiers are shares of the target; growth: tiers are growth on the same months a year before',
	span ENUM('month','quarter','year') NOT NULL DEFAULT 'quarter',
	target DECIMAL(18,2) NULL COMMENT 'achieve: of a span, yuan or sales units',
	group_id BIGINT NULL COMMENT 'customer group; NULL: all distributors',
	product_group_id BIGINT NULL COMMENT 'NULL: all products',
	from1 DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'tier begins above this: yuan, sales units; achieve, growth: percent',
	rate1 DECIMAL(12,4) NOT NULL COMMENT 'percent of the amount, or yuan a sales unit',
	from2 DECIMAL(18,4) NULL,
	rate2 DECIMAL(12,4) NULL,
	from3 DECIMAL(18,4) NULL,
	rate3 DECIMAL(12,4) NULL,
	from4 DECIMAL(18,4) NULL,
	rate4 DECIMAL(12,4) NULL,
	vat_rate DECIMAL(5,4) NOT NULL DEFAULT 0.1300,
	valid_from DATE NOT NULL,
	valid_to DATE NULL COMMENT 'last valid day, inclusive',
	status ENUM('draft','active','ended') NOT NULL DEFAULT 'draft' COMMENT 'an active policy does not change: end it and make another',
	note VARCHAR(400) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_rebate_policy_code (code),
	CONSTRAINT fk_rebate_policy_group_id FOREIGN KEY (group_id) REFERENCES customer_group (id),
	CONSTRAINT fk_rebate_policy_product_group_id FOREIGN KEY (product_group_id) REFERENCES product_group (id),
	CONSTRAINT ck_rebate_policy_target CHECK ((method = 'achieve') = (target IS NOT NULL) AND COALESCE(target, 1) > 0),
	CONSTRAINT ck_rebate_policy_from2 CHECK ((from2 IS NULL) = (rate2 IS NULL) AND (from2 IS NULL OR from2 > from1)),
	CONSTRAINT ck_rebate_policy_from3 CHECK ((from3 IS NULL) = (rate3 IS NULL) AND (from3 IS NULL OR (from2 IS NOT NULL AND from3 > from2))),
	CONSTRAINT ck_rebate_policy_from4 CHECK ((from4 IS NULL) = (rate4 IS NULL) AND (from4 IS NULL OR (from3 IS NOT NULL AND from4 > from3))),
	CONSTRAINT ck_rebate_policy_rate1 CHECK (rate1 >= 0 AND COALESCE(rate2, 0) >= 0 AND COALESCE(rate3, 0) >= 0 AND COALESCE(rate4, 0) >= 0),
	CONSTRAINT ck_rebate_policy_valid_to CHECK (valid_to IS NULL OR valid_to >= valid_from)
);

CREATE TABLE IF NOT EXISTS rebate_run (
	id BIGINT NOT NULL AUTO_INCREMENT,
	run_no VARCHAR(32) NOT NULL COMMENT 'FL<yyyymm>-<policy>-<nn>',
	policy_id BIGINT NOT NULL,
	period_from INT NOT NULL COMMENT 'yyyymm',
	period_to INT NOT NULL,
	status ENUM('draft','approved','rejected') NOT NULL DEFAULT 'draft',
	inputs_hash CHAR(64) NOT NULL COMMENT 'SHA-256 over policy and bases: the same inputs give the same result',
	base DECIMAL(20,4) NOT NULL COMMENT 'sum of the lines',
	amount DECIMAL(18,2) NOT NULL COMMENT 'yuan computed',
	due DECIMAL(18,2) NOT NULL COMMENT 'yuan less what earlier runs of these months credited',
	comment VARCHAR(400) NULL,
	made_by BIGINT NOT NULL,
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	draft_key TINYINT AS (IF(status = 'draft', 1, NULL)) PERSISTENT COMMENT 'for the unique key',
	PRIMARY KEY (id),
	UNIQUE KEY uq_rebate_run_run_no (run_no),
	UNIQUE KEY uq_rebate_run_period_to (policy_id, period_to, draft_key),
	KEY ix_rebate_run_created (created_at, id),
	CONSTRAINT fk_rebate_run_policy_id FOREIGN KEY (policy_id) REFERENCES rebate_policy (id),
	CONSTRAINT ck_rebate_run_decided_by CHECK (decided_by IS NULL OR decided_by <> made_by)
) COMMENT 'a policy over a span of locked months';

CREATE TABLE IF NOT EXISTS rebate_line (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	run_id BIGINT NOT NULL,
	party_id BIGINT NOT NULL,
	base DECIMAL(20,4) NOT NULL COMMENT 'yuan or sales units',
	before_base DECIMAL(20,4) NULL COMMENT 'growth: the same months a year before',
	measure DECIMAL(20,6) NOT NULL COMMENT 'what the tiers are held against: the base; percent of the target, of growth',
	tier TINYINT NOT NULL COMMENT '0: none reached',
	amount DECIMAL(18,2) NOT NULL COMMENT 'yuan with VAT, after the cap',
	capped TINYINT NOT NULL DEFAULT 0 COMMENT '1: cut to the highest share of sales',
	paid DECIMAL(18,2) NOT NULL COMMENT 'yuan that earlier runs of these months credited',
	due DECIMAL(18,2) AS (amount - paid) PERSISTENT COMMENT 'yuan; negative: credited too much before',
	voucher_id BIGINT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY uq_rebate_line_party_id (run_id, party_id),
	UNIQUE KEY uq_rebate_line_pid (party_id, pid),
	KEY ix_rebate_line_party (party_id, run_id),
	CONSTRAINT fk_rebate_line_run_id FOREIGN KEY (run_id) REFERENCES rebate_run (id),
	CONSTRAINT fk_rebate_line_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT fk_rebate_line_voucher_id FOREIGN KEY (voucher_id) REFERENCES voucher (id)
);

INSERT INTO workflow_state (entity, state, seq, initial, final) VALUES
	('rebate', 'draft', 1, 1, 0), ('rebate', 'approved', 2, 0, 1), ('rebate', 'rejected', 3, 0, 1)
	ON DUPLICATE KEY UPDATE seq = VALUES(seq), initial = VALUES(initial), final = VALUES(final);
INSERT INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('rebate', 'draft', 'approved', 'approve', 'rebate.approve'),
	('rebate', 'draft', 'rejected', 'reject', 'rebate.approve')
	ON DUPLICATE KEY UPDATE action = VALUES(action), permission = VALUES(permission);
