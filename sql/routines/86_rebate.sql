-- Rebates (DOMAIN 3.6): what a policy gives for a span of locked months, to the fen and again
-- the same; approved by another, then credited and set off against what is owed.

DELIMITER //

-- Yuan by tiers; p_measure is held against them, p_base is what is paid for. The tier reached. A base
-- below nothing (more taken back than sold) takes back by the same tiers what it would have given.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_by_tiers(IN p_policy BIGINT,
	IN p_base DECIMAL(20,4), IN p_measure DECIMAL(20,6), OUT p_amount DECIMAL(18,2),
	OUT p_tier TINYINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_sign TINYINT DEFAULT IF(p_measure = p_base, SIGN(p_base), 1);

	SET p_base = v_sign * p_base, p_measure = v_sign * p_measure;
	SELECT CASE WHEN p_measure > t.from4 THEN 4 WHEN p_measure > t.from3 THEN 3
			WHEN p_measure > t.from2 THEN 2 WHEN p_measure > t.from1 THEN 1 ELSE 0 END,
	       v_sign * ROUND(IF(t.base IN ('purchase_amount', 'sale_amount'), 0.01, 1) * CASE
		WHEN t.method = 'incremental' THEN
			GREATEST(LEAST(p_base, COALESCE(t.from2, p_base)) - t.from1, 0) * t.rate1
			+ IF(t.from2 IS NULL, 0,
			GREATEST(LEAST(p_base, COALESCE(t.from3, p_base)) - t.from2, 0) * t.rate2)
			+ IF(t.from3 IS NULL, 0,
			GREATEST(LEAST(p_base, COALESCE(t.from4, p_base)) - t.from3, 0) * t.rate3)
			+ IF(t.from4 IS NULL, 0, GREATEST(p_base - t.from4, 0) * t.rate4)
		WHEN p_measure > t.from4 THEN p_base * t.rate4
		WHEN p_measure > t.from3 THEN p_base * t.rate3
		WHEN p_measure > t.from2 THEN p_base * t.rate2
		WHEN p_measure > t.from1 THEN p_base * t.rate1
		ELSE 0 END, 2)
	  INTO p_tier, p_amount
	  FROM rebate_policy t
	 WHERE t.id = p_policy;
END//

-- Yuan or sales units of one customer over months from to, by what the policy counts: kind is
-- the policy's base; corrections of sales count as far as they are booked. NULL: nothing of it.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION rebate_base(p_policy BIGINT,
	p_party BIGINT, p_kind VARCHAR(16), p_from INT, p_to INT, p_booked INT) RETURNS DECIMAL(20,4)
SQL SECURITY DEFINER READS SQL DATA
RETURN IF(p_kind IN ('purchase_amount', 'purchase_qty'), (
	SELECT SUM(IF(p_kind = 'purchase_amount', l.amount, l.qty))
	  FROM invoice i
	  JOIN invoice_line l ON l.party_id = i.party_id AND l.invoice_id = i.id
	  JOIN rebate_policy t ON t.id = p_policy
	 WHERE i.party_id = p_party AND i.status = 'issued'
	   AND i.issued_on BETWEEN STR_TO_DATE(CONCAT(p_from, '01'), '%Y%m%d')
		AND LAST_DAY(STR_TO_DATE(CONCAT(p_to, '01'), '%Y%m%d'))
	   AND (t.product_group_id IS NULL OR l.product_id IN (SELECT g.product_id
		  FROM product_group_item g WHERE g.group_id = t.product_group_id))), (
	SELECT SUM(IF(p_kind = 'sale_amount', m.amount, m.qty))
	  FROM rebate_sale m
	  JOIN rebate_policy t ON t.id = p_policy
	 WHERE m.month BETWEEN p_from AND p_to AND m.booked BETWEEN p_from AND p_booked
	   AND m.party_id = p_party
	   AND (t.product_group_id IS NULL OR m.product_id IN (SELECT g.product_id
		  FROM product_group_item g WHERE g.group_id = t.product_group_id))))//

