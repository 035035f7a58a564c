-- 0170: what is on issued invoices is counted beside what is on any: the pages say "invoiced" of the first, in
-- quantity as in money; the second, drafts among them, keeps an invoice from being written twice.

ALTER TABLE sales_order_line ADD COLUMN IF NOT EXISTS issued_qty INT NOT NULL DEFAULT 0
	COMMENT 'on issued invoices, blue less red' AFTER red_qty;
ALTER TABLE sales_order ADD COLUMN IF NOT EXISTS qty_issued INT NOT NULL DEFAULT 0
	COMMENT 'on issued invoices, blue less red' AFTER qty_invoiced;
UPDATE sales_order_line l
  JOIN (SELECT v.order_line_id, SUM(v.qty) AS qty
	  FROM invoice i JOIN invoice_line v ON v.invoice_id = i.id
	 WHERE i.status = 'issued' GROUP BY v.order_line_id) q ON q.order_line_id = l.id
   SET l.issued_qty = q.qty;
UPDATE sales_order o
  JOIN (SELECT order_id, SUM(issued_qty) AS qty FROM sales_order_line GROUP BY order_id) q
    ON q.order_id = o.id AND q.qty <> 0
   SET o.qty_issued = q.qty, o.updated_at = o.updated_at;
ALTER TABLE sales_order_line DROP CONSTRAINT IF EXISTS ck_sales_order_line_issued_qty;
ALTER TABLE sales_order_line ADD CONSTRAINT ck_sales_order_line_issued_qty CHECK (issued_qty BETWEEN 0 AND invoiced_qty);
