-- 0192: lists of stock by lot, and of what was shipped in a month.

ALTER TABLE channel_stock
	ADD COLUMN IF NOT EXISTS id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'its place in lists',
	ADD UNIQUE KEY IF NOT EXISTS uq_channel_stock_id (id);

ALTER TABLE shipment ADD KEY IF NOT EXISTS ix_shipment_shipped (shipped_on, party_id);
