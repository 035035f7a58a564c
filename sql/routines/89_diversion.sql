-- Diversion 窜货 (DOMAIN 2.7): sales that look as if they went outside the contract become cases, one a
-- seller, product, month and buyer. A case has no consequence without a person's reasoned decision,
-- and who told the seller does not decide.

DELIMITER //

-- Finds the cases of a month; those somebody has taken up stay as they are. Returns how many there are.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_cases_find(IN p_period INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL period_hold(p_period);
	DELETE s FROM flow_case_row s
	  JOIN flow_case c ON c.id = s.case_id AND c.status = 'detected'
	 WHERE c.period = p_period;
	INSERT INTO flow_case (period, party_id, product_id, terminal_id, signals, score, qty, amount,
		row_count)
	SELECT p_period, s.sender_id, s.product_id, s.party_id, GROUP_CONCAT(s.signals),
	       LEAST(100, 60 * MAX(s.signals LIKE '%territory%') + 80 * MAX(s.signals LIKE '%lot%')
		+ 50 * MAX(s.signals LIKE '%price%')), SUM(s.qty), COALESCE(SUM(s.amount), 0), COUNT(*)
	  FROM flow_suspect s
	 WHERE s.book_period = p_period AND s.signals <> ''
	 GROUP BY s.sender_id, s.product_id, s.party_id
	    ON DUPLICATE KEY UPDATE
	       signals = IF(status = 'detected', VALUES(signals), signals),
	       score = IF(status = 'detected', VALUES(score), score),
	       qty = IF(status = 'detected', VALUES(qty), qty),
	       amount = IF(status = 'detected', VALUES(amount), amount),
	       row_count = IF(status = 'detected', VALUES(row_count), row_count);
	INSERT IGNORE INTO flow_case_row (case_id, row_id, book_period, signals)
	SELECT c.id, s.id, p_period, s.signals
	  FROM flow_suspect s
	  JOIN flow_case c ON c.period = p_period AND c.party_id = s.sender_id
	   AND c.product_id = s.product_id AND c.terminal_id = s.party_id AND c.status = 'detected'
	 WHERE s.book_period = p_period AND s.signals <> '';
	-- more than so many times the median of the six months before: another reason, no case alone
	UPDATE flow_case c
	  JOIN (SELECT n.sender_id, n.product_id, n.qty, m.median
		  FROM (SELECT sender_id, product_id, SUM(qty) AS qty FROM flow_month
			 WHERE book_period = p_period AND kind = 'sale' AND is_pure_sale = 1
			 GROUP BY sender_id, product_id) n
		  JOIN (SELECT DISTINCT q.sender_id, q.product_id,
			       MEDIAN(q.qty) OVER (PARTITION BY q.sender_id, q.product_id) AS median
			  FROM (SELECT sender_id, product_id, book_period, SUM(qty) AS qty
				  FROM flow_month
				 WHERE book_period BETWEEN PERIOD_ADD(p_period, -6)
					AND PERIOD_ADD(p_period, -1)
				   AND kind = 'sale' AND is_pure_sale = 1
				 GROUP BY sender_id, product_id, book_period) q) m
		    ON m.sender_id = n.sender_id AND m.product_id = n.product_id) x
	    ON x.sender_id = c.party_id AND x.product_id = c.product_id
	   SET c.signals = CONCAT_WS(',', c.signals, 'peak'), c.score = LEAST(100, c.score + 20)
	 WHERE c.period = p_period AND c.status = 'detected' AND x.median > 0
	   AND x.qty > param_decimal('flow.peak_factor', 3) * x.median;
	UPDATE flow_case c
	  JOIN party y ON y.id = c.terminal_id
	  JOIN period m ON m.period = c.period
	   SET c.owner_id = (SELECT t.party_id FROM territory t
		WHERE t.party_id <> c.party_id AND m.ends_on BETWEEN t.valid_from
			AND COALESCE(t.valid_to, m.ends_on)
		  AND (t.terminal_id = c.terminal_id OR y.region_code LIKE CONCAT(t.region_code, '%'))
		  AND (t.product_id = c.product_id OR (t.product_id IS NULL
			AND t.product_group_id IS NULL))
		ORDER BY t.terminal_id IS NULL, t.product_id IS NULL, LENGTH(t.region_code) DESC,
		      t.party_id LIMIT 1)
	 WHERE c.period = p_period AND c.status = 'detected';
	SELECT COUNT(*) AS cases FROM flow_case WHERE period = p_period;
END//

-- Tells the seller, who has some days to explain. No row when the case is not new.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_case_notify(IN p_id BIGINT,
	IN p_version INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE flow_case
	   SET status = 'notified', notified_by = @actor_id, notified_at = UTC_TIMESTAMP(6),
	       explain_by = business_day() + INTERVAL param_int('flow.explain_days', 7) DAY,
	       version = version + 1
	 WHERE id = p_id AND version = p_version AND status = 'detected';
	IF ROW_COUNT() > 0 THEN
		INSERT INTO notification (user_id, kind, args, href)
		SELECT DISTINCT u.id, 'case.notified', CONCAT('month=', c.month, '|product=',
			REPLACE(c.product, '|', ' ')), CONCAT('/flowcases/view?id=', c.pid)
		  FROM case_page c
		  JOIN app_user u ON u.party_id = c.party_id AND u.site = 'portal'
		   AND u.status = 'active'
		  JOIN user_role ur ON ur.user_id = u.id
		  JOIN role_permission rp ON rp.role_id = ur.role_id AND rp.permission = 'flow.correct'
		 WHERE c.id = p_id;
		SELECT p_id AS id;
	END IF;
END//

-- Confirmed (the quantity goes to p_owner by an approved correction), dismissed or excepted, with the
-- reason; confirmed to settled in the end. No row when the case is elsewhere by now.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_case_decide(IN p_id BIGINT,
	IN p_version INT, IN p_status VARCHAR(10), IN p_owner BIGINT, IN p_comment VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_status VARCHAR(10);
	DECLARE v_by, v_party, v_correction BIGINT;
	DECLARE v_period INT;
	DECLARE v_no VARCHAR(32);

	SELECT status, notified_by, party_id, period INTO v_status, v_by, v_party, v_period
	  FROM flow_case WHERE id = p_id AND version = p_version FOR UPDATE;
	IF v_status IS NULL OR NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'flow_case' AND from_state = v_status AND to_state = p_status
		  AND permission = 'flow.approve') THEN
		LEAVE decide;
	ELSEIF v_by = @actor_id THEN
		CALL refuse('approve.own');
	ELSEIF COALESCE(TRIM(p_comment), '') = '' THEN
		CALL refuse('required|comment');
	ELSEIF p_status = 'confirmed' AND (p_owner IS NULL OR p_owner = v_party) THEN
		CALL refuse('case.owner|owner_given');
	END IF;
	UPDATE flow_case
	   SET status = p_status, owner_id = COALESCE(p_owner, owner_id), decided_by = @actor_id,
	       decided_at = UTC_TIMESTAMP(6), comment = p_comment, version = version + 1
	 WHERE id = p_id;
	IF p_status = 'confirmed' THEN
		CALL next_number('LZ', v_party, business_day(), v_no);
		INSERT INTO flow_correction (correction_no, party_id, kind, origin, period, status,
			reason, case_id, made_by)
		VALUES (v_no, v_party, 'diversion', 'office', v_period, 'waiting', p_comment, p_id, v_by);
		SET v_correction = LAST_INSERT_ID();
		INSERT INTO flow_correction_line (correction_id, party_id, what, row_id, row_period,
			biz_date, counterparty_id, product_id, lot_no, qty, price, doc_no)
		SELECT v_correction, IF(x.n = 1, v_party, p_owner), 'sale', r.id, r.book_period,
		       r.biz_date, r.party_id, r.product_id, r.lot_no, IF(x.n = 1, -r.qty, r.qty), r.price,
		       r.doc_no
		  FROM flow_case_row s
		  JOIN flow_row r ON r.book_period = s.book_period AND r.id = s.row_id
		  JOIN (SELECT 1 AS n UNION SELECT 2) x
		 WHERE s.case_id = p_id
		 ORDER BY r.id, x.n;
		UPDATE flow_case SET correction_id = v_correction WHERE id = p_id;
		CALL correction_decide(v_correction, 'approve', p_comment);
	END IF;
	SELECT p_id AS id;
END//

DELIMITER ;
