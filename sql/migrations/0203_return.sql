-- 0203: returns 退货 (FEATURES E16, DOMAIN 4.4): goods of a shipment that arrived are asked back by the
-- customer or for him, decided on by another, received by the warehouse and credited by red invoices.
-- What is asked for is held on the shipped line, so that nothing comes back twice.

CREATE TABLE IF NOT EXISTS return_order (
	id BIGINT NOT NULL AUTO_INCREMENT,
	pid BIGINT NOT NULL DEFAULT (CONV(HEX(RANDOM_BYTES(6)), 16, 10)) COMMENT 'random id shown in the portal',
	party_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL COMMENT 'of the shipment',
	shipment_id BIGINT NOT NULL,
	return_no VARCHAR(32) NOT NULL COMMENT 'TH<yyyymmdd>-<customer code>-<nn>',
	origin ENUM('portal','office') NOT NULL,
	status ENUM('waiting','approved','rejected','withdrawn','received','closed') NOT NULL DEFAULT 'waiting'
		COMMENT 'received: goods are here, red invoices still to be issued; closed: nothing is left to do',
	reason ENUM('recall','expiry','damaged','wrong','other') NOT NULL,
	note VARCHAR(400) NULL COMMENT 'from who asked',
	photo_id BIGINT NULL COMMENT 'attachment: evidence',
	made_by BIGINT NOT NULL,
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	comment VARCHAR(400) NULL COMMENT 'of the decision, to the customer',
	received_by BIGINT NULL,
	received_on DATE NULL COMMENT 'business date',
	place ENUM('stock','quarantine') NULL COMMENT 'where good ones went; bad ones go to quarantine',
	receipt_note VARCHAR(200) NULL,
	closed_at DATETIME(6) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_return_order_party (party_id, id),
	UNIQUE KEY uq_return_order_pid (party_id, pid),
	UNIQUE KEY uq_return_order_return_no (return_no),
	KEY ix_return_order_created (created_at, id),
	KEY ix_return_order_party_created (party_id, created_at, pid),
	KEY ix_return_order_status_created (status, created_at, id),
	KEY ix_return_order_order (order_id, status),
	KEY ix_return_order_shipment (shipment_id, id),
	CONSTRAINT fk_return_order_order_id FOREIGN KEY (party_id, order_id) REFERENCES sales_order (party_id, id),
	CONSTRAINT fk_return_order_shipment_id FOREIGN KEY (party_id, shipment_id) REFERENCES shipment (party_id, id),
	CONSTRAINT fk_return_order_photo_id FOREIGN KEY (photo_id) REFERENCES attachment (id),
	CONSTRAINT fk_return_order_made_by FOREIGN KEY (made_by) REFERENCES app_user (id),
	CONSTRAINT ck_return_order_decided_by CHECK (decided_by IS NULL OR decided_by <> made_by)
) COMMENT 'goods that go back to us';

CREATE TABLE IF NOT EXISTS return_line (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL,
	return_id BIGINT NOT NULL,
	shipment_line_id BIGINT NOT NULL,
	order_line_id BIGINT NOT NULL COMMENT 'of the shipped line',
	lot_id BIGINT NOT NULL COMMENT 'of the shipped line',
	product_id BIGINT NOT NULL COMMENT 'of the lot',
	qty INT NOT NULL COMMENT 'sales units asked for',
	approved_qty INT NULL COMMENT 'NULL: not decided',
	good_qty INT NOT NULL DEFAULT 0 COMMENT 'received, fit for sale',
	bad_qty INT NOT NULL DEFAULT 0 COMMENT 'received, to be destroyed',
	PRIMARY KEY (id),
	UNIQUE KEY uq_return_line_shipment_line_id (return_id, shipment_line_id),
	KEY ix_return_line_shipment_line (party_id, shipment_line_id),
	KEY ix_return_line_order_line (order_line_id),
	KEY ix_return_line_lot (lot_id, party_id),
	CONSTRAINT fk_return_line_return_id FOREIGN KEY (party_id, return_id) REFERENCES return_order (party_id, id),
	CONSTRAINT fk_return_line_shipment_line_id FOREIGN KEY (party_id, shipment_line_id) REFERENCES shipment_line (party_id, id),
	CONSTRAINT fk_return_line_order_line_id FOREIGN KEY (party_id, order_line_id) REFERENCES sales_order_line (party_id, id),
	CONSTRAINT fk_return_line_lot_id FOREIGN KEY (lot_id) REFERENCES lot (id),
	CONSTRAINT ck_return_line_qty CHECK (qty >= 1),
	CONSTRAINT ck_return_line_approved_qty CHECK (approved_qty IS NULL OR approved_qty BETWEEN 0 AND qty),
	CONSTRAINT ck_return_line_good_qty CHECK (good_qty >= 0 AND bad_qty >= 0
		AND good_qty + bad_qty <= COALESCE(approved_qty, 0))
);

ALTER TABLE shipment_line ADD COLUMN IF NOT EXISTS return_qty INT NOT NULL DEFAULT 0
	COMMENT 'of the accepted: asked back and not refused, or back already' AFTER damaged_qty;
