-- Portal, home: what waits for this company. Money only for those who may see the account.

DELIMITER //

-- One row: open_orders, drafts, in_transit, due_amount (within 7 days), overdue_amount, balance,
-- available (the last four NULL
-- without statement.view), expiring_documents (within 30 days), reports_due (flow reports of months that
-- are over, not sent yet; NULL for a company that reports nothing) and of these reports_late, unread.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_home_figures(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_limit, v_exposure, v_overdue, v_due, v_late, v_balance DECIMAL(18,2);
	DECLARE v_hold, v_money TINYINT;
	DECLARE v_reports, v_reports_late INT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SET v_money = v_branch IS NULL AND EXISTS (SELECT 1 FROM user_role ur
	    JOIN role_permission rp ON rp.role_id = ur.role_id
		WHERE ur.user_id = v_user AND rp.permission = 'statement.view');
	IF v_money THEN
		CALL credit_figures(v_party, 0, v_day, v_limit, v_exposure, v_overdue, v_hold);
		SELECT COALESCE(SUM(IF(due_on BETWEEN v_day AND v_day + INTERVAL 7 DAY, open_amount,
		       0)), 0), COALESCE(SUM(IF(due_on < v_day, open_amount, 0)), 0)
		  INTO v_due, v_late
		  FROM ar_item
		 WHERE party_id = v_party AND open_amount > 0;
		SET v_balance = ledger_balance(v_party, v_day);
	END IF;
	IF v_branch IS NULL THEN
		SELECT SUM(IF(q.is_due, q.n, 0)), SUM(IF(q.is_due AND q.state = 'missing', q.n, 0))
		  INTO v_reports, v_reports_late
		  FROM (SELECT d.party_id, d.state, d.ends_on < v_day AND d.period_status IN ('open', 'review')
			       AND d.state IN ('missing', 'waiting') AS is_due,
			       (d.purchase = 'missing') + (d.sale = 'missing') + (d.stock = 'missing') AS n
			  FROM flow_due d
			 WHERE d.party_id = v_party AND d.source_status = 'active') q
		 GROUP BY q.party_id;
	END IF;
	SELECT (SELECT COUNT(*) FROM portal_order WHERE party_id = v_party AND moves = 1
	   AND (v_branch IS NULL OR branch_id = v_branch)) AS open_orders,
	       (SELECT COUNT(*) FROM sales_order WHERE party_id = v_party AND status = 'draft'
			AND (v_branch IS NULL OR branch_id = v_branch)) AS drafts,
	       (SELECT COUNT(*) FROM shipment s JOIN sales_order o ON o.id = s.order_id
			WHERE s.party_id = v_party AND s.status IN ('shipped', 'in_transit')
			AND (v_branch IS NULL OR o.branch_id = v_branch)) AS in_transit,
	       v_due AS due_amount, v_late AS overdue_amount, v_balance AS balance,
	       v_limit AS credit_limit, v_limit - v_exposure AS available,
	       (SELECT COUNT(*) FROM party_licence WHERE party_id = v_party AND status = 'approved'
			AND expires_on < v_day + INTERVAL 30 DAY) AS expiring_documents,
	       v_reports AS reports_due, v_reports_late AS reports_late,
	       (SELECT COUNT(*) FROM notification WHERE user_id = v_user
			AND read_at IS NULL) AS unread;
END//

-- Answers this company owes and the person may give, one row a kind that is not 0: what, n.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_home_answers(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SELECT q.what, q.n
	  FROM (SELECT 1 AS place, 'returned' AS what, 'order.view' AS permission, COUNT(*) AS n
		  FROM sales_order
		 WHERE party_id = v_party AND status = 'returned'
		   AND (v_branch IS NULL OR branch_id = v_branch)
		 UNION ALL
		SELECT 2, 'recalls', 'recall.reply', COUNT(*)
		  FROM party b
		  JOIN recall_party h ON h.party_id = b.id AND h.status = 'notified'
		  JOIN recall r ON r.id = h.recall_id AND r.status = 'notified'
		 WHERE (b.id = v_party OR b.parent_id = v_party)
		   AND (v_branch IS NULL OR b.id = v_branch)
		 UNION ALL
		SELECT 3, 'statements', 'reconcile.confirm', COUNT(*)
		  FROM reconciliation
		 WHERE party_id = v_party AND status = 'issued' AND v_branch IS NULL
		 UNION ALL
		SELECT 4, 'letters', 'reconcile.confirm', COUNT(*)
		  FROM confirmation_letter
		 WHERE party_id = v_party AND status = 'sent' AND v_branch IS NULL
		 UNION ALL
		SELECT 5, 'cases', 'flow.correct', COUNT(*)
		  FROM flow_case
		 WHERE party_id = v_party AND status = 'notified' AND v_branch IS NULL) q
	 WHERE q.n > 0
	   AND EXISTS (SELECT 1 FROM user_role ur JOIN role_permission rp ON rp.role_id = ur.role_id
		WHERE ur.user_id = v_user AND rp.permission = q.permission)
	 ORDER BY q.place;
END//

-- Orders that move or wait for an answer, newest first: columns of portal_orders_list().
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_home_orders(
	IN p_token VARCHAR(64), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SELECT o.id, o.order_no, o.po_no, o.status, o.placed_at, o.expected_on, o.amount,
	       o.approved_amount, o.paid, o.shipped, o.delivered, o.invoiced
	  FROM portal_order o
	 WHERE o.party_id = v_party AND (v_branch IS NULL OR o.branch_id = v_branch)
	   AND o.status IN ('draft', 'submitted', 'returned', 'approved', 'picking',
			'partly_shipped', 'shipped')
	 ORDER BY o.placed_at DESC, o.id DESC
	 LIMIT p_limit;
END//

-- What is due next: doc_no, due_on, days (late when positive), amount, open_amount, id of the
-- invoice.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_home_due(
	IN p_token VARCHAR(64), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'statement.view', v_user, v_party, v_branch);
	SELECT i.pid AS id, a.doc_no, a.due_on, DATEDIFF(business_day(), a.due_on) AS days,
	       a.amount, a.open_amount
	  FROM ar_item a
	  LEFT JOIN invoice i ON i.id = a.invoice_id
	 WHERE a.party_id = v_party AND a.open_amount > 0 AND v_branch IS NULL
	 ORDER BY a.due_on, a.id
	 LIMIT p_limit;
END//

-- Lots delivered to this company that near their end: product, lot_no, expires_on, days, qty
-- received, shipment.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_home_expiring(
	IN p_token VARCHAR(64), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_warn INT DEFAULT param_int('stock.warn_days', 180);

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SELECT p.code, p.generic_name AS product, p.pack_spec AS pack, l.lot_no, l.expires_on,
	       DATEDIFF(l.expires_on, v_day) AS days, SUM(s.qty) AS qty, p.unit
	  FROM lot l
	  JOIN shipment_line s ON s.lot_id = l.id AND s.party_id = v_party
	  JOIN shipment h ON h.id = s.shipment_id
			AND h.status IN ('shipped', 'in_transit', 'delivered')
	  JOIN sales_order o ON o.id = h.order_id AND (v_branch IS NULL OR o.branch_id = v_branch)
	  JOIN product p ON p.id = l.product_id
	 WHERE l.expires_on BETWEEN v_day AND v_day + INTERVAL v_warn DAY
	 GROUP BY p.code, p.generic_name, p.pack_spec, l.lot_no, l.expires_on, p.unit
	 ORDER BY l.expires_on, p.code
	 LIMIT p_limit;
END//

-- The person's last messages, newest first: columns of portal_messages_list().
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_home_messages(IN p_token VARCHAR(64),
	IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SELECT m.* FROM message m WHERE m.user_id = v_user ORDER BY m.id DESC LIMIT p_limit;
END//

-- What was bought in each of the last 12 months, this one included: month, amount (approved, by the
-- day of the order).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_home_purchases(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_first DATE DEFAULT DATE_FORMAT(business_day(), '%Y-%m-01');

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	WITH RECURSIVE m AS (
		SELECT v_first - INTERVAL 11 MONTH AS first
		 UNION ALL
		SELECT first + INTERVAL 1 MONTH FROM m WHERE first < v_first)
	SELECT DATE_FORMAT(m.first, '%Y-%m') AS month, COALESCE(SUM(o.approved_amount), 0) AS amount
	  FROM m
	  LEFT JOIN sales_order o ON o.party_id = v_party
			AND o.placed_at >= m.first - INTERVAL 8 HOUR
		AND o.placed_at < m.first + INTERVAL 1 MONTH - INTERVAL 8 HOUR
		AND o.status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'cancelled')
			AND (v_branch IS NULL OR o.branch_id = v_branch)
	 GROUP BY m.first
	 ORDER BY m.first;
END//

DELIMITER ;
