-- What was ordered and what came in, by month and customer (the chart of the home page).

DELIMITER //

-- Whether an order of this state counts as sold.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION order_is_sold(p_status VARCHAR(20)) RETURNS TINYINT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN p_status NOT IN ('draft', 'returned', 'rejected', 'cancelled')//

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_month_add(IN p_day DATE,
	IN p_party BIGINT, IN p_rep BIGINT, IN p_unit BIGINT, IN p_amount DECIMAL(18,2))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO order_month (month, party_id, rep_id, org_unit_id, amount)
	VALUES (p_day - INTERVAL DAY(p_day) - 1 DAY, p_party, COALESCE(p_rep, 0),
		COALESCE(p_unit, 0), p_amount)
	    ON DUPLICATE KEY UPDATE amount = amount + p_amount;
END//

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_month_add(IN p_day DATE,
	IN p_party BIGINT, IN p_amount DECIMAL(18,2))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO receipt_month (month, party_id, amount)
	VALUES (p_day - INTERVAL DAY(p_day) - 1 DAY, COALESCE(p_party, 0), p_amount)
	    ON DUPLICATE KEY UPDATE amount = amount + p_amount;
END//

-- All of it anew, after a load past the triggers.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE months_sum()
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE FROM order_month;
	INSERT INTO order_month (month, party_id, rep_id, org_unit_id, amount)
	SELECT order_date - INTERVAL DAY(order_date) - 1 DAY, party_id, COALESCE(rep_id, 0),
	       COALESCE(org_unit_id, 0), SUM(amount)
	  FROM sales_order
	 WHERE order_is_sold(status)
	 GROUP BY 1, 2, 3, 4;
	DELETE FROM receipt_month;
	INSERT INTO receipt_month (month, party_id, amount)
	SELECT received_on - INTERVAL DAY(received_on) - 1 DAY, COALESCE(party_id, 0), SUM(amount)
	  FROM receipt
	 WHERE status = 'posted'
	 GROUP BY 1, 2;
END//

DELIMITER ;
