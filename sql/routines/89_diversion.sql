-- Diversion 窜货 (DOMAIN 2.7): sales that look as if they went outside the contract become cases, one a
-- seller, product, month and buyer. A case has no consequence without a person's reasoned decision,
-- and who told the seller does not decide.

DELIMITER //

-- Sellers whose month of a product is more than so many times the median of the six before: one reason
-- more in their cases of it; where there is none, a case of its own, of the seller himself instead of
-- a buyer, with the sales to those who took more than so many times their largest month before (all, where
-- nobody did).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_peaks_find(IN p_period INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_times DECIMAL(12,4) DEFAULT param_decimal('flow.peak_factor', 3);

	DELETE FROM flow_peak WHERE period = p_period;
	INSERT INTO flow_peak (period, party_id, product_id, qty, amount, row_count, median)
	SELECT p_period, n.sender_id, n.product_id, n.qty, n.amount, n.row_count, m.median
	  FROM (SELECT sender_id, product_id, SUM(qty) AS qty, SUM(amount) AS amount,
		       SUM(row_count) AS row_count
		  FROM flow_month
		 WHERE book_period = p_period AND kind = 'sale' AND is_pure_sale = 1
		   AND flow_class <> 3 AND product_id > 0
		 GROUP BY sender_id, product_id) n
	  JOIN (SELECT DISTINCT q.sender_id, q.product_id,
		       MEDIAN(q.qty) OVER (PARTITION BY q.sender_id, q.product_id) AS median
		  FROM (SELECT sender_id, product_id, book_period, SUM(qty) AS qty
			  FROM flow_month
			 WHERE book_period BETWEEN PERIOD_ADD(p_period, -6)
				AND PERIOD_ADD(p_period, -1)
			   AND kind = 'sale' AND is_pure_sale = 1 AND flow_class <> 3
			 GROUP BY sender_id, product_id, book_period) q) m
	    ON m.sender_id = n.sender_id AND m.product_id = n.product_id
	 WHERE m.median > 0 AND n.qty > v_times * m.median;
	UPDATE flow_case c
	  JOIN flow_peak k ON k.period = c.period AND k.party_id = c.party_id
	   AND k.product_id = c.product_id
	   SET c.signals = CONCAT_WS(',', c.signals, 'peak'), c.score = LEAST(100, c.score + 20)
	 WHERE c.period = p_period AND c.status = 'detected' AND c.terminal_id <> c.party_id;
	DELETE k FROM flow_peak k
	  JOIN flow_case c ON c.period = k.period AND c.party_id = k.party_id
	   AND c.product_id = k.product_id AND c.terminal_id <> c.party_id
	 WHERE k.period = p_period;
	INSERT INTO flow_case (period, party_id, product_id, terminal_id, signals, score, qty, amount,
		row_count)
	SELECT period, party_id, product_id, party_id, 'peak', 20, qty, amount, row_count
	  FROM flow_peak WHERE period = p_period
	    ON DUPLICATE KEY UPDATE
	       qty = IF(status = 'detected', VALUES(qty), flow_case.qty),
	       amount = IF(status = 'detected', VALUES(amount), flow_case.amount),
	       row_count = IF(status = 'detected', VALUES(row_count), flow_case.row_count);
	INSERT IGNORE INTO flow_case_row (case_id, row_id, book_period, signals)
	SELECT c.id, r.id, p_period, 'peak'
	  FROM flow_case c
	  JOIN (SELECT g.*, MAX(g.jumped) OVER (PARTITION BY g.party_id, g.product_id) AS any_jumped
		  FROM (SELECT q.party_id, q.product_id, q.buyer_id,
			       SUM(IF(q.book_period = p_period, q.qty, 0)) > v_times
				* MAX(IF(q.book_period < p_period, q.qty, 0)) AS jumped
			  FROM (SELECT k.party_id, k.product_id, m.book_period,
				       m.party_id AS buyer_id, SUM(m.qty) AS qty
				  FROM flow_peak k
				  JOIN flow_month m ON m.book_period BETWEEN PERIOD_ADD(p_period, -6)
					AND p_period AND m.kind = 'sale' AND m.sender_id = k.party_id
				   AND m.product_id = k.product_id AND m.is_pure_sale = 1
				   AND m.flow_class <> 3
				 WHERE k.period = p_period
				 GROUP BY k.party_id, k.product_id, m.book_period, m.party_id) q
			 GROUP BY q.party_id, q.product_id, q.buyer_id) g) b
	    ON b.party_id = c.party_id AND b.product_id = c.product_id AND b.jumped = b.any_jumped
	  JOIN flow_seen r ON r.book_period = p_period AND r.sender_id = c.party_id
	   AND r.product_id = c.product_id AND r.party_id = b.buyer_id AND r.kind = 'sale'
	   AND r.is_pure_sale = 1 AND r.flow_class NOT IN (2, 3) AND r.qty > 0
	 WHERE c.period = p_period AND c.terminal_id = c.party_id AND c.status = 'detected';
END//

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
	CALL flow_peaks_find(p_period);
	UPDATE flow_case c
	  JOIN party y ON y.id = c.terminal_id
	  JOIN period m ON m.period = c.period
	   SET c.owner_id = (SELECT t.party_id FROM territory t
		WHERE t.party_id <> c.party_id AND c.terminal_id <> c.party_id AND m.ends_on BETWEEN t.valid_from
			AND COALESCE(t.valid_to, m.ends_on)
		  AND (t.terminal_id = c.terminal_id OR y.region_code LIKE CONCAT(t.region_code, '%'))
		  AND (t.product_id = c.product_id OR (t.product_id IS NULL
			AND t.product_group_id IS NULL)
		   OR t.product_group_id IN (SELECT i.group_id FROM product_group_item i
			WHERE i.product_id = c.product_id))
		ORDER BY t.terminal_id IS NULL, t.product_id IS NULL, t.product_group_id IS NULL,
		      LENGTH(t.region_code) DESC, t.party_id LIMIT 1)
	 WHERE c.period = p_period AND c.status = 'detected';
	-- nothing speaks for it any more, and nobody has been told
	DELETE c FROM flow_case c
	  LEFT JOIN flow_case_row s ON s.case_id = c.id
	 WHERE c.period = p_period AND c.status = 'detected' AND s.case_id IS NULL;
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
		-- the owner learns the quantity, never who sold it, from which lot, for what or on which paper
		INSERT INTO flow_correction (correction_no, party_id, kind, origin, period, status,
			reason, case_id, made_by)
		VALUES (v_no, v_party, 'diversion', 'office', v_period, 'waiting', p_comment, p_id, v_by);
		SET v_correction = LAST_INSERT_ID();
		INSERT INTO flow_correction_line (correction_id, party_id, what, row_id, row_period,
			biz_date, counterparty_id, product_id, lot_no, qty, price, doc_no)
		SELECT v_correction, IF(x.n = 1, v_party, p_owner), 'sale', r.id, r.book_period,
		       r.biz_date, r.party_id, r.product_id, IF(x.n = 1, r.lot_no, ''),
		       IF(x.n = 1, -r.qty, r.qty), IF(x.n = 1, r.price, NULL), IF(x.n = 1, r.doc_no, '')
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
