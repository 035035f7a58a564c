-- 0033: the sum of a year also for one rep or department: whose order it is stands
-- in the index, so that no row is read.

CREATE INDEX IF NOT EXISTS ix_sales_order_year ON sales_order (order_date, status, amount, rep_id, org_unit_id);
DROP INDEX IF EXISTS ix_sales_order_month ON sales_order;
