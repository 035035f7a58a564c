-- 0165: price compensation 差价补偿 as rebates (DOMAIN 3.6): price protection 降价补差 for stock held when
-- a price fell, and chargebacks 中标价差 for sales at a bid price below what the goods were bought at.
-- Prices they are computed with are dated and do not change; every row claimed is kept with its run.

CREATE TABLE IF NOT EXISTS price_change (
	id BIGINT NOT NULL AUTO_INCREMENT,
	product_id BIGINT NOT NULL,
	changed_on DATE NOT NULL COMMENT 'the new price holds from the beginning of this day',
	old_price DECIMAL(18,4) NOT NULL COMMENT 'yuan per sales unit with VAT',
	new_price DECIMAL(18,4) NOT NULL COMMENT 'yuan per sales unit with VAT',
	document_no VARCHAR(60) NOT NULL COMMENT 'notice of the price change',
	status ENUM('draft','active','void') NOT NULL DEFAULT 'draft' COMMENT 'active: does not change any more; void: entered in error',
	note VARCHAR(200) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	live_key BIGINT AS (IF(status = 'void', NULL, product_id)) PERSISTENT COMMENT 'for the unique key',
	PRIMARY KEY (id),
	UNIQUE KEY uq_price_change_changed_on (live_key, changed_on),
	KEY ix_price_change_day (changed_on, id),
	CONSTRAINT fk_price_change_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_price_change_new_price CHECK (new_price > 0 AND new_price < old_price)
) COMMENT 'prices that fell 降价: what distributors held then is made up for';

CREATE TABLE IF NOT EXISTS bid_price (
	id BIGINT NOT NULL AUTO_INCREMENT,
	product_id BIGINT NOT NULL,
	region_code VARCHAR(12) NULL COMMENT 'province, city or county; its parts are included; NULL with no terminal: everywhere',
	terminal_id BIGINT NULL COMMENT 'or one terminal; the narrower wins, then the later',
	price DECIMAL(18,4) NOT NULL COMMENT 'yuan per sales unit with VAT, won or listed 中选价、挂网价',
	valid_from DATE NOT NULL,
	valid_to DATE NULL COMMENT 'last valid day, inclusive',
	document_no VARCHAR(60) NOT NULL COMMENT 'announcement it is from',
	status ENUM('draft','active','void') NOT NULL DEFAULT 'draft' COMMENT 'active: only its end and note change; void: entered in error',
	note VARCHAR(200) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	scope_key VARCHAR(60) AS (IF(status = 'void', NULL, CONCAT_WS(':', product_id, COALESCE(region_code, ''),
		COALESCE(terminal_id, '')))) PERSISTENT COMMENT 'for the unique key',
	PRIMARY KEY (id),
	UNIQUE KEY uq_bid_price_valid_from (scope_key, valid_from),
	KEY ix_bid_price_product (product_id, valid_from),
	KEY ix_bid_price_day (valid_from, id),
	CONSTRAINT fk_bid_price_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT fk_bid_price_region_code FOREIGN KEY (region_code) REFERENCES region (code),
	CONSTRAINT fk_bid_price_terminal_id FOREIGN KEY (terminal_id) REFERENCES party (id),
	CONSTRAINT ck_bid_price_price CHECK (price > 0),
	CONSTRAINT ck_bid_price_region_code CHECK (region_code IS NULL OR terminal_id IS NULL),
	CONSTRAINT ck_bid_price_valid_to CHECK (valid_to IS NULL OR valid_to >= valid_from)
) COMMENT 'prices at which terminals buy (DOMAIN 5.3)';

