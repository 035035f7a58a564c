-- 0056: what is shipped and not yet invoiced is found, oldest first, without reading
-- all that was ever shipped.

ALTER TABLE sales_order ADD COLUMN IF NOT EXISTS to_invoice TINYINT AS
	(status IN ('partly_shipped', 'shipped', 'delivered') AND qty_invoiced < qty_shipped) PERSISTENT
	COMMENT '1: goods are shipped and not yet invoiced' AFTER qty_invoiced;
CREATE INDEX IF NOT EXISTS ix_sales_order_to_invoice ON sales_order (to_invoice, placed_at, id);
