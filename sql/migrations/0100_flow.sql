-- 0100: sales flows 流向 (DOMAIN 2): what distributors bought, sold and hold, month
-- by month, as they reported it and as we understood it. A row keeps its file and
-- row; a file is seen whole or not at all; a closed month never changes.

CREATE TABLE IF NOT EXISTS period (
	period INT NOT NULL COMMENT 'yyyymm, a calendar month',
	starts_on DATE NOT NULL,
	ends_on DATE NOT NULL COMMENT 'last day, inclusive',
	status ENUM('open','review','locked','closed') NOT NULL DEFAULT 'open'
		COMMENT 'open: files come in; review: differences are cleared; locked: figures are final, rebates and statements are made; closed: immutable',
	collect_by DATE NOT NULL COMMENT 'files are due',
	review_by DATE NOT NULL COMMENT 'differences are cleared',
	lock_by DATE NOT NULL,
	locked_by BIGINT NULL,
	locked_at DATETIME(6) NULL,
	closed_by BIGINT NULL,
	closed_at DATETIME(6) NULL,
	digest CHAR(64) NULL COMMENT 'SHA-256 over the rows of the month as they were closed',
	note VARCHAR(200) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (period),
	KEY ix_period_status (status, period),
	CONSTRAINT ck_period_starts_on CHECK (DAY(starts_on) = 1 AND ends_on = LAST_DAY(starts_on)
		AND period = YEAR(starts_on) * 100 + MONTH(starts_on)),
	CONSTRAINT ck_period_lock_by CHECK (collect_by <= review_by AND review_by <= lock_by),
	CONSTRAINT ck_period_closed_by CHECK (status <> 'closed' OR digest IS NOT NULL)
) COMMENT 'months of the flows: a row counts in its book_period';

CREATE TABLE IF NOT EXISTS flow_source (
	party_id BIGINT NOT NULL COMMENT 'distributor that reports',
	method ENUM('portal','api','office') NOT NULL DEFAULT 'portal' COMMENT 'how its files come',
	kinds SET('purchase','sale','stock') NOT NULL DEFAULT 'purchase,sale,stock' COMMENT 'what is due each month',
	is_key TINYINT NOT NULL DEFAULT 0 COMMENT '1: the month does not lock without it',
	due_day TINYINT NOT NULL DEFAULT 3 COMMENT 'day of the following month',
	collector_id BIGINT NULL COMMENT 'member of staff who asks for it',
	status ENUM('active','ended') NOT NULL DEFAULT 'active',
	note VARCHAR(200) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (party_id),
	KEY ix_flow_source_collector (collector_id, party_id),
	CONSTRAINT fk_flow_source_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_flow_source_collector_id FOREIGN KEY (collector_id) REFERENCES app_user (id),
	CONSTRAINT ck_flow_source_due_day CHECK (due_day BETWEEN 1 AND 28)
) COMMENT 'who reports what, and when it is due';

CREATE TABLE IF NOT EXISTS flow_excuse (
	party_id BIGINT NOT NULL,
	period INT NOT NULL,
	reason VARCHAR(200) NOT NULL,
	created_by BIGINT NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (party_id, period),
	CONSTRAINT fk_flow_excuse_party_id FOREIGN KEY (party_id) REFERENCES flow_source (party_id),
	CONSTRAINT fk_flow_excuse_period FOREIGN KEY (period) REFERENCES period (period)
) COMMENT 'a month that may lock without this sender';

CREATE TABLE IF NOT EXISTS flow_template (
	party_id BIGINT NOT NULL COMMENT 'sender',
	kind ENUM('purchase','sale','stock') NOT NULL,
	header_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the normalised heads of the columns',
	mapping VARCHAR(2000) NOT NULL COMMENT 'JSON: {"biz_date":0,"product":3,...} column from 0 by canonical field',
	used_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (party_id, kind, header_hash),
	CONSTRAINT fk_flow_template_party_id FOREIGN KEY (party_id) REFERENCES party (id)
) COMMENT 'columns as this sender names them, learned at his last import';