-- The first month of the span that ends with p_to; NULL when a span does not end there.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION rebate_span(p_span VARCHAR(8),
	p_to INT) RETURNS INT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN CASE
	WHEN p_span = 'month' THEN p_to
	WHEN p_span = 'quarter' AND p_to MOD 100 IN (3, 6, 9, 12) THEN p_to - 2
	WHEN p_span = 'year' AND p_to MOD 100 = 12 THEN p_to - 11 END//

-- One customer's part of a run: base, what is held against the tiers, yuan after the cap, the tier.
-- p_hash goes on over what was read. Compensations are claimed row by row, without tiers or cap.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_reckon(IN p_run BIGINT,
	IN p_party BIGINT, INOUT p_hash CHAR(64), OUT p_base DECIMAL(20,4),
	OUT p_before DECIMAL(20,4), OUT p_measure DECIMAL(20,6), OUT p_amount DECIMAL(18,2),
	OUT p_tier TINYINT, OUT p_capped TINYINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_policy BIGINT;
	DECLARE v_from, v_to, v_booked INT;
	DECLARE v_method VARCHAR(12);
	DECLARE v_kind VARCHAR(16);
	DECLARE v_target, v_most DECIMAL(18,2);
	DECLARE v_sales DECIMAL(20,4);
	DECLARE v_rows CHAR(64);

	SELECT t.id, t.method, t.base, t.target, r.period_from, r.period_to, r.booked_to
	  INTO v_policy, v_method, v_kind, v_target, v_from, v_to, v_booked
	  FROM rebate_run r JOIN rebate_policy t ON t.id = r.policy_id WHERE r.id = p_run;
	SET p_before = NULL, p_tier = 0, p_capped = 0;
	IF v_method IN ('protection', 'chargeback') THEN
		CALL rebate_claimed(p_run, p_party, p_base, p_amount, v_rows);
		SET p_measure = p_base, p_hash = SHA2(CONCAT_WS('|', p_hash, p_party, v_rows), 256);
	ELSE
		SET p_base = COALESCE(rebate_base(v_policy, p_party, v_kind, v_from, v_to,
			v_booked), 0),
		    v_sales = COALESCE(rebate_base(v_policy, p_party, 'purchase_amount', v_from,
			v_to, v_booked), 0),
		    p_before = IF(v_method = 'growth', COALESCE(rebate_base(v_policy, p_party, v_kind,
			v_from - 100, v_to - 100, v_booked), 0), NULL),
		    p_hash = SHA2(CONCAT_WS('|', p_hash, p_party, p_base, v_sales,
			COALESCE(p_before, '')), 256),
		    p_measure = CASE v_method WHEN 'achieve' THEN p_base / v_target * 100
			WHEN 'growth' THEN IF(p_before > 0, (p_base / p_before - 1) * 100, 0)
			ELSE p_base END,
		    v_most = ROUND(GREATEST(v_sales, 0) * COALESCE((SELECT CAST(value AS DECIMAL(9,4))
			FROM param WHERE name = 'rebate.cap_percent'), 10) / 100, 2);
		CALL rebate_by_tiers(v_policy, p_base, p_measure, p_amount, p_tier);
		SET p_capped = p_amount > v_most, p_amount = LEAST(p_amount, v_most);
	END IF;
END//

-- Whether a customer is one of those a policy is for.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION rebate_is_for(p_policy BIGINT, p_party BIGINT)
RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1
	  FROM rebate_policy t
	  JOIN customer c ON c.party_id = p_party AND c.buyer_role = 'distributor'
	   AND (t.group_id IS NULL OR c.group_id = t.group_id)
	 WHERE t.id = p_policy)//

