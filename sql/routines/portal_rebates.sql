-- Portal, rebates: what was credited to this company, and how it was computed.

DELIMITER //

-- Columns: id, sort_key, run_no, policy, period_from, period_to, base_kind, base, tier, amount,
-- paid, due, credited_on. Sorts: credited_on.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_rebates_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200),
	IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT COALESCE(p_sort, '') <> 'credited_on';

	CALL portal_guard(p_token, 'rebate.view', v_user, v_party, v_branch);
	SELECT l.id, l.sort_key, l.run_no, l.policy, l.period_from, l.period_to, l.base_kind, l.base,
	       l.tier, l.amount, l.paid, l.due, l.sort_key AS credited_on
	  FROM (SELECT h.*, h.pid AS id, DATE(h.decided_at + INTERVAL 8 HOUR) AS sort_key
		  FROM rebate_credit_line h WHERE h.party_id = v_party) l
	 WHERE v_branch IS NULL AND (COALESCE(p_q, '') = '' OR l.run_no LIKE CONCAT(p_q, '%')
		OR l.policy LIKE CONCAT('%', p_q, '%'))
	   AND (p_after_key IS NULL OR IF(v_desc, (l.sort_key, l.id) < (p_after_key, p_after_id),
			(l.sort_key, l.id) > (p_after_key, p_after_id)))
	 ORDER BY IF(v_desc, l.sort_key, '') DESC, IF(v_desc, l.id, 0) DESC, l.sort_key, l.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_rebates_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'rebate.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1 FROM rebate_credit_line h
		 WHERE h.party_id = v_party AND v_branch IS NULL AND (COALESCE(p_q, '') = ''
		    OR h.run_no LIKE CONCAT(p_q, '%') OR h.policy LIKE CONCAT('%', p_q, '%'))
		 LIMIT 1001) q;
END//

-- One: head; the tiers; what the base is made of, by month and product; of a compensation the rows
-- it was claimed for.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_rebates_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_line BIGINT;

	CALL portal_guard(p_token, 'rebate.view', v_user, v_party, v_branch);
	SELECT MAX(h.line_id) INTO v_line FROM rebate_credit_line h
	       WHERE h.party_id = v_party AND h.pid = p_id AND v_branch IS NULL;
	SELECT h.pid AS id, h.run_no, h.policy, h.method, h.period_from, h.period_to, h.base_kind,
	       h.base, h.before_base, h.measure, h.target, h.margin, h.tier, h.amount, h.capped, h.outside, h.paid, h.due,
	       h.voucher_no, h.decided_at
	  FROM rebate_credit_line h
	 WHERE h.line_id = v_line;
	CALL rebate_tiers((SELECT h.policy_id FROM rebate_credit_line h WHERE h.line_id = v_line));
	CALL rebate_parts(v_line);
	CALL rebate_claims(v_line);
END//

DELIMITER ;