CREATE TABLE IF NOT EXISTS flow_file (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	party_id BIGINT NOT NULL COMMENT 'sender: the distributor whose report it is',
	kind ENUM('purchase','sale','stock') NOT NULL,
	origin ENUM('portal','office','api','correction') NOT NULL COMMENT 'correction: made by an approved flow_correction',
	name VARCHAR(200) NOT NULL COMMENT 'as sent',
	format ENUM('csv','xlsx','xml','none') NOT NULL,
	size INT NOT NULL COMMENT 'bytes',
	sha256 BINARY(32) NOT NULL,
	book_period INT NOT NULL COMMENT 'month its rows count in',
	date_from DATE NOT NULL COMMENT 'coverage: a newer file of the same sender, kind and days replaces it',
	date_to DATE NOT NULL,
	header_row INT NULL COMMENT 'line of the heads, from 1',
	mapping VARCHAR(2000) NULL COMMENT 'as in flow_template',
	status ENUM('uploaded','mapping','mapped','checked','queued','importing','imported','superseded','undone','failed','discarded')
		NOT NULL DEFAULT 'uploaded' COMMENT 'the worker reads the heads of uploaded, checks mapped and imports queued files; mapping and checked wait for a person; rows are seen while it is imported, and at no other time',
	mode ENUM('strict','skip') NOT NULL DEFAULT 'strict' COMMENT 'skip: bad rows are left out and come back as a file',
	error VARCHAR(200) NULL COMMENT 'failed: code|name=value',
	rows_total INT NOT NULL DEFAULT 0,
	rows_bad INT NOT NULL DEFAULT 0 COMMENT 'with an error: not imported',
	rows_warned INT NOT NULL DEFAULT 0,
	rows_done INT NOT NULL DEFAULT 0 COMMENT 'progress: committed so far, in file order',
	rows_matched INT NOT NULL DEFAULT 0 COMMENT 'product and counterparty known',
	qty_total DECIMAL(20,4) NOT NULL DEFAULT 0 COMMENT 'sales units',
	qty_matched DECIMAL(20,4) NOT NULL DEFAULT 0,
	superseded_by BIGINT NULL,
	worker VARCHAR(40) NULL COMMENT 'host:pid that works on it',
	worker_seen DATETIME(6) NULL COMMENT 'a worker not seen for a minute is taken for dead',
	created_by BIGINT NULL,
	imported_by BIGINT NULL COMMENT 'who said go',
	imported_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	live_key BINARY(32) AS (IF(status IN ('superseded','undone','failed','discarded') OR origin = 'correction', NULL, sha256)) PERSISTENT
		COMMENT 'for the unique key: the same file again changes nothing',
	PRIMARY KEY (id),
	UNIQUE KEY uq_flow_file_sha256 (party_id, kind, book_period, live_key),
	UNIQUE KEY uq_flow_file_pid (party_id, pid),
	UNIQUE KEY uq_flow_file_party (party_id, id),
	KEY ix_flow_file_created (created_at, id),
	KEY ix_flow_file_status (status, id),
	KEY ix_flow_file_party_created (party_id, created_at, id),
	KEY ix_flow_file_period (book_period, party_id, kind, status),
	CONSTRAINT fk_flow_file_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_flow_file_book_period FOREIGN KEY (book_period) REFERENCES period (period),
	CONSTRAINT fk_flow_file_superseded_by FOREIGN KEY (superseded_by) REFERENCES flow_file (id),
	CONSTRAINT ck_flow_file_date_to CHECK (date_to >= date_from),
	CONSTRAINT ck_flow_file_rows_done CHECK (rows_done >= 0 AND rows_bad <= rows_total)
) COMMENT 'a report as it came; kept for ever';