-- Whether months of an approved run are to be computed again: since then corrections of its sales were
-- booked and locked, or somebody it credited left the policy's group. 0 for a run that is not the last.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION rebate_again(p_run BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1
	  FROM rebate_run r
	  JOIN rebate_policy t ON t.id = r.policy_id
	 WHERE r.id = p_run AND r.status = 'approved'
	   AND NOT EXISTS (SELECT 1 FROM rebate_run n WHERE n.policy_id = r.policy_id
		AND n.period_to = r.period_to AND n.id > r.id AND n.status <> 'rejected')
	   AND (EXISTS (SELECT 1 FROM rebate_line l WHERE l.run_id = r.id AND l.outside = 0
			AND NOT rebate_is_for(r.policy_id, l.party_id))
	    OR t.base IN ('sale_amount', 'sale_qty') AND EXISTS (SELECT 1
		  FROM flow_correction c
		  JOIN period p ON p.period = c.book_period AND p.status IN ('locked', 'closed')
		  JOIN flow_correction_line l ON l.correction_id = c.id AND l.what = 'sale'
		 WHERE c.status = 'approved' AND c.book_period > r.booked_to
		   AND EXTRACT(YEAR_MONTH FROM l.biz_date) BETWEEN r.period_from AND r.period_to
		   AND (c.kind <> 'diversion' OR l.qty < 0)
		   AND rebate_is_for(r.policy_id, l.party_id))))//

