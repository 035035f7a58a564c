-- 0007: company stock by warehouse and lot. Movements are append-only; the
-- balance is kept in the same transaction and cannot go below zero (DOMAIN 10,
-- invariant 2).

CREATE TABLE IF NOT EXISTS stock_balance (
	warehouse_id BIGINT NOT NULL,
	lot_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL COMMENT 'of the lot',
	qty INT NOT NULL DEFAULT 0 COMMENT 'on hand, sales units',
	reserved INT NOT NULL DEFAULT 0 COMMENT 'held for orders, sales units',
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (warehouse_id, lot_id),
	KEY ix_stock_balance_product (product_id, warehouse_id, lot_id),
	KEY ix_stock_balance_lot (lot_id),
	CONSTRAINT fk_stock_balance_warehouse_id FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
	CONSTRAINT fk_stock_balance_lot_id FOREIGN KEY (lot_id) REFERENCES lot (id),
	CONSTRAINT fk_stock_balance_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_stock_balance_qty CHECK (qty >= 0),
	CONSTRAINT ck_stock_balance_reserved CHECK (reserved >= 0 AND reserved <= qty)
);

CREATE TABLE IF NOT EXISTS stock_movement (
	id BIGINT NOT NULL AUTO_INCREMENT,
	warehouse_id BIGINT NOT NULL,
	lot_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	qty INT NOT NULL COMMENT 'sales units, + in, - out',
	kind ENUM('receive','ship','adjust','transfer','return','destroy','opening') NOT NULL,
	doc_kind VARCHAR(20) NOT NULL COMMENT 'table of the document: stock_receipt, shipment, stock_adjustment, arrival',
	doc_id BIGINT NOT NULL,
	biz_date DATE NOT NULL,
	note VARCHAR(200) NULL,
	created_by BIGINT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	KEY ix_stock_movement_lot (lot_id, warehouse_id, id),
	KEY ix_stock_movement_product (product_id, biz_date, id),
	KEY ix_stock_movement_date (biz_date, id),
	KEY ix_stock_movement_doc (doc_kind, doc_id),
	CONSTRAINT fk_stock_movement_warehouse_id FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
	CONSTRAINT fk_stock_movement_lot_id FOREIGN KEY (lot_id) REFERENCES lot (id),
	CONSTRAINT ck_stock_movement_qty CHECK (qty <> 0)
) COMMENT 'append-only';

CREATE TABLE IF NOT EXISTS stock_receipt (
	id BIGINT NOT NULL AUTO_INCREMENT,
	receipt_no VARCHAR(32) NOT NULL,
	warehouse_id BIGINT NOT NULL,
	supplier_id BIGINT NULL COMMENT 'party the goods came from',
	received_on DATE NOT NULL,
	note VARCHAR(200) NULL,
	created_by BIGINT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_stock_receipt_receipt_no (receipt_no),
	KEY ix_stock_receipt_received (received_on, id),
	CONSTRAINT fk_stock_receipt_warehouse_id FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
	CONSTRAINT fk_stock_receipt_supplier_id FOREIGN KEY (supplier_id) REFERENCES party (id)
) COMMENT 'goods taken into a warehouse; lines are its movements';

CREATE TABLE IF NOT EXISTS stock_adjustment (
	id BIGINT NOT NULL AUTO_INCREMENT,
	adjustment_no VARCHAR(32) NOT NULL,
	warehouse_id BIGINT NOT NULL,
	lot_id BIGINT NOT NULL,
	qty INT NOT NULL COMMENT 'sales units, + found, - lost',
	reason ENUM('count','damage','expired','sample','transfer','other') NOT NULL,
	to_warehouse_id BIGINT NULL COMMENT 'transfer: where it goes',
	note VARCHAR(200) NULL,
	status ENUM('waiting','approved','rejected') NOT NULL DEFAULT 'waiting',
	made_by BIGINT NOT NULL,
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	comment VARCHAR(200) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_stock_adjustment_adjustment_no (adjustment_no),
	KEY ix_stock_adjustment_status (status, id),
	CONSTRAINT fk_stock_adjustment_warehouse_id FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
	CONSTRAINT fk_stock_adjustment_to_warehouse_id FOREIGN KEY (to_warehouse_id) REFERENCES warehouse (id),
	CONSTRAINT fk_stock_adjustment_lot_id FOREIGN KEY (lot_id) REFERENCES lot (id),
	CONSTRAINT ck_stock_adjustment_qty CHECK (qty <> 0),
	CONSTRAINT ck_stock_adjustment_to_warehouse_id CHECK ((reason = 'transfer') = (to_warehouse_id IS NOT NULL)
		AND (to_warehouse_id IS NULL OR (to_warehouse_id <> warehouse_id AND qty > 0))),
	CONSTRAINT ck_stock_adjustment_decided_by CHECK (decided_by IS NULL OR decided_by <> made_by)
) COMMENT 'asked by one, approved by another; only then the stock moves';

CREATE TABLE IF NOT EXISTS reservation (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	order_line_id BIGINT NOT NULL,
	warehouse_id BIGINT NOT NULL,
	lot_id BIGINT NOT NULL,
	qty INT NOT NULL COMMENT 'sales units still held; 0 when shipped or released',
	shipment_id BIGINT NULL COMMENT 'on this pick list',
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	KEY ix_reservation_order (order_id, id),
	KEY ix_reservation_line (order_line_id),
	KEY ix_reservation_lot (lot_id, warehouse_id),
	KEY ix_reservation_shipment (shipment_id),
	CONSTRAINT fk_reservation_order_line_id FOREIGN KEY (party_id, order_line_id) REFERENCES sales_order_line (party_id, id),
	CONSTRAINT fk_reservation_lot_id FOREIGN KEY (warehouse_id, lot_id) REFERENCES stock_balance (warehouse_id, lot_id),
	CONSTRAINT ck_reservation_qty CHECK (qty >= 0)
) COMMENT 'stock held by lot for an order line';

CREATE TABLE IF NOT EXISTS channel_stock (
	party_id BIGINT NOT NULL COMMENT 'branch, hospital or distributor that holds it',
	product_id BIGINT NOT NULL,
	lot_no VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'empty: not told',
	expires_on DATE NULL,
	qty DECIMAL(18,4) NOT NULL COMMENT 'sales units on hand',
	stock_date DATE NOT NULL COMMENT 'counted on',
	source ENUM('count','delivery','feed') NOT NULL DEFAULT 'count',
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (party_id, product_id, lot_no),
	KEY ix_channel_stock_product (product_id, party_id),
	CONSTRAINT fk_channel_stock_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_channel_stock_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_channel_stock_qty CHECK (qty >= 0)
) COMMENT 'latest reported stock of a branch: what a chain sees of itself';