CREATE TABLE IF NOT EXISTS flow_blob (
	file_id BIGINT NOT NULL,
	seq INT NOT NULL COMMENT 'from 0',
	content MEDIUMBLOB NOT NULL COMMENT 'at most 1 MiB',
	PRIMARY KEY (file_id, seq),
	CONSTRAINT fk_flow_blob_file_id FOREIGN KEY (file_id) REFERENCES flow_file (id)
) COMMENT 'bytes of a file, in pieces, so that nobody needs to hold it whole';

CREATE TABLE IF NOT EXISTS flow_head (
	file_id BIGINT NOT NULL,
	row_no INT NOT NULL COMMENT 'line of the file',
	cells TEXT NOT NULL COMMENT 'JSON array: the row as received',
	PRIMARY KEY (file_id, row_no),
	CONSTRAINT fk_flow_head_file_id FOREIGN KEY (file_id) REFERENCES flow_file (id)
) COMMENT 'the first 30 rows, to map columns by and to show';

CREATE TABLE IF NOT EXISTS flow_reject (
	file_id BIGINT NOT NULL,
	row_no INT NOT NULL COMMENT 'line of the file',
	severity ENUM('error','warning') NOT NULL,
	issues VARCHAR(400) NOT NULL COMMENT 'code:field blank code:field ..., words error.<code>',
	cells TEXT NOT NULL COMMENT 'JSON array: the row as received',
	PRIMARY KEY (file_id, row_no),
	KEY ix_flow_reject_severity (file_id, severity, row_no),
	CONSTRAINT fk_flow_reject_file_id FOREIGN KEY (file_id) REFERENCES flow_file (id)
) COMMENT 'rows with errors or warnings: preview and error file';

CREATE TABLE IF NOT EXISTS flow_name (
	id BIGINT NOT NULL AUTO_INCREMENT,
	sender_id BIGINT NOT NULL,
	what ENUM('party','product') NOT NULL,
	name_key BINARY(16) NOT NULL COMMENT 'first half of SHA-256 over the raw texts below, so that one row stands for each spelling',
	name VARCHAR(200) NOT NULL COMMENT 'as received',
	code VARCHAR(60) NOT NULL DEFAULT '' COMMENT 'the sender''s own code, as received',
	extra VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'product: spec; party: address or USCC, as received',
	unit VARCHAR(20) NOT NULL DEFAULT '' COMMENT 'product: as received',
	maker VARCHAR(120) NOT NULL DEFAULT '',
	norm VARCHAR(200) NOT NULL COMMENT 'normalised, see cgi/lib/norm.h',
	state ENUM('matched','queued','foreign') NOT NULL DEFAULT 'queued' COMMENT 'foreign: not ours (another maker''s product), left out of all figures',
	target_id BIGINT NULL COMMENT 'party or product',
	factor DECIMAL(12,6) NOT NULL DEFAULT 1 COMMENT 'product: sales units in one unit as received',
	method ENUM('code','alias','global','identifier','name','similar','manual','none') NOT NULL DEFAULT 'none' COMMENT 'DOMAIN 2.5',
	score DECIMAL(5,4) NULL COMMENT '0 to 1',
	row_count INT NOT NULL DEFAULT 0 COMMENT 'rows that bear it in files that are seen',
	qty DECIMAL(20,4) NOT NULL DEFAULT 0 COMMENT 'units as received, of those rows',
	first_seen DATE NOT NULL,
	last_seen DATE NOT NULL,
	decided_by BIGINT NULL COMMENT 'NULL: by rule',
	decided_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	PRIMARY KEY (id),
	UNIQUE KEY uq_flow_name_key (sender_id, what, name_key),
	KEY ix_flow_name_queue (state, what, qty, id),
	KEY ix_flow_name_target (what, target_id, id),
	KEY ix_flow_name_norm (what, norm),
	CONSTRAINT fk_flow_name_sender_id FOREIGN KEY (sender_id) REFERENCES party (id),
	CONSTRAINT ck_flow_name_target_id CHECK ((state = 'matched') = (target_id IS NOT NULL)),
	CONSTRAINT ck_flow_name_factor CHECK (factor > 0)
) COMMENT 'every spelling of a sender, and what it means: his aliases';