-- Computes a policy for the span that ends with a month: a draft of a run. Refused while a month
-- of it is open, when nothing differs from what was computed before, or for a policy not in force
-- (one that ended is computed again where it was before). Who was credited before and is not one of
-- the policy's any more gets nothing: all of it is taken back. Returns id.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_compute(IN p_policy BIGINT,
	IN p_to INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_from, v_booked, v_done, v_tier, v_capped, v_outside, v_n INT DEFAULT 0;
	DECLARE v_run, v_party BIGINT;
	DECLARE v_base, v_before DECIMAL(20,4);
	DECLARE v_measure DECIMAL(20,6);
	DECLARE v_amount, v_paid DECIMAL(18,2);
	DECLARE v_method VARCHAR(12);
	DECLARE v_hash CHAR(64);
	DECLARE parties CURSOR FOR
		SELECT c.party_id
		  FROM rebate_policy t
		  JOIN customer c ON c.buyer_role = 'distributor'
			AND (t.group_id IS NULL OR c.group_id = t.group_id)
		 WHERE t.id = p_policy
		 UNION
		SELECT l.party_id
		  FROM rebate_run r
		  JOIN rebate_line l ON l.run_id = r.id
		 WHERE r.policy_id = p_policy AND r.period_to = p_to AND r.status = 'approved'
		 ORDER BY party_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT MAX(method), MAX(rebate_span(span, p_to)),
	       MAX(SHA2(CONCAT_WS('|', id, p_to, base, method, COALESCE(target, ''), from1, rate1,
			margin, COALESCE(from2, ''), COALESCE(rate2, ''), COALESCE(from3, ''),
			COALESCE(rate3, ''), COALESCE(from4, ''), COALESCE(rate4, '')), 256))
	  INTO v_method, v_from, v_hash
	  FROM rebate_policy
	 WHERE id = p_policy AND (status = 'active' OR (status = 'ended' AND EXISTS (SELECT 1
		  FROM rebate_run r WHERE r.policy_id = p_policy AND r.period_to = p_to
		   AND r.status = 'approved')))
	   AND LAST_DAY(STR_TO_DATE(CONCAT(p_to, '01'), '%Y%m%d'))
		BETWEEN valid_from AND COALESCE(valid_to, '9999-12-31')
	   FOR UPDATE;
	-- none of them is reopened from here on (period_rebate)
	SELECT COALESCE(SUM(period BETWEEN v_from AND p_to), 0), MAX(period) INTO v_n, v_booked
	  FROM period
	 WHERE period >= v_from - 100 AND status IN ('locked', 'closed')
	   LOCK IN SHARE MODE;
	IF v_method IS NULL THEN
		CALL refuse('rebate.policy|policy');
	ELSEIF v_from IS NULL THEN
		CALL refuse('rebate.span|period');
	ELSEIF v_n <> p_to - v_from + 1 THEN
		CALL refuse('rebate.open|period');
	ELSEIF EXISTS (SELECT 1 FROM rebate_run WHERE policy_id = p_policy AND period_to = p_to
		AND status = 'draft') THEN
		CALL refuse('rebate.waits|period');
	END IF;
	SELECT COUNT(*) INTO v_n FROM rebate_run WHERE policy_id = p_policy AND period_to = p_to;
	INSERT INTO rebate_run (run_no, policy_id, period_from, period_to, booked_to, inputs_hash, base,
		amount, due, made_by)
	SELECT CONCAT('FL', p_to, '-', code, '-', LPAD(v_n + 1, 2, '0')), id, v_from, p_to,
	       v_booked, v_hash,
	       0, 0, 0, @actor_id
	  FROM rebate_policy
	 WHERE id = p_policy;
	SET v_run = LAST_INSERT_ID(), v_done = 0;
	IF v_method = 'protection' THEN
		CALL rebate_fill_stock(v_run);
	ELSEIF v_method = 'chargeback' THEN
		CALL rebate_fill_bids(v_run);
	END IF;
	OPEN parties;
	FETCH parties INTO v_party;
	WHILE v_done = 0 DO
		SET v_outside = NOT rebate_is_for(p_policy, v_party);
		IF v_outside THEN
			SET v_base = 0, v_before = NULL, v_measure = 0, v_amount = 0, v_tier = 0,
			    v_capped = 0, v_hash = SHA2(CONCAT_WS('|', v_hash, v_party, 'outside'), 256);
		ELSE
			CALL rebate_reckon(v_run, v_party, v_hash, v_base, v_before, v_measure,
				v_amount, v_tier, v_capped);
		END IF;
		SET v_paid = COALESCE((SELECT SUM(l.due)
			  FROM rebate_line l
			  JOIN rebate_run x ON x.id = l.run_id AND x.status = 'approved'
				AND x.policy_id = p_policy AND x.period_to = p_to
			 WHERE l.party_id = v_party), 0);
		IF v_amount <> 0 OR v_paid <> 0 THEN
			INSERT INTO rebate_line (run_id, party_id, base, before_base, measure, tier,
				amount, capped, outside, paid)
			VALUES (v_run, v_party, v_base, v_before, v_measure, v_tier, v_amount,
				v_capped, v_outside, v_paid);
		END IF;
		SET v_done = 0;
		FETCH parties INTO v_party;
	END WHILE;
	CLOSE parties;
	IF v_hash = (SELECT inputs_hash FROM rebate_run WHERE policy_id = p_policy
		AND period_to = p_to AND status = 'approved' ORDER BY id DESC LIMIT 1) THEN
		CALL refuse('rebate.same|period');
	END IF;
	UPDATE rebate_run SET inputs_hash = v_hash WHERE id = v_run;
	UPDATE rebate_run r
	  JOIN (SELECT COALESCE(SUM(base), 0) AS base, COALESCE(SUM(amount), 0) AS amount,
		COALESCE(SUM(due), 0) AS due, COUNT(*) AS n FROM rebate_line WHERE run_id = v_run) q
	   SET r.base = q.base, r.amount = q.amount, r.due = q.due
	 WHERE r.id = v_run;
	IF NOT EXISTS (SELECT 1 FROM rebate_line WHERE run_id = v_run) THEN
		CALL refuse('rebate.nothing|period');
	END IF;
	SELECT v_run AS id;
END//

