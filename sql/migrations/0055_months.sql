-- 0055: what was ordered and what came in, by month and customer, so that a year is
-- summed without reading its orders. Kept by triggers; a customer's rows are written
-- by who holds the customer's lock already, so nobody waits for them.

CREATE TABLE IF NOT EXISTS order_month (
	month DATE NOT NULL COMMENT 'its first day; of the order date',
	party_id BIGINT NOT NULL,
	rep_id BIGINT NOT NULL COMMENT 'of the orders; 0: nobody',
	org_unit_id BIGINT NOT NULL COMMENT 'of the orders; 0: none',
	amount DECIMAL(18,2) NOT NULL COMMENT 'yuan with VAT of orders sent and neither refused nor cancelled',
	PRIMARY KEY (month, party_id, rep_id, org_unit_id)
) COMMENT 'sums of sales_order, kept by its triggers';

CREATE TABLE IF NOT EXISTS receipt_month (
	month DATE NOT NULL COMMENT 'its first day; of the day the money came',
	party_id BIGINT NOT NULL COMMENT '0: payer not known',
	amount DECIMAL(18,2) NOT NULL COMMENT 'yuan of posted receipts',
	PRIMARY KEY (month, party_id)
) COMMENT 'sums of receipt, kept by its triggers';

DELETE FROM order_month;
INSERT INTO order_month (month, party_id, rep_id, org_unit_id, amount)
SELECT order_date - INTERVAL DAY(order_date) - 1 DAY, party_id, COALESCE(rep_id, 0), COALESCE(org_unit_id, 0), SUM(amount)
  FROM sales_order
 WHERE status NOT IN ('draft', 'returned', 'rejected', 'cancelled')
 GROUP BY 1, 2, 3, 4;

DELETE FROM receipt_month;
INSERT INTO receipt_month (month, party_id, amount)
SELECT received_on - INTERVAL DAY(received_on) - 1 DAY, COALESCE(party_id, 0), SUM(amount)
  FROM receipt
 WHERE status = 'posted'
 GROUP BY 1, 2;

DROP INDEX IF EXISTS ix_sales_order_year ON sales_order;
DROP INDEX IF EXISTS ix_receipt_month ON receipt;