CREATE TABLE IF NOT EXISTS flow_candidate (
	name_id BIGINT NOT NULL,
	target_id BIGINT NOT NULL,
	score DECIMAL(5,4) NOT NULL,
	veto VARCHAR(30) NULL COMMENT 'why it is not taken by itself: ordinal, kind, county, branch, campus',
	PRIMARY KEY (name_id, target_id),
	CONSTRAINT fk_flow_candidate_name_id FOREIGN KEY (name_id) REFERENCES flow_name (id)
) COMMENT 'what a queued name may be';

CREATE TABLE IF NOT EXISTS name_alias (
	id BIGINT NOT NULL AUTO_INCREMENT,
	what ENUM('party','product') NOT NULL,
	norm VARCHAR(200) NOT NULL COMMENT 'normalised; product: name and spec',
	target_id BIGINT NOT NULL,
	factor DECIMAL(12,6) NOT NULL DEFAULT 1,
	valid_from DATE NOT NULL,
	valid_to DATE NULL COMMENT 'last valid day; a wrong alias is ended, not edited',
	source ENUM('taught','old_name','import') NOT NULL DEFAULT 'taught',
	created_by BIGINT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	live_key VARCHAR(200) AS (IF(valid_to IS NULL, norm, NULL)) PERSISTENT,
	PRIMARY KEY (id),
	UNIQUE KEY uq_name_alias_norm (what, live_key),
	KEY ix_name_alias_target (what, target_id)
) COMMENT 'aliases for all senders; a sender''s own are in flow_name';

CREATE TABLE IF NOT EXISTS unit_conversion (
	id BIGINT NOT NULL AUTO_INCREMENT,
	product_id BIGINT NULL COMMENT 'NULL: all products',
	party_id BIGINT NULL COMMENT 'NULL: all senders',
	unit VARCHAR(20) NOT NULL COMMENT 'as received: 件 箱 盒',
	factor DECIMAL(12,6) NULL COMMENT 'sales units; NULL: the case quantity of the product',
	scope_key VARCHAR(60) AS (CONCAT_WS(':', COALESCE(product_id, 0), COALESCE(party_id, 0), unit)) PERSISTENT,
	version INT NOT NULL DEFAULT 1,
	PRIMARY KEY (id),
	UNIQUE KEY uq_unit_conversion_unit (scope_key),
	CONSTRAINT fk_unit_conversion_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT fk_unit_conversion_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT ck_unit_conversion_factor CHECK (factor IS NULL OR factor > 0)
) COMMENT 'the narrower wins: product and sender, product, sender, unit alone';