ALTER TABLE shipment_line DROP CONSTRAINT IF EXISTS ck_shipment_line_return_qty;
ALTER TABLE shipment_line ADD CONSTRAINT ck_shipment_line_return_qty
	CHECK (return_qty BETWEEN 0 AND received_qty);

ALTER TABLE sales_order_line ADD COLUMN IF NOT EXISTS returned_qty INT NOT NULL DEFAULT 0
	COMMENT 'of the delivered: came back to us' AFTER refused_qty;
ALTER TABLE sales_order_line DROP CONSTRAINT IF EXISTS ck_sales_order_line_returned_qty;
ALTER TABLE sales_order_line ADD CONSTRAINT ck_sales_order_line_returned_qty
	CHECK (returned_qty BETWEEN 0 AND delivered_qty);

-- What was refused on arrival or came back is not invoiced.
ALTER TABLE sales_order ADD COLUMN IF NOT EXISTS qty_back INT NOT NULL DEFAULT 0
	COMMENT 'refused on arrival or returned: not to be invoiced' AFTER qty_delivered;
UPDATE sales_order o
  JOIN (SELECT order_id, SUM(refused_qty) AS qty FROM sales_order_line WHERE refused_qty > 0
	 GROUP BY order_id) q ON q.order_id = o.id
   SET o.qty_back = q.qty, o.updated_at = o.updated_at
 WHERE o.qty_back <> q.qty;
ALTER TABLE sales_order MODIFY COLUMN to_invoice TINYINT AS
	(status IN ('partly_shipped', 'shipped', 'delivered') AND qty_invoiced < qty_shipped - qty_back) PERSISTENT
	COMMENT '1: goods are shipped and not yet invoiced';

ALTER TABLE invoice ADD COLUMN IF NOT EXISTS return_id BIGINT NULL
	COMMENT 'red: the return it credits' AFTER red_of_id;
CREATE INDEX IF NOT EXISTS ix_invoice_return ON invoice (return_id);
ALTER TABLE invoice DROP CONSTRAINT IF EXISTS fk_invoice_return_id;
ALTER TABLE invoice ADD CONSTRAINT fk_invoice_return_id FOREIGN KEY (party_id, return_id)
	REFERENCES return_order (party_id, id);

ALTER TABLE recall_party ADD COLUMN IF NOT EXISTS received DECIMAL(18,4) NOT NULL DEFAULT 0
	COMMENT 'came back to us by returns' AFTER returned;

INSERT INTO workflow_state (entity, state, seq, initial, final) VALUES
	('return', 'waiting', 1, 1, 0), ('return', 'approved', 2, 0, 0), ('return', 'rejected', 3, 0, 1),
	('return', 'withdrawn', 4, 0, 1), ('return', 'received', 5, 0, 0), ('return', 'closed', 6, 0, 1)
	ON DUPLICATE KEY UPDATE seq = VALUES(seq), initial = VALUES(initial), final = VALUES(final);

INSERT INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('return', 'waiting', 'approved', 'approve', 'return.decide'),
	('return', 'waiting', 'rejected', 'reject', 'return.decide'),
	('return', 'waiting', 'withdrawn', 'withdraw', 'return.request'),
	('return', 'approved', 'received', 'receive', 'stock.edit'),
	('return', 'received', 'closed', 'close', NULL)
	ON DUPLICATE KEY UPDATE action = VALUES(action), permission = VALUES(permission);

INSERT INTO permission (name, site, area, guarded) VALUES
	('return.view', 'office,portal', 'return', 0), ('return.request', 'office,portal', 'return', 0),
	('return.decide', 'office', 'return', 0)
	ON DUPLICATE KEY UPDATE site = VALUES(site), area = VALUES(area), guarded = VALUES(guarded);

-- Given once: where a role has one of them already, people have decided.
INSERT IGNORE INTO role_permission (role_id, permission)
SELECT r.id, p.name
  FROM role r
  JOIN permission p ON FIND_IN_SET(p.name, CASE CONCAT(r.site, '.', r.code)
	WHEN 'office.sales_rep' THEN 'return.view,return.request'
	WHEN 'office.sales_manager' THEN 'return.view,return.request,return.decide'
	WHEN 'office.quality' THEN 'return.view,return.decide'
	WHEN 'office.finance' THEN 'return.view'
	WHEN 'office.finance_manager' THEN 'return.view'
	WHEN 'office.logistics' THEN 'return.view'
	WHEN 'office.warehouse_check' THEN 'return.view'
	WHEN 'office.auditor' THEN 'return.view'
	WHEN 'office.admin' THEN 'return.view'
	WHEN 'portal.company_admin' THEN 'return.view,return.request'
	WHEN 'portal.buyer' THEN 'return.view,return.request'
	WHEN 'portal.receiver' THEN 'return.view,return.request'
	WHEN 'portal.accountant' THEN 'return.view'
	ELSE '' END) > 0
 WHERE r.built_in = 1
   AND NOT EXISTS (SELECT 1 FROM role_permission x WHERE x.role_id = r.id AND x.permission LIKE 'return.%');