ALTER TABLE rebate_policy
	MODIFY COLUMN base ENUM('purchase_amount','purchase_qty','sale_amount','sale_qty','stock','bid_sale') NOT NULL
		COMMENT 'purchase: invoices less red ones; sale: matched pure sales of the flows, without diversion; stock: verified, when a price fell; bid_sale: pure sales row by row against the bid price',
	MODIFY COLUMN method ENUM('incremental','all_unit','achieve','growth','protection','chargeback') NOT NULL
		COMMENT 'incremental: each tier for its own part; all_unit: the tier reached for the whole; achieve: tiers are shares of the target; growth: tiers are growth on the same months a year before; protection: stock x (old - new); chargeback: (acquisition - bid x (1 - margin)) x qty',
	MODIFY COLUMN from1 DECIMAL(18,4) NULL COMMENT 'tier begins above this: yuan, sales units; achieve, growth: percent',
	MODIFY COLUMN rate1 DECIMAL(12,4) NULL COMMENT 'percent of the amount, or yuan a sales unit',
	ADD COLUMN IF NOT EXISTS margin DECIMAL(7,4) NULL COMMENT 'chargeback: percent of the bid price the distributor keeps' AFTER target,
	DROP CONSTRAINT IF EXISTS ck_rebate_policy_rate1,
	DROP CONSTRAINT IF EXISTS ck_rebate_policy_from1,
	DROP CONSTRAINT IF EXISTS ck_rebate_policy_method,
	DROP CONSTRAINT IF EXISTS ck_rebate_policy_margin;
ALTER TABLE rebate_policy
	ADD CONSTRAINT ck_rebate_policy_rate1 CHECK (COALESCE(rate1, 0) >= 0 AND COALESCE(rate2, 0) >= 0
		AND COALESCE(rate3, 0) >= 0 AND COALESCE(rate4, 0) >= 0),
	ADD CONSTRAINT ck_rebate_policy_from1 CHECK (IF(method IN ('protection', 'chargeback'),
		from1 IS NULL AND rate1 IS NULL AND from2 IS NULL, from1 IS NOT NULL AND rate1 IS NOT NULL)),
	ADD CONSTRAINT ck_rebate_policy_method CHECK ((method = 'protection') = (base = 'stock')
		AND (method = 'chargeback') = (base = 'bid_sale')),
	ADD CONSTRAINT ck_rebate_policy_margin CHECK ((method = 'chargeback') = (margin IS NOT NULL)
		AND COALESCE(margin, 0) BETWEEN 0 AND 99);

CREATE TABLE IF NOT EXISTS rebate_part (
	id BIGINT NOT NULL AUTO_INCREMENT,
	run_id BIGINT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'who claims',
	row_id BIGINT NULL COMMENT 'chargeback: flow_row, once in a run; its months have one run that counts',
	bid_id BIGINT NULL COMMENT 'chargeback: bid_price',
	change_id BIGINT NULL COMMENT 'protection: price_change',
	product_id BIGINT NOT NULL,
	lot_no VARCHAR(40) NOT NULL,
	biz_date DATE NOT NULL COMMENT 'of the sale; of the price change',
	terminal_id BIGINT NULL,
	doc_no VARCHAR(40) NOT NULL DEFAULT '',
	on_hand DECIMAL(18,4) NULL COMMENT 'protection: verified stock',
	in_transit DECIMAL(18,4) NULL COMMENT 'protection: shipped, not yet bought',
	qty DECIMAL(18,4) NOT NULL COMMENT 'sales units; - a sale taken back',
	old_price DECIMAL(18,4) NOT NULL COMMENT 'protection: before; chargeback: acquisition, the last invoice up to that day',
	new_price DECIMAL(18,4) NOT NULL COMMENT 'protection: after; chargeback: bid',
	gap DECIMAL(18,6) NOT NULL COMMENT 'yuan a sales unit, with VAT, 0 or more',
	amount DECIMAL(18,2) AS (ROUND(qty * gap, 2)) PERSISTENT,
	PRIMARY KEY (id),
	UNIQUE KEY uq_rebate_part_row_id (run_id, row_id),
	UNIQUE KEY uq_rebate_part_change_id (run_id, change_id, party_id, lot_no),
	KEY ix_rebate_part_party (run_id, party_id, id),
	CONSTRAINT fk_rebate_part_run_id FOREIGN KEY (run_id) REFERENCES rebate_run (id),
	CONSTRAINT fk_rebate_part_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT fk_rebate_part_bid_id FOREIGN KEY (bid_id) REFERENCES bid_price (id),
	CONSTRAINT fk_rebate_part_change_id FOREIGN KEY (change_id) REFERENCES price_change (id),
	CONSTRAINT fk_rebate_part_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_rebate_part_gap CHECK (gap >= 0)
) COMMENT 'what a compensation was computed from, as it was then; append-only';