-- No foreign keys on what is partitioned: the importer writes ids it has read, and
-- flow_verify() looks for the rest. sql/migrate adds the months to come.
CREATE TABLE IF NOT EXISTS flow_row (
	id BIGINT NOT NULL COMMENT 'file id x 10,000,000 + row_no',
	book_period INT NOT NULL COMMENT 'yyyymm it counts in',
	file_id BIGINT NOT NULL,
	row_no INT NOT NULL COMMENT 'line of the file',
	kind ENUM('purchase','sale') NOT NULL,
	sender_id BIGINT NOT NULL COMMENT 'sale: the seller; purchase: the buyer',
	biz_date DATE NOT NULL COMMENT 'when it happened',
	party_name_id BIGINT NOT NULL COMMENT 'flow_name: the counterparty as received',
	product_name_id BIGINT NOT NULL COMMENT 'flow_name: the product as received',
	party_id BIGINT NULL COMMENT 'counterparty, once known',
	product_id BIGINT NULL,
	lot_no VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'as received',
	lot_id BIGINT NULL COMMENT 'ours, when known',
	raw_qty DECIMAL(18,4) NOT NULL COMMENT 'as received',
	qty DECIMAL(18,4) NOT NULL COMMENT 'sales units: raw_qty x factor; sale + out, - return; purchase + in, - return',
	price DECIMAL(18,4) NULL COMMENT 'yuan per sales unit',
	amount DECIMAL(18,2) NULL COMMENT 'yuan',
	doc_no VARCHAR(40) NOT NULL DEFAULT '',
	flow_level TINYINT NOT NULL COMMENT '1 sales of who bought from us, 2 of who bought from level 1, ... (DOMAIN 2.1)',
	is_pure_sale TINYINT NOT NULL DEFAULT 0 COMMENT '1: the buyer is a terminal',
	flow_class TINYINT NOT NULL DEFAULT 1 COMMENT '1 normal 2 appeal 3 diversion 4 group purchase 5 supplement 6 out-of-hospital pharmacy',
	rep_id BIGINT NULL COMMENT 'responsible on biz_date; NULL: the pool',
	org_unit_id BIGINT NULL,
	warnings INT NOT NULL DEFAULT 0 COMMENT 'bit n-1 set: check Vn of DOMAIN 2.3',
	corrects_id BIGINT NULL COMMENT 'flow_row this one corrects',
	PRIMARY KEY (book_period, id),
	KEY ix_flow_row_sender (sender_id, biz_date, id),
	KEY ix_flow_row_party (party_id, product_id, biz_date, id),
	KEY ix_flow_row_lot (product_id, lot_no, id),
	KEY ix_flow_row_party_name (party_name_id),
	KEY ix_flow_row_product_name (product_name_id)
) COMMENT 'purchases and sales reported by distributors'
PARTITION BY RANGE (book_period) (
	PARTITION p2024 VALUES LESS THAN (202501),
	PARTITION p202501 VALUES LESS THAN (202502), PARTITION p202502 VALUES LESS THAN (202503), PARTITION p202503 VALUES LESS THAN (202504),
	PARTITION p202504 VALUES LESS THAN (202505), PARTITION p202505 VALUES LESS THAN (202506), PARTITION p202506 VALUES LESS THAN (202507),
	PARTITION p202507 VALUES LESS THAN (202508), PARTITION p202508 VALUES LESS THAN (202509), PARTITION p202509 VALUES LESS THAN (202510),
	PARTITION p202510 VALUES LESS THAN (202511), PARTITION p202511 VALUES LESS THAN (202512), PARTITION p202512 VALUES LESS THAN (202601),
	PARTITION p202601 VALUES LESS THAN (202602), PARTITION p202602 VALUES LESS THAN (202603), PARTITION p202603 VALUES LESS THAN (202604),
	PARTITION p202604 VALUES LESS THAN (202605), PARTITION p202605 VALUES LESS THAN (202606), PARTITION p202606 VALUES LESS THAN (202607),
	PARTITION p202607 VALUES LESS THAN (202608), PARTITION p202608 VALUES LESS THAN (202609), PARTITION p202609 VALUES LESS THAN (202610),
	PARTITION p202610 VALUES LESS THAN (202611), PARTITION p202611 VALUES LESS THAN (202612), PARTITION p202612 VALUES LESS THAN (202701),
	PARTITION p202701 VALUES LESS THAN (202702), PARTITION p202702 VALUES LESS THAN (202703), PARTITION p202703 VALUES LESS THAN (202704),
	PARTITION p202704 VALUES LESS THAN (202705), PARTITION p202705 VALUES LESS THAN (202706), PARTITION p202706 VALUES LESS THAN (202707),
	PARTITION p202707 VALUES LESS THAN (202708), PARTITION p202708 VALUES LESS THAN (202709), PARTITION p202709 VALUES LESS THAN (202710),
	PARTITION p202710 VALUES LESS THAN (202711), PARTITION p202711 VALUES LESS THAN (202712), PARTITION p202712 VALUES LESS THAN (202801)
);

