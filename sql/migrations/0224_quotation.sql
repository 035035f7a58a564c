-- 0224: quotations 报价 (F081): what a rep offers a customer, at which prices and until when. Below the
-- floor it is approved first, by the rules of orders; sent, the buyers see it and accept it, which makes
-- one draft order whose prices hold until the same day. `expired` is no state of a row: it is sent, and
-- its last day is over (view quotation_page).

CREATE TABLE IF NOT EXISTS quotation (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	party_id BIGINT NOT NULL,
	quote_no VARCHAR(32) NOT NULL COMMENT 'BJ<yyyymmdd>-<customer code>-<nn>',
	status ENUM('draft','waiting','sent','accepted','declined','withdrawn') NOT NULL DEFAULT 'draft'
		COMMENT 'moves along workflow_transition only',
	rep_id BIGINT NULL COMMENT 'who looked after the customer then',
	org_unit_id BIGINT NULL COMMENT 'department of the rep then, for row scope',
	valid_until DATE NOT NULL COMMENT 'last day it may be accepted, and its prices hold',
	pay ENUM('credit','prepaid') NOT NULL DEFAULT 'credit',
	terms VARCHAR(200) NULL COMMENT 'payment and delivery, in words',
	note VARCHAR(400) NULL COMMENT 'to the buyer',
	reply VARCHAR(400) NULL COMMENT 'why it was sent back by the approver, or declined by the buyer',
	line_count INT NOT NULL DEFAULT 0,
	amount DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'yuan with VAT',
	round SMALLINT NOT NULL DEFAULT 0 COMMENT 'times it asked for approval',
	sent_at DATETIME(6) NULL,
	answered_at DATETIME(6) NULL,
	answered_by BIGINT NULL COMMENT 'of the buyers',
	order_id BIGINT NULL COMMENT 'made by accepting it',
	created_by BIGINT NOT NULL,
	sent_by BIGINT NULL COMMENT 'who last asked to send it: may not approve it',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_quotation_party (party_id, id),
	UNIQUE KEY uq_quotation_pid (party_id, pid),
	UNIQUE KEY uq_quotation_quote_no (quote_no),
	KEY ix_quotation_created (created_at, id),
	KEY ix_quotation_party_created (party_id, created_at, pid),
	KEY ix_quotation_status_created (status, created_at, id),
	CONSTRAINT fk_quotation_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT fk_quotation_rep_id FOREIGN KEY (rep_id) REFERENCES app_user (id),
	CONSTRAINT fk_quotation_order_id FOREIGN KEY (party_id, order_id) REFERENCES sales_order (party_id, id),
	CONSTRAINT fk_quotation_created_by FOREIGN KEY (created_by) REFERENCES app_user (id)
) COMMENT 'F081';

CREATE TABLE IF NOT EXISTS quotation_line (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL,
	quote_id BIGINT NOT NULL,
	line_no SMALLINT NOT NULL,
	product_id BIGINT NOT NULL,
	qty INT NOT NULL COMMENT 'sales units; the price holds from this quantity on',
	price DECIMAL(18,4) NOT NULL COMMENT 'yuan per unit with VAT',
	list_price DECIMAL(18,4) NOT NULL COMMENT 'what the list said',
	floor_price DECIMAL(18,4) NULL COMMENT 'floor in force then',
	amount DECIMAL(18,2) NOT NULL COMMENT 'round(qty x price, 2)',
	note VARCHAR(200) NULL,
	PRIMARY KEY (id),
	UNIQUE KEY uq_quotation_line_line_no (quote_id, line_no),
	UNIQUE KEY uq_quotation_line_product_id (quote_id, product_id),
	CONSTRAINT fk_quotation_line_quote_id FOREIGN KEY (party_id, quote_id) REFERENCES quotation (party_id, id),
	CONSTRAINT fk_quotation_line_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_quotation_line_qty CHECK (qty >= 1),
	CONSTRAINT ck_quotation_line_price CHECK (price > 0 AND price <= list_price)
);

ALTER TABLE sales_order ADD COLUMN IF NOT EXISTS quotation_id BIGINT NULL
	COMMENT 'accepted quotation whose prices hold until its last day' AFTER po_no;
ALTER TABLE sales_order DROP CONSTRAINT IF EXISTS fk_sales_order_quotation_id;
ALTER TABLE sales_order ADD CONSTRAINT fk_sales_order_quotation_id
	FOREIGN KEY IF NOT EXISTS (party_id, quotation_id) REFERENCES quotation (party_id, id);

ALTER TABLE approval MODIFY subject ENUM('order','adjustment','quote') NOT NULL;

INSERT IGNORE INTO workflow_state (entity, state, seq, initial, final) VALUES
	('quote', 'draft', 1, 1, 0), ('quote', 'waiting', 2, 0, 0), ('quote', 'sent', 3, 0, 0),
	('quote', 'accepted', 4, 0, 1), ('quote', 'declined', 5, 0, 1), ('quote', 'withdrawn', 6, 0, 1);
INSERT IGNORE INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('quote', 'draft', 'waiting', 'send', 'order.create'), ('quote', 'draft', 'sent', 'send', 'order.create'),
	('quote', 'waiting', 'sent', 'approve', 'order.approve'), ('quote', 'waiting', 'draft', 'return', 'order.approve'),
	('quote', 'sent', 'accepted', 'accept', 'order.create'), ('quote', 'sent', 'declined', 'decline', 'order.create'),
	('quote', 'sent', 'withdrawn', 'withdraw', 'order.create');
