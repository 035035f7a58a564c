-- Portal, statements of account: the same ledger that finance reads (F086, F122, X02).

DELIMITER //

-- Months with movement, latest first: month (yyyy-mm), date_from, date_to, opening, debit, credit,
-- closing.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_statements_list(IN p_token VARCHAR(64),
	IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'statement.view', v_user, v_party, v_branch);
	SELECT q.month, q.first_day AS date_from, LAST_DAY(q.first_day) AS date_to,
	       q.closing - q.debit + q.credit AS opening, q.debit, q.credit, q.closing
	  FROM (SELECT m.month, m.first_day, m.debit, m.credit,
			SUM(m.debit - m.credit) OVER (ORDER BY m.first_day) AS closing
		  FROM (SELECT DATE_FORMAT(l.biz_date, '%Y-%m') AS month,
				MIN(l.biz_date - INTERVAL DAY(l.biz_date) - 1 DAY) AS first_day,
			       SUM(l.debit) AS debit, SUM(l.credit) AS credit
			  FROM voucher_line l
			  JOIN voucher v ON v.id = l.voucher_id
					AND v.kind NOT IN ('allocation', 'unallocation')
			 WHERE l.party_id = v_party AND l.account_code IN ('1122', '2203')
			 GROUP BY DATE_FORMAT(l.biz_date, '%Y-%m')) m) q
	 WHERE v_branch IS NULL
	 ORDER BY q.first_day DESC
	 LIMIT p_limit;
END//

-- A statement, four results: sums; lines with running balance; items open at the end with their
-- age; ageing in one row
-- (not_due d30 d60 d90 d180 d365 older unallocated balance). Any period, as of any day.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_statements_view(IN p_token VARCHAR(64),
	IN p_from DATE, IN p_to DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'statement.view', v_user, v_party, v_branch);
	IF v_branch IS NOT NULL THEN
		CALL refuse('forbidden');
	ELSEIF p_from IS NULL OR p_to IS NULL OR p_to < p_from THEN
		CALL refuse('period.wrong|to');
	END IF;
	CALL statement_of(v_party, p_from, p_to, 1);
	CALL open_items_of(v_party, p_to, 1);
	CALL ageing_of(v_party, 0, p_to);
END//

DELIMITER ;