CREATE TABLE IF NOT EXISTS stock_report (
	id BIGINT NOT NULL COMMENT 'file id x 10,000,000 + row_no',
	book_period INT NOT NULL,
	file_id BIGINT NOT NULL,
	row_no INT NOT NULL,
	sender_id BIGINT NOT NULL,
	stock_date DATE NOT NULL,
	product_name_id BIGINT NOT NULL,
	product_id BIGINT NULL,
	lot_no VARCHAR(40) NOT NULL DEFAULT '',
	lot_id BIGINT NULL,
	expires_on DATE NULL,
	raw_qty DECIMAL(18,4) NOT NULL,
	qty DECIMAL(18,4) NOT NULL COMMENT 'sales units on hand',
	warnings INT NOT NULL DEFAULT 0,
	PRIMARY KEY (book_period, id),
	KEY ix_stock_report_sender (sender_id, stock_date, product_id),
	KEY ix_stock_report_lot (product_id, lot_no, id),
	KEY ix_stock_report_product_name (product_name_id),
	CONSTRAINT ck_stock_report_qty CHECK (qty >= 0)
) COMMENT 'stock of distributors as they counted it; channel_stock holds the latest'
PARTITION BY RANGE (book_period) (
	PARTITION p2024 VALUES LESS THAN (202501),
	PARTITION p202501 VALUES LESS THAN (202502), PARTITION p202502 VALUES LESS THAN (202503), PARTITION p202503 VALUES LESS THAN (202504),
	PARTITION p202504 VALUES LESS THAN (202505), PARTITION p202505 VALUES LESS THAN (202506), PARTITION p202506 VALUES LESS THAN (202507),
	PARTITION p202507 VALUES LESS THAN (202508), PARTITION p202508 VALUES LESS THAN (202509), PARTITION p202509 VALUES LESS THAN (202510),
	PARTITION p202510 VALUES LESS THAN (202511), PARTITION p202511 VALUES LESS THAN (202512), PARTITION p202512 VALUES LESS THAN (202601),
	PARTITION p202601 VALUES LESS THAN (202602), PARTITION p202602 VALUES LESS THAN (202603), PARTITION p202603 VALUES LESS THAN (202604),
	PARTITION p202604 VALUES LESS THAN (202605), PARTITION p202605 VALUES LESS THAN (202606), PARTITION p202606 VALUES LESS THAN (202607),
	PARTITION p202607 VALUES LESS THAN (202608), PARTITION p202608 VALUES LESS THAN (202609), PARTITION p202609 VALUES LESS THAN (202610),
	PARTITION p202610 VALUES LESS THAN (202611), PARTITION p202611 VALUES LESS THAN (202612), PARTITION p202612 VALUES LESS THAN (202701),
	PARTITION p202701 VALUES LESS THAN (202702), PARTITION p202702 VALUES LESS THAN (202703), PARTITION p202703 VALUES LESS THAN (202704),
	PARTITION p202704 VALUES LESS THAN (202705), PARTITION p202705 VALUES LESS THAN (202706), PARTITION p202706 VALUES LESS THAN (202707),
	PARTITION p202707 VALUES LESS THAN (202708), PARTITION p202708 VALUES LESS THAN (202709), PARTITION p202709 VALUES LESS THAN (202710),
	PARTITION p202710 VALUES LESS THAN (202711), PARTITION p202711 VALUES LESS THAN (202712), PARTITION p202712 VALUES LESS THAN (202801)
);

