-- Statements and ageing, read from the ledger by both sites (X02, DOMAIN 3.4, 3.7).

DELIMITER //

-- Whether the member of staff of this session sees a customer: as IN_SCOPE of cgi/lib/scope.h. Where
-- there is none (jobs), all are seen.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION office_sees(p_rep BIGINT, p_unit BIGINT)
RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
	RETURN CASE COALESCE(@actor_scope, 'all')
		WHEN 'all' THEN 1
		WHEN 'own' THEN p_rep <=> @actor_id
		WHEN 'unit' THEN EXISTS (SELECT 1 FROM org_unit
			WHERE id = p_unit AND path = @actor_path)
		ELSE EXISTS (SELECT 1 FROM org_unit
			WHERE id = p_unit AND path LIKE CONCAT(@actor_path, '%')) END//

-- Three results: (opening, debit, credit, closing, from, to), the lines with running balance, and
-- what
-- is open at the end. Allocations move nothing between the parties and do not appear. For the
-- portal (p_portal 1)
-- ids are counted from 1 and documents named by their portal ids.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE statement_of(IN p_party BIGINT,
	IN p_from DATE, IN p_to DATE, IN p_portal TINYINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_opening, v_debit, v_credit DECIMAL(18,2);

	SELECT COALESCE(SUM(IF(biz_date < p_from, debit - credit, 0)), 0) INTO v_opening
	  FROM voucher_line
	 WHERE party_id = p_party AND account_code IN ('1122', '2203') AND biz_date < p_from;
	SELECT COALESCE(SUM(l.debit), 0), COALESCE(SUM(l.credit), 0) INTO v_debit, v_credit
	  FROM voucher_line l
	  JOIN voucher v ON v.id = l.voucher_id AND v.kind NOT IN ('allocation', 'unallocation')
	 WHERE l.party_id = p_party AND l.account_code IN ('1122', '2203')
	   AND l.biz_date BETWEEN p_from AND p_to;
	SELECT v_opening AS opening, v_debit AS debit, v_credit AS credit,
	       v_opening + v_debit - v_credit AS closing,
	       p_from AS date_from, p_to AS date_to, p.name AS customer, c.terms_kind, c.terms_days
	  FROM party p
	  JOIN customer c ON c.party_id = p.id
	 WHERE p.id = p_party;
	SELECT IF(p_portal, ROW_NUMBER() OVER (ORDER BY l.biz_date, v.id, l.line_no), v.id) AS id,
	       v.biz_date, v.kind AS entry, v.doc_no, v.doc_kind,
	       IF(p_portal, i.pid, v.doc_id) AS doc_id, v.note,
	       IF(l.debit <> 0, l.debit, NULL) AS debit,
	       IF(l.credit <> 0, l.credit, NULL) AS credit,
	       v_opening + SUM(l.debit - l.credit) OVER (ORDER BY l.biz_date, v.id,
			l.line_no) AS balance
	  FROM voucher_line l
	  JOIN voucher v ON v.id = l.voucher_id AND v.kind NOT IN ('allocation', 'unallocation')
	  LEFT JOIN invoice i ON v.doc_kind = 'invoice' AND i.id = v.doc_id AND i.party_id = p_party
	 WHERE l.party_id = p_party AND l.account_code IN ('1122', '2203')
	   AND l.biz_date BETWEEN p_from AND p_to
	 ORDER BY l.biz_date, v.id, l.line_no;
END//

-- Items open on a day, with their age: doc_no, kind, biz_date, due_on, amount, open_amount, days,
-- bucket. What is open today stands with the items; of a day gone by it follows from what was
-- allocated until then.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE open_items_of(IN p_party BIGINT,
	IN p_day DATE, IN p_portal TINYINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_today TINYINT DEFAULT p_day >= business_day();

	SELECT IF(p_portal, ROW_NUMBER() OVER (ORDER BY q.due_on, q.id), q.id) AS id, q.doc_no,
	       q.kind, q.biz_date, q.due_on, q.amount,
	       q.open_then AS open_amount, DATEDIFF(p_day, q.due_on) AS days,
	       age_bucket(q.due_on, p_day) AS bucket,
	       IF(p_portal, o.pid, q.order_id) AS order_id,
	       IF(p_portal, v.pid, q.invoice_id) AS invoice_id, q.promised_on
	  FROM (SELECT i.id, i.doc_no, i.kind, i.biz_date, i.due_on, i.order_id, i.invoice_id,
			i.promised_on, i.amount, i.open_amount AS open_then
		  FROM ar_item i
		 WHERE v_today AND i.party_id = p_party
		   AND (i.open_amount < 0 OR i.open_amount > 0)
		 UNION ALL
		SELECT i.id, i.doc_no, i.kind, i.biz_date, i.due_on, i.order_id, i.invoice_id,
			i.promised_on, i.amount, i.amount
			- COALESCE((SELECT SUM(a.amount) FROM allocation a
				WHERE a.party_id = i.party_id AND a.ar_item_id = i.id
					AND a.allocated_on <= p_day), 0)
			+ COALESCE((SELECT SUM(a.amount) FROM allocation a
				WHERE a.party_id = i.party_id AND a.credit_item_id = i.id
					AND a.allocated_on <= p_day), 0)
			AS open_then
		  FROM ar_item i
		 WHERE NOT v_today AND i.party_id = p_party AND i.biz_date <= p_day) q
	  LEFT JOIN sales_order o ON o.id = q.order_id
	  LEFT JOIN invoice v ON v.id = q.invoice_id
	 WHERE q.open_then <> 0
	 ORDER BY q.due_on, q.id;
END//

-- 0 not due, 1: 1-30 days late, 2: 31-60, 3: 61-90, 4: 91-180, 5: 181-365, 6: more.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION age_bucket(p_due DATE,
	p_day DATE) RETURNS TINYINT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN CASE
	WHEN DATEDIFF(p_day, p_due) <= 0 THEN 0 WHEN DATEDIFF(p_day, p_due) <= 30 THEN 1
		WHEN DATEDIFF(p_day, p_due) <= 60 THEN 2
	WHEN DATEDIFF(p_day, p_due) <= 90 THEN 3 WHEN DATEDIFF(p_day, p_due) <= 180 THEN 4
		WHEN DATEDIFF(p_day, p_due) <= 365 THEN 5
	ELSE 6 END//

-- Ageing on a day, a row per customer with anything open (p_party 0: all, narrowed to p_rep unless
-- 0):
-- not_due, d30, d60, d90, d180, d365, older, unallocated, balance. The buckets less unallocated are
-- the
-- ledger balance, which is read from the vouchers beside them.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE ageing_of(IN p_party BIGINT, IN p_rep BIGINT,
	IN p_day DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	IF p_day >= business_day() THEN
		CALL ageing_now(p_party, p_rep, p_day);
	ELSE
		CALL ageing_then(p_party, p_rep, p_day);
	END IF;
END//

-- Of today: what is open stands with the items and receipts themselves. That it equals the ledger
-- is for books_verify() to say; one company's own page reads the ledger beside it.
-- Sorted outside of what is made whole (LIMIT): MariaDB drops a sort key that one call makes constant
-- (p_party) for all later calls.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE ageing_now(IN p_party BIGINT,
	IN p_rep BIGINT, IN p_day DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	WITH bucket AS (
		SELECT party_id, SUM(IF(due_on >= p_day, open_amount, 0)) AS not_due,
		       SUM(IF(due_on < p_day AND due_on >= p_day - INTERVAL 30 DAY,
				open_amount, 0)) AS d30,
		       SUM(IF(due_on < p_day - INTERVAL 30 DAY AND due_on >= p_day - INTERVAL 60 DAY,
				open_amount, 0)) AS d60,
		       SUM(IF(due_on < p_day - INTERVAL 60 DAY AND due_on >= p_day - INTERVAL 90 DAY,
				open_amount, 0)) AS d90,
		       SUM(IF(due_on < p_day - INTERVAL 90 DAY AND due_on >= p_day - INTERVAL 180 DAY,
				open_amount, 0)) AS d180,
		       SUM(IF(due_on < p_day - INTERVAL 180 DAY AND due_on >= p_day - INTERVAL 365 DAY,
				open_amount, 0)) AS d365,
		       SUM(IF(due_on < p_day - INTERVAL 365 DAY, open_amount, 0)) AS older,
		       SUM(IF(due_on < p_day, open_amount, 0)) AS overdue, SUM(open_amount) AS open
		  FROM ar_item
		 WHERE (open_amount < 0 OR open_amount > 0) AND (p_party = 0 OR party_id = p_party)
		 GROUP BY party_id),
	cash AS (
		SELECT party_id, SUM(open_amount) AS amount
		  FROM receipt
		 WHERE status = 'posted' AND open_amount > 0 AND party_id IS NOT NULL
		   AND (p_party = 0 OR party_id = p_party)
		 GROUP BY party_id)
	SELECT q.id, q.code, q.customer, q.rep, q.not_due, q.d30, q.d60, q.d90, q.d180, q.d365,
	       q.older, q.unallocated, q.balance
	  FROM (SELECT c.party_id AS id, p.code, p.name AS customer,
		       COALESCE(u.name, '') AS rep, COALESCE(b.overdue, 0) AS overdue,
		       COALESCE(b.not_due, 0) AS not_due, COALESCE(b.d30, 0) AS d30,
		       COALESCE(b.d60, 0) AS d60, COALESCE(b.d90, 0) AS d90, COALESCE(b.d180, 0) AS d180,
		       COALESCE(b.d365, 0) AS d365,
		       COALESCE(b.older, 0) AS older, COALESCE(x.amount, 0) AS unallocated,
		       IF(p_party = 0, COALESCE(b.open, 0) - COALESCE(x.amount, 0),
				ledger_balance(c.party_id, p_day)) AS balance
		  FROM customer c
		  JOIN party p ON p.id = c.party_id
		  LEFT JOIN bucket b ON b.party_id = c.party_id
		  LEFT JOIN cash x ON x.party_id = c.party_id
		  LEFT JOIN app_user u ON u.id = c.rep_id
		 WHERE (b.party_id IS NOT NULL OR x.party_id IS NOT NULL)
		   AND (p_party = 0 OR c.party_id = p_party)
		   AND p_rep IN (0, COALESCE(c.rep_id, -1))
		   AND (p_party <> 0 OR COALESCE(@actor_scope, 'all') = 'all'
		    OR office_sees(c.rep_id, c.org_unit_id))
		 LIMIT 1000000) q
	 ORDER BY q.overdue DESC, q.code;
END//

-- Of a day gone by: from what moved until then.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE ageing_then(IN p_party BIGINT,
	IN p_rep BIGINT, IN p_day DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	WITH moved AS (
		SELECT i.id, i.open_amount AS amount FROM ar_item i
		 WHERE (i.open_amount < 0 OR i.open_amount > 0) AND i.biz_date <= p_day
		   AND (p_party = 0 OR i.party_id = p_party)
		 UNION ALL
		SELECT a.ar_item_id, a.amount FROM allocation a
		 WHERE a.allocated_on > p_day AND (p_party = 0 OR a.party_id = p_party)
		 UNION ALL
		SELECT a.credit_item_id, -a.amount FROM allocation a
		 WHERE a.allocated_on > p_day AND a.credit_item_id IS NOT NULL
		   AND (p_party = 0 OR a.party_id = p_party)),
	item AS (
		SELECT i.party_id, age_bucket(i.due_on, p_day) AS bucket, SUM(m.amount) AS amount
		  FROM moved m
		  JOIN ar_item i ON i.id = m.id AND i.biz_date <= p_day
		 GROUP BY i.id, i.party_id, i.due_on
		HAVING SUM(m.amount) <> 0),
	cash AS (
		SELECT party_id, SUM(amount) AS amount
		  FROM (SELECT party_id, open_amount AS amount FROM receipt
			 WHERE status = 'posted' AND open_amount > 0 AND party_id IS NOT NULL
			   AND (p_party = 0 OR party_id = p_party)
			 UNION ALL
			SELECT l.party_id, l.debit - l.credit FROM voucher_line l
			 WHERE l.account_code = '2203' AND l.biz_date > p_day
			   AND (p_party = 0 OR l.party_id = p_party)) u
		 GROUP BY party_id
		HAVING SUM(amount) <> 0),
	bucket AS (
		SELECT party_id, SUM(IF(bucket = 0, amount, 0)) AS not_due,
		       SUM(IF(bucket = 1, amount, 0)) AS d30, SUM(IF(bucket = 2, amount, 0)) AS d60,
		       SUM(IF(bucket = 3, amount, 0)) AS d90,
		       SUM(IF(bucket = 4, amount, 0)) AS d180,
		       SUM(IF(bucket = 5, amount, 0)) AS d365,
		       SUM(IF(bucket = 6, amount, 0)) AS older,
		       SUM(IF(bucket > 0, amount, 0)) AS overdue, SUM(amount) AS open
		  FROM item
		 GROUP BY party_id)
	SELECT q.id, q.code, q.customer, q.rep, q.not_due, q.d30, q.d60, q.d90, q.d180, q.d365,
	       q.older, q.unallocated, q.balance
	  FROM (SELECT c.party_id AS id, p.code, p.name AS customer,
		       COALESCE(u.name, '') AS rep, COALESCE(b.overdue, 0) AS overdue,
		       COALESCE(b.not_due, 0) AS not_due, COALESCE(b.d30, 0) AS d30,
		       COALESCE(b.d60, 0) AS d60, COALESCE(b.d90, 0) AS d90, COALESCE(b.d180, 0) AS d180,
		       COALESCE(b.d365, 0) AS d365,
		       COALESCE(b.older, 0) AS older, COALESCE(x.amount, 0) AS unallocated,
		       IF(p_party = 0, COALESCE(b.open, 0) - COALESCE(x.amount, 0),
				ledger_balance(c.party_id, p_day)) AS balance
		  FROM customer c
		  JOIN party p ON p.id = c.party_id
		  LEFT JOIN bucket b ON b.party_id = c.party_id
		  LEFT JOIN cash x ON x.party_id = c.party_id
		  LEFT JOIN app_user u ON u.id = c.rep_id
		 WHERE (b.party_id IS NOT NULL OR x.party_id IS NOT NULL) AND (p_party = 0 OR c.party_id = p_party)
		   AND p_rep IN (0, COALESCE(c.rep_id, -1))
		   AND (p_party <> 0 OR COALESCE(@actor_scope, 'all') = 'all'
		    OR office_sees(c.rep_id, c.org_unit_id))
		 LIMIT 1000000) q
	 ORDER BY q.overdue DESC, q.code;
END//

-- For the office: as ageing_of().
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE ageing(IN p_party BIGINT, IN p_rep BIGINT,
	IN p_day DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	CALL ageing_of(p_party, p_rep, p_day);
END//

-- For the office: as statement_of(), and open_items_of() as the last result.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE statement(IN p_party BIGINT, IN p_from DATE,
	IN p_to DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	CALL statement_of(p_party, p_from, p_to, 0);
	CALL open_items_of(p_party, p_to, 0);
END//

-- Faults of the books, one row each (what, id, figure); none when all is well (invariants 1, 2, 3).
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE books_verify()
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT 'voucher unbalanced' AS what, voucher_id AS id, SUM(debit - credit) AS figure
	  FROM voucher_line GROUP BY voucher_id HAVING SUM(debit - credit) <> 0
	 UNION ALL
	SELECT 'item settled', i.id, i.settled
	  FROM ar_item i
	 WHERE i.settled <> COALESCE((SELECT SUM(amount) FROM allocation a
			WHERE a.party_id = i.party_id AND a.ar_item_id = i.id), 0)
			- COALESCE((SELECT SUM(amount) FROM allocation a
				WHERE a.party_id = i.party_id AND a.credit_item_id = i.id), 0)
	 UNION ALL
	SELECT 'receipt allocated', r.id, r.allocated
	  FROM receipt r
	 WHERE r.allocated <> COALESCE((SELECT SUM(amount) FROM allocation a
			WHERE a.party_id = r.party_id AND a.receipt_id = r.id), 0)
	 UNION ALL
	SELECT 'ledger against items', c.party_id, ledger_balance(c.party_id, '9999-12-31')
	  FROM customer c
	 WHERE ledger_balance(c.party_id, '9999-12-31') <>
		COALESCE((SELECT SUM(open_amount) FROM ar_item i WHERE i.party_id = c.party_id), 0)
		- COALESCE((SELECT SUM(open_amount) FROM receipt r WHERE r.party_id = c.party_id
			AND r.status = 'posted'), 0)
	 UNION ALL
	SELECT 'stock against movements', b.lot_id, b.qty
	  FROM stock_balance b
	 WHERE b.qty <> COALESCE((SELECT SUM(m.qty) FROM stock_movement m WHERE m.lot_id = b.lot_id
	   AND m.warehouse_id = b.warehouse_id), 0)
	 UNION ALL
	SELECT 'reserved against reservations', b.lot_id, b.reserved
	  FROM stock_balance b
	 WHERE b.reserved <> COALESCE((SELECT SUM(r.qty) FROM reservation r
			WHERE r.lot_id = b.lot_id AND r.warehouse_id = b.warehouse_id), 0)
	 UNION ALL
	SELECT 'line reserved', l.id, l.reserved_qty
	  FROM sales_order_line l
	 WHERE l.reserved_qty <> COALESCE((SELECT SUM(r.qty) FROM reservation r
			WHERE r.order_line_id = l.id), 0);
END//

DELIMITER ;
