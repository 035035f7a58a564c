-- 0013: goods invoiced again after a red invoice: only blue less red is bounded
-- by what was shipped. Visibility and receipts get the indexes their look-ups use.

ALTER TABLE sales_order_line DROP CONSTRAINT IF EXISTS ck_sales_order_line_invoiced_qty;
ALTER TABLE sales_order_line ADD CONSTRAINT ck_sales_order_line_invoiced_qty
	CHECK (invoiced_qty >= 0 AND invoiced_qty - red_qty <= shipped_qty);
CREATE INDEX IF NOT EXISTS ix_product_visibility_party ON product_visibility (party_id);
CREATE INDEX IF NOT EXISTS ix_receipt_party_open ON receipt (party_id, status, open_amount);
