-- 0030: the order list sorts by amount and finds the buyer's own number, also at
-- a million orders.

CREATE INDEX IF NOT EXISTS ix_sales_order_amount ON sales_order (amount, id);
CREATE INDEX IF NOT EXISTS ix_sales_order_po_no ON sales_order (po_no);