-- The tiers of a policy: tier, above, rate.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_tiers(IN p_policy BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT n.n AS tier, CASE n.n WHEN 1 THEN t.from1 WHEN 2 THEN t.from2 WHEN 3 THEN t.from3
		ELSE t.from4 END AS above, CASE n.n WHEN 1 THEN t.rate1 WHEN 2 THEN t.rate2
		WHEN 3 THEN t.rate3 ELSE t.rate4 END AS rate
	  FROM rebate_policy t
	  JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) n
	 WHERE t.id = p_policy AND CASE n.n WHEN 1 THEN t.from1 WHEN 2 THEN t.from2
		WHEN 3 THEN t.from3 ELSE t.from4 END IS NOT NULL
	 ORDER BY n.n;
END//

-- What the base of a line is made of: month, code, product, pack, unit, qty, amount.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_parts(IN p_line BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT CONCAT(LEFT(q.month, 4), '-', RIGHT(q.month, 2)) AS month, p.code,
	       p.generic_name AS product, p.pack_spec AS pack, p.unit, q.qty, q.amount
	  FROM (SELECT EXTRACT(YEAR_MONTH FROM i.issued_on) AS month, x.product_id,
		       SUM(x.qty) AS qty, SUM(x.amount) AS amount
		  FROM rebate_line l
		  JOIN rebate_run r ON r.id = l.run_id
		  JOIN rebate_policy t ON t.id = r.policy_id
			AND t.base IN ('purchase_amount', 'purchase_qty')
		  JOIN invoice i ON i.party_id = l.party_id AND i.status = 'issued'
			AND EXTRACT(YEAR_MONTH FROM i.issued_on)
			BETWEEN r.period_from AND r.period_to
		  JOIN invoice_line x ON x.party_id = i.party_id AND x.invoice_id = i.id
			AND (t.product_group_id IS NULL OR x.product_id IN (SELECT g.product_id
				FROM product_group_item g WHERE g.group_id = t.product_group_id))
		 WHERE l.id = p_line AND l.outside = 0
		 GROUP BY EXTRACT(YEAR_MONTH FROM i.issued_on), x.product_id
		 UNION ALL
		SELECT m.month, m.product_id, SUM(m.qty), SUM(m.amount)
		  FROM rebate_line l
		  JOIN rebate_run r ON r.id = l.run_id
		  JOIN rebate_policy t ON t.id = r.policy_id AND t.base IN ('sale_amount', 'sale_qty')
		  JOIN rebate_sale m ON m.month BETWEEN r.period_from AND r.period_to
			AND m.booked BETWEEN r.period_from AND r.booked_to
			AND m.party_id = l.party_id
			AND (t.product_group_id IS NULL OR m.product_id IN (SELECT g.product_id
				FROM product_group_item g WHERE g.group_id = t.product_group_id))
		 WHERE l.id = p_line AND l.outside = 0
		 GROUP BY m.month, m.product_id) q
	  JOIN product p ON p.id = q.product_id
	 ORDER BY q.month, p.code;
END//

-- Credits one line: accrued and paid in one voucher (DR 6001 CR 2205; DR 2205, 2221 CR 1122), a
-- compensation without the accrual (DR 6001, 2221 CR 1122); set off against the oldest that is
-- owed. What was credited too much is owed again.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_credit(IN p_line BIGINT,
	IN p_no VARCHAR(32), IN p_rate DECIMAL(5,4))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party, v_voucher, v_item, v_open BIGINT;
	DECLARE v_due, v_net DECIMAL(18,2);
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_method VARCHAR(12);
	DECLARE v_lines JSON;
	DECLARE items CURSOR FOR SELECT id FROM ar_item WHERE party_id = v_party AND open_amount > 0
		AND id <> v_item ORDER BY due_on, id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT l.party_id, l.due, t.method INTO v_party, v_due, v_method
	  FROM rebate_line l
	  JOIN rebate_run r ON r.id = l.run_id
	  JOIN rebate_policy t ON t.id = r.policy_id
	 WHERE l.id = p_line;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SET v_net = net_of(v_due, p_rate),
	    v_lines = JSON_ARRAY(JSON_OBJECT('account', '6001', 'debit', v_net));
	IF v_method NOT IN ('protection', 'chargeback') THEN
		SET v_lines = JSON_ARRAY_APPEND(v_lines,
			'$', JSON_OBJECT('account', '2205', 'party', v_party, 'credit', v_net),
			'$', JSON_OBJECT('account', '2205', 'party', v_party, 'debit', v_net));
	END IF;
	CALL voucher_post(v_party, v_day, 'rebate', 'rebate_line', p_line, p_no, NULL,
		JSON_ARRAY_APPEND(v_lines,
			'$', JSON_OBJECT('account', '2221', 'debit', v_due - v_net),
			'$', JSON_OBJECT('account', '1122', 'party', v_party, 'credit', v_due)), v_voucher);
	INSERT INTO ar_item (party_id, kind, doc_no, biz_date, due_on, amount)
	VALUES (v_party, 'rebate', p_no, v_day, v_day, -v_due);
	SET v_item = LAST_INSERT_ID();
	UPDATE rebate_line SET voucher_id = v_voucher WHERE id = p_line;
	IF v_due > 0 THEN
		SET v_done = 0;
		OPEN items;
		FETCH items INTO v_open;
		WHILE v_done = 0 AND (SELECT open_amount FROM ar_item WHERE id = v_item) < 0 DO
			CALL credit_allocate(v_item, v_open, 'rebate');
			SET v_done = 0;
			FETCH items INTO v_open;
		END WHILE;
		CLOSE items;
	END IF;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT DISTINCT u.id, 'rebate.credited', CONCAT('no=', p_no), CONCAT('/rebates/view?id=', l.pid)
	  FROM rebate_line l
	  JOIN app_user u ON u.party_id = l.party_id AND u.site = 'portal'
		AND u.status = 'active' AND u.branch_id IS NULL
	  JOIN user_role ur ON ur.user_id = u.id
	  JOIN role_permission rp ON rp.role_id = ur.role_id AND rp.permission = 'rebate.view'
	 WHERE l.id = p_line;
END//

-- Approves a run and credits its lines, or rejects it. Not who computed it. No row when it does
-- not wait.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_decide(IN p_run BIGINT,
	IN p_version INT, IN p_approve TINYINT, IN p_comment VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_line BIGINT;
	DECLARE v_done, v_waits INT DEFAULT 0;
	DECLARE v_no VARCHAR(32);
	DECLARE v_rate DECIMAL(5,4);
	DECLARE due_lines CURSOR FOR SELECT id FROM rebate_line WHERE run_id = p_run AND due <> 0
		ORDER BY party_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	IF (SELECT made_by FROM rebate_run WHERE id = p_run) = @actor_id THEN
		CALL refuse('approve.own');
	ELSEIF p_approve = 0 AND COALESCE(p_comment, '') = '' THEN
		CALL refuse('required|comment');
	END IF;
	UPDATE rebate_run
	   SET status = IF(p_approve = 1, 'approved', 'rejected'), decided_by = @actor_id,
	       decided_at = UTC_TIMESTAMP(6), comment = p_comment, version = version + 1
	 WHERE id = p_run AND status = 'draft' AND version = p_version;
	IF ROW_COUNT() = 0 THEN
		LEAVE decide;
	END IF;
	IF p_approve = 1 THEN
		SELECT r.run_no, t.vat_rate INTO v_no, v_rate
		  FROM rebate_run r JOIN rebate_policy t ON t.id = r.policy_id WHERE r.id = p_run;
		SET v_done = 0;
		OPEN due_lines;
		FETCH due_lines INTO v_line;
		WHILE v_done = 0 DO
			CALL rebate_credit(v_line, v_no, v_rate);
			SET v_done = 0;
			FETCH due_lines INTO v_line;
		END WHILE;
		CLOSE due_lines;
	END IF;
	SELECT id, status FROM rebate_run WHERE id = p_run;
END//

DELIMITER ;