CREATE TABLE IF NOT EXISTS flow_month (
	book_period INT NOT NULL,
	kind ENUM('purchase','sale') NOT NULL,
	sender_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL DEFAULT 0 COMMENT '0: not matched',
	party_id BIGINT NOT NULL DEFAULT 0 COMMENT 'counterparty; 0: not matched',
	rep_id BIGINT NOT NULL DEFAULT 0 COMMENT '0: the pool',
	flow_level TINYINT NOT NULL,
	is_pure_sale TINYINT NOT NULL,
	flow_class TINYINT NOT NULL,
	org_unit_id BIGINT NULL,
	qty DECIMAL(20,4) NOT NULL COMMENT 'sales units',
	amount DECIMAL(20,2) NOT NULL COMMENT 'yuan; rows without a price count 0',
	row_count INT NOT NULL,
	PRIMARY KEY (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level, is_pure_sale, flow_class),
	KEY ix_flow_month_party (party_id, product_id),
	KEY ix_flow_month_product (product_id, kind, is_pure_sale),
	KEY ix_flow_month_rep (rep_id, product_id)
) COMMENT 'roll-up of flow_row, kept with every change of a file; sums are equal (flow_verify)'
PARTITION BY RANGE (book_period) (
	PARTITION p2024 VALUES LESS THAN (202501),
	PARTITION p202501 VALUES LESS THAN (202502), PARTITION p202502 VALUES LESS THAN (202503), PARTITION p202503 VALUES LESS THAN (202504),
	PARTITION p202504 VALUES LESS THAN (202505), PARTITION p202505 VALUES LESS THAN (202506), PARTITION p202506 VALUES LESS THAN (202507),
	PARTITION p202507 VALUES LESS THAN (202508), PARTITION p202508 VALUES LESS THAN (202509), PARTITION p202509 VALUES LESS THAN (202510),
	PARTITION p202510 VALUES LESS THAN (202511), PARTITION p202511 VALUES LESS THAN (202512), PARTITION p202512 VALUES LESS THAN (202601),
	PARTITION p202601 VALUES LESS THAN (202602), PARTITION p202602 VALUES LESS THAN (202603), PARTITION p202603 VALUES LESS THAN (202604),
	PARTITION p202604 VALUES LESS THAN (202605), PARTITION p202605 VALUES LESS THAN (202606), PARTITION p202606 VALUES LESS THAN (202607),
	PARTITION p202607 VALUES LESS THAN (202608), PARTITION p202608 VALUES LESS THAN (202609), PARTITION p202609 VALUES LESS THAN (202610),
	PARTITION p202610 VALUES LESS THAN (202611), PARTITION p202611 VALUES LESS THAN (202612), PARTITION p202612 VALUES LESS THAN (202701),
	PARTITION p202701 VALUES LESS THAN (202702), PARTITION p202702 VALUES LESS THAN (202703), PARTITION p202703 VALUES LESS THAN (202704),
	PARTITION p202704 VALUES LESS THAN (202705), PARTITION p202705 VALUES LESS THAN (202706), PARTITION p202706 VALUES LESS THAN (202707),
	PARTITION p202707 VALUES LESS THAN (202708), PARTITION p202708 VALUES LESS THAN (202709), PARTITION p202709 VALUES LESS THAN (202710),
	PARTITION p202710 VALUES LESS THAN (202711), PARTITION p202711 VALUES LESS THAN (202712), PARTITION p202712 VALUES LESS THAN (202801)
);

