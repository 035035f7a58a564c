-- 0032: the first page of the office counts what is open and sums the last twelve
-- months: indexes that hold just what these need, so that a million orders are not read.

CREATE INDEX IF NOT EXISTS ix_sales_order_month ON sales_order (order_date, status, amount);
CREATE INDEX IF NOT EXISTS ix_receipt_month ON receipt (received_on, status, amount);
CREATE INDEX IF NOT EXISTS ix_ar_item_overdue ON ar_item (open_amount, due_on, party_id);