CREATE TABLE IF NOT EXISTS flow_balance (
	period INT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'distributor',
	product_id BIGINT NOT NULL,
	lot_no VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'empty: not told',
	opening DECIMAL(18,4) NOT NULL COMMENT 'sales units; reported closing of the month before, or an approved opening',
	purchased DECIMAL(18,4) NOT NULL DEFAULT 0,
	transferred DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'in less out, between distributors',
	sold DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'to terminals and others',
	returned DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'to the supplier, less returns from customers',
	adjusted DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'gain less loss, approved',
	theory DECIMAL(18,4) AS (opening + purchased + transferred - sold - returned + adjusted) PERSISTENT,
	reported DECIMAL(18,4) NULL COMMENT 'closing as reported; NULL: no stock report',
	difference DECIMAL(18,4) AS (reported - (opening + purchased + transferred - sold - returned + adjusted)) PERSISTENT,
	in_transit DECIMAL(18,4) NOT NULL DEFAULT 0 COMMENT 'shipped by us, not yet in its purchases',
	cause ENUM('none','lot','unit','sign','cut_off','in_transit','mapping','gap','superseded','unexplained') NOT NULL DEFAULT 'none'
		COMMENT 'probable cause of a difference (DOMAIN 2.4), proposed, never applied',
	cause_row_id BIGINT NULL COMMENT 'flow_row that shows it',
	state ENUM('ok','open','explained','accepted') NOT NULL DEFAULT 'ok',
	note VARCHAR(200) NULL,
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	PRIMARY KEY (period, party_id, product_id, lot_no),
	KEY ix_flow_balance_open (period, state, party_id),
	KEY ix_flow_balance_party (party_id, product_id, period),
	CONSTRAINT fk_flow_balance_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_flow_balance_product_id FOREIGN KEY (product_id) REFERENCES product (id)
) COMMENT 'opening + purchased + transferred - sold - returned = closing';

CREATE TABLE IF NOT EXISTS territory (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL COMMENT 'distributor or agent with the right',
	product_id BIGINT NULL COMMENT 'one product ...',
	product_group_id BIGINT NULL COMMENT '... or a whole group; both NULL: everything it buys',
	region_code VARCHAR(12) NULL COMMENT 'province, city or county; its parts are included',
	terminal_id BIGINT NULL COMMENT '... or one terminal',
	valid_from DATE NOT NULL,
	valid_to DATE NULL COMMENT 'last valid day, inclusive',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	KEY ix_territory_party (party_id, product_id),
	CONSTRAINT fk_territory_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_territory_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT fk_territory_product_group_id FOREIGN KEY (product_group_id) REFERENCES product_group (id),
	CONSTRAINT fk_territory_region_code FOREIGN KEY (region_code) REFERENCES region (code),
	CONSTRAINT fk_territory_terminal_id FOREIGN KEY (terminal_id) REFERENCES party (id),
	CONSTRAINT ck_territory_region_code CHECK ((region_code IS NULL) <> (terminal_id IS NULL)),
	CONSTRAINT ck_territory_product_id CHECK (product_id IS NULL OR product_group_id IS NULL),
	CONSTRAINT ck_territory_valid_to CHECK (valid_to IS NULL OR valid_to >= valid_from)
) COMMENT 'contracted area (DOMAIN authorization): a sale outside it is looked at';

CREATE TABLE IF NOT EXISTS terminal_assignment (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL COMMENT 'terminal',
	product_group_id BIGINT NULL COMMENT 'NULL: all groups',
	group_key BIGINT AS (COALESCE(product_group_id, 0)) PERSISTENT COMMENT 'for the unique key',
	user_id BIGINT NOT NULL COMMENT 'rep',
	share DECIMAL(5,4) NOT NULL DEFAULT 1 COMMENT 'shares of a day sum to 1',
	valid_from DATE NOT NULL,
	valid_to DATE NULL COMMENT 'last day, inclusive',
	created_by BIGINT NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_terminal_assignment_valid_from (party_id, group_key, user_id, valid_from),
	KEY ix_terminal_assignment_user (user_id, party_id),
	CONSTRAINT fk_terminal_assignment_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_terminal_assignment_product_group_id FOREIGN KEY (product_group_id) REFERENCES product_group (id),
	CONSTRAINT fk_terminal_assignment_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
	CONSTRAINT ck_terminal_assignment_share CHECK (share > 0 AND share <= 1),
	CONSTRAINT ck_terminal_assignment_valid_to CHECK (valid_to IS NULL OR valid_to >= valid_from)
) COMMENT 'dated responsibility 分管关系: history survives transfers';
