-- Approval of orders (E04-E06): steps by rules, serial levels, nobody decides on
-- his own, the last decision judges credit again with the customer locked.

DELIMITER //

-- Closes the open approval of a subject; its undecided steps are dropped.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE approval_close(IN p_subject VARCHAR(10),
	IN p_id BIGINT, IN p_status VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE approval_step s
	  JOIN approval a ON a.id = s.approval_id
	   SET s.status = 'dropped'
	 WHERE a.subject = p_subject AND a.subject_id = p_id AND a.status = 'open'
	   AND s.status IN ('open', 'waiting');
	UPDATE approval SET status = p_status, closed_at = UTC_TIMESTAMP(6)
	 WHERE subject = p_subject AND subject_id = p_id AND status = 'open';
END//

-- Tells those who may decide an open step of an approval that it waits for them, each once.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE approval_tell(IN p_approval BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO notification (user_id, kind, args, href)
	SELECT i.user_id, 'approval.waiting', CONCAT('no=', COALESCE(o.order_no, q.quote_no), '|who=', p.name),
	       IF(q.id IS NULL, CONCAT('/approvals/?open=', MIN(i.step_id)),
			CONCAT('/quotations/view?id=', q.id))
	  FROM (SELECT s.user_id
		  FROM approval_step s
		 WHERE s.approval_id = p_approval AND s.status = 'open'
		   AND s.user_id IS NOT NULL
		 UNION
		SELECT ur.user_id
		  FROM approval_step s
		  JOIN user_role ur ON ur.role_id = s.role_id
		 WHERE s.approval_id = p_approval AND s.status = 'open') may
	  JOIN approval_inbox i ON i.user_id = may.user_id AND i.approval_id = p_approval
	  JOIN app_user u ON u.id = i.user_id AND u.status = 'active'
	  LEFT JOIN sales_order o ON i.subject = 'order' AND o.id = i.subject_id
	  LEFT JOIN quotation q ON i.subject = 'quote' AND q.id = i.subject_id
	  JOIN party p ON p.id = COALESCE(o.party_id, q.party_id)
	 GROUP BY i.user_id, o.order_no, q.quote_no, q.id, p.name;
END//

-- Tells who submitted an order what became of it, unless it was he who did it; the company's
-- buyers too, when an order that we wrote for them and let through is cancelled.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_tell(IN p_order BIGINT,
	IN p_kind VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO notification (user_id, kind, args, href)
	SELECT u.id, p_kind, CONCAT('no=', o.order_no, '|who=', p.name),
	       CONCAT('/orders/view?id=', IF(u.site = 'portal', o.pid, o.id))
	  FROM sales_order o
	  JOIN party p ON p.id = o.party_id
	  LEFT JOIN app_user s ON s.id = o.submitted_by
	  JOIN app_user u ON u.status = 'active' AND (u.id = o.submitted_by
		OR (p_kind LIKE '%cancelled' AND o.approved_at IS NOT NULL AND s.site = 'office'
		AND u.site = 'portal' AND u.party_id = o.party_id
		AND (u.branch_id IS NULL OR u.branch_id = o.branch_id)
		AND EXISTS (SELECT 1 FROM user_role x
			JOIN role_permission rp ON rp.role_id = x.role_id
				AND rp.permission = 'order.create'
			WHERE x.user_id = u.id)))
	 WHERE o.id = p_order AND NOT u.id <=> @actor_id;
END//

-- Opens the lowest level that still waits; p_open 0: none was left.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE approval_next(IN p_approval BIGINT,
	OUT p_open INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_level INT;

	SELECT COUNT(*) INTO p_open FROM approval_step WHERE approval_id = p_approval
	       AND status = 'open';
	IF p_open = 0 THEN
		SELECT MIN(level) INTO v_level FROM approval_step WHERE approval_id = p_approval
		       AND status = 'waiting';
		UPDATE approval_step SET status = 'open', opened_at = UTC_TIMESTAMP(6)
		 WHERE approval_id = p_approval AND status = 'waiting' AND level = v_level;
		SET p_open = ROW_COUNT();
		IF p_open > 0 THEN
			CALL approval_tell(p_approval);
		END IF;
	END IF;
END//

-- Whether the order needs a credit override today: over the limit, overdue, held, or the batch
-- before it not paid.
-- One who pays before shipment is not judged by a limit: shipment_ship() waits for the money.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE credit_judge(IN p_order BIGINT,
	IN p_amount DECIMAL(18,2), OUT p_exceeded TINYINT,
	OUT p_exposure DECIMAL(18,2), OUT p_available DECIMAL(18,2), OUT p_overdue DECIMAL(18,2))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_limit DECIMAL(18,2);
	DECLARE v_hold, v_prepaid TINYINT;

	SELECT o.party_id, c.terms_kind = 'prepaid' INTO v_party, v_prepaid
	  FROM sales_order o
	  JOIN customer c ON c.party_id = o.party_id
	 WHERE o.id = p_order;
	CALL credit_figures(v_party, p_order, business_day(), v_limit, p_exposure, p_overdue,
		v_hold);
	SET p_available = v_limit - p_exposure;
	SET p_exceeded = (p_amount > p_available AND NOT v_prepaid) OR p_overdue > 0 OR v_hold = 1
	    OR batch_before(v_party, p_order) IS NOT NULL;
END//

-- Opens the approval of a just submitted order from the rules that match it.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE approval_open_order(IN p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party, v_group, v_approval, v_maker BIGINT;
	DECLARE v_amount, v_exposure, v_available, v_overdue DECIMAL(18,2);
	DECLARE v_exceeded, v_floor TINYINT;
	DECLARE v_open INT;

	SELECT o.party_id, o.amount, c.group_id, o.submitted_by INTO v_party, v_amount, v_group,
	       v_maker
	  FROM sales_order o
	  JOIN customer c ON c.party_id = o.party_id
	 WHERE o.id = p_order;
	CALL credit_judge(p_order, v_amount, v_exceeded, v_exposure, v_available, v_overdue);
	-- what a quotation that holds was approved for needs no second approval for its price
	SET v_floor = EXISTS (SELECT 1 FROM sales_order_line l
		JOIN sales_order o ON o.party_id = l.party_id AND o.id = l.order_id
		WHERE l.party_id = v_party AND l.order_id = p_order
		AND l.price < LEAST(l.floor_price, COALESCE(quote_price(o.quotation_id, l.product_id,
			l.ordered_qty, o.order_date), l.floor_price)));
	INSERT INTO approval (subject, subject_id, round, party_id, org_unit_id, amount, made_by,
		opened_at)
	SELECT 'order', id, round, party_id, org_unit_id, amount, COALESCE(v_maker, 0),
	       UTC_TIMESTAMP(6) FROM sales_order WHERE id = p_order;
	SET v_approval = LAST_INSERT_ID();
	INSERT INTO approval_step (approval_id, level, rule_id, reason, role_id, user_id, made_by)
	SELECT v_approval, r.level, r.id,
	       CASE WHEN r.credit_exceeded = 1 THEN 'credit' WHEN r.below_floor = 1 THEN 'floor'
			WHEN r.min_amount IS NOT NULL THEN 'amount'
		WHEN r.product_id IS NOT NULL OR r.product_group_id IS NOT NULL THEN 'product'
		WHEN r.party_id IS NOT NULL OR r.group_id IS NOT NULL THEN 'customer' ELSE 'always'
			END,
	       r.role_id, r.user_id, COALESCE(v_maker, 0)
	  FROM approval_rule r
	 WHERE r.subject = 'order' AND r.status = 'active'
	   AND (r.min_amount IS NULL OR v_amount >= r.min_amount)
	   AND (r.party_id IS NULL OR r.party_id = v_party)
	   AND (r.group_id IS NULL OR r.group_id = v_group)
	   AND (r.below_floor = 0 OR v_floor = 1)
	   AND (r.credit_exceeded = 0 OR v_exceeded = 1)
	   AND (r.product_id IS NULL OR EXISTS (SELECT 1 FROM sales_order_line l
		WHERE l.party_id = v_party AND l.order_id = p_order
			AND l.product_id = r.product_id))
	   AND (r.product_group_id IS NULL OR EXISTS (SELECT 1 FROM sales_order_line l
		JOIN product_group_item g ON g.product_id = l.product_id
			AND g.group_id = r.product_group_id
		WHERE l.party_id = v_party AND l.order_id = p_order))
	 ORDER BY r.level, r.id;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT o.rep_id, 'order.placed', CONCAT('no=', o.order_no, '|who=', p.name),
	       CONCAT('/orders/view?id=', o.id)
	  FROM sales_order o
	  JOIN party p ON p.id = o.party_id
	  JOIN app_user u ON u.id = o.submitted_by AND u.site = 'portal'
	  JOIN app_user rep ON rep.id = o.rep_id AND rep.status = 'active'
	 WHERE o.id = p_order;
	CALL approval_next(v_approval, v_open);
	IF v_open = 0 THEN
		CALL order_approved(p_order, v_approval);
	END IF;
END//

-- The last step is done: credit is judged once more inside this transaction;
-- then the granted quantities become the approved ones and stock is held.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_approved(IN p_order BIGINT,
	IN p_approval BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
approved: BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_amount, v_exposure, v_available, v_overdue, v_allowed DECIMAL(18,2);
	DECLARE v_exceeded TINYINT;
	DECLARE v_open INT;

	SELECT party_id INTO v_party FROM sales_order WHERE id = p_order;
	SELECT COALESCE(SUM(ROUND(COALESCE(granted_qty, ordered_qty) * price, 2)), 0) INTO v_amount
	  FROM sales_order_line
	 WHERE party_id = v_party AND order_id = p_order;
	IF v_amount = 0 THEN
		CALL refuse('approve.nothing');
	END IF;
	CALL credit_judge(p_order, v_amount, v_exceeded, v_exposure, v_available, v_overdue);
	SELECT MAX(amount) INTO v_allowed
	  FROM credit_override
	 WHERE party_id = v_party AND order_id = p_order AND expires_on >= business_day();
	IF v_exceeded = 1 AND (v_allowed IS NULL OR v_allowed < v_amount) THEN
		INSERT INTO approval_step (approval_id, level, rule_id, reason, role_id, user_id,
			made_by)
		SELECT p_approval, r.level, r.id, 'credit', r.role_id, r.user_id, a.made_by
		  FROM approval_rule r
		  JOIN approval a ON a.id = p_approval
		 WHERE r.subject = 'order' AND r.credit_exceeded = 1 AND r.status = 'active'
		   AND NOT EXISTS (SELECT 1 FROM approval_step s WHERE s.approval_id = p_approval
		   AND s.rule_id = r.id AND s.status IN ('open', 'waiting'));
		CALL approval_next(p_approval, v_open);
		IF v_open = 0 THEN
			CALL refuse(COALESCE(CONCAT('terms.previous||no=',
				batch_before(v_party, p_order)),
				CONCAT('credit.exceeded||available=', v_available,
					'|overdue=', v_overdue)));
		END IF;
		LEAVE approved;
	END IF;
	UPDATE sales_order_line SET approved_qty = COALESCE(granted_qty, ordered_qty)
		WHERE party_id = v_party AND order_id = p_order;
	UPDATE sales_order SET status = 'approved', approved_at = UTC_TIMESTAMP(6),
		version = version + 1 WHERE id = p_order;
	CALL approval_close('order', p_order, 'approved');
	IF param_int('order.allocate_on_approve', 1) = 1 THEN
		CALL stock_allocate(p_order);
	ELSE
		CALL order_refresh(p_order);
	END IF;
	CALL order_tell(p_order, 'order.approved');
END//

-- Whether a user may decide a step: named, or holder of its role within his row scope.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION step_is_mine(p_step BIGINT,
	p_user BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1 FROM approval_inbox i WHERE i.user_id = p_user AND i.step_id = p_step)//

-- Whether a step may be given to a signer: active staff who may approve, not who made the order or now
-- has the step, nor who signed another step of it already; past the limit only who may let it past.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE signer_judge(IN p_step BIGINT,
	IN p_user BIGINT, IN p_signer BIGINT, IN p_reason VARCHAR(20))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_signed TINYINT;

	IF p_signer IS NULL OR p_signer = p_user
		OR NOT EXISTS (SELECT 1 FROM approval_signer WHERE id = p_signer)
		OR EXISTS (SELECT 1 FROM approval_step s
			     JOIN approval a ON a.id = s.approval_id
			     JOIN sales_order o ON a.subject = 'order' AND o.id = a.subject_id
			    WHERE s.id = p_step AND p_signer IN (s.made_by, COALESCE(o.created_by, 0)))
	THEN
		CALL refuse('signer.unfit|signer');
	ELSEIF p_reason = 'credit' AND NOT holds_permission(p_signer, 'credit.override') THEN
		CALL refuse('signer.credit|signer');
	END IF;
	SELECT EXISTS (SELECT 1 FROM approval_step m
		  JOIN approval_step s ON s.approval_id = m.approval_id AND s.decided_by = p_signer
		 WHERE m.id = p_step) INTO v_signed;
	IF v_signed THEN
		CALL refuse('signer.signed|signer');
	END IF;
END//

-- Hands an open step to another, who is told; since when it waits stays.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE step_transfer(IN p_step BIGINT,
	IN p_user BIGINT, IN p_signer BIGINT, IN p_comment VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE approval_step SET user_id = p_signer, role_id = NULL WHERE id = p_step;
	INSERT INTO approval_event (approval_id, step_id, kind, user_id, made_by, comment)
	SELECT approval_id, id, 'transferred', p_signer, p_user, p_comment
	  FROM approval_step
	 WHERE id = p_step;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT p_signer, 'approval.transferred', CONCAT('no=', o.order_no, '|who=', p.name),
	       CONCAT('/approvals/?open=', s.id)
	  FROM approval_step s
	  JOIN approval a ON a.id = s.approval_id AND a.subject = 'order'
	  JOIN sales_order o ON o.id = a.subject_id
	  JOIN party p ON p.id = o.party_id
	 WHERE s.id = p_step;
END//

-- Puts somebody in copy of a step's approval: he reads the order, and is told so. Only staff who may see
-- orders; the page judges whether who asks may see this one. Returns id; no row for an unknown step.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE approval_copy(IN p_step BIGINT,
	IN p_to BIGINT, IN p_comment VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_approval, v_copy BIGINT;

	SELECT MAX(s.approval_id) INTO v_approval
	  FROM approval_step s
	  JOIN approval a ON a.id = s.approval_id AND a.subject = 'order'
	 WHERE s.id = p_step;
	IF v_approval IS NOT NULL THEN
		IF p_to <=> @actor_id OR NOT EXISTS (SELECT 1 FROM approval_reader WHERE id = p_to) THEN
			CALL refuse('copy.unfit|copy_to');
		END IF;
		INSERT INTO approval_event (approval_id, kind, user_id, made_by, comment)
		VALUES (v_approval, 'copied', p_to, @actor_id, p_comment);
		SET v_copy = LAST_INSERT_ID();
		INSERT INTO notification (user_id, kind, args, href)
		SELECT p_to, 'approval.copied', CONCAT('no=', o.order_no, '|who=', p.name),
		       CONCAT('/copies/view?id=', v_copy)
		  FROM approval a
		  JOIN sales_order o ON o.id = a.subject_id
		  JOIN party p ON p.id = o.party_id
		 WHERE a.id = v_approval;
		SELECT v_copy AS id;
	END IF;
END//

-- A decision: approve, return, reject, add, transfer. p_lines: JSON array of {"line":line_no, "qty":n,
-- "reply":"…"} lowers
-- quantities. p_signer: user to add, who signs after this step, or to hand it to. A comment is wanted for all but
-- approve, and to
-- override credit. Returns order_id and its status; no row when the step is unknown or not open.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_decide(IN p_step BIGINT,
	IN p_user BIGINT, IN p_decision VARCHAR(10),
	IN p_comment VARCHAR(400), IN p_lines LONGTEXT, IN p_signer BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_approval, v_order, v_party, v_maker BIGINT;
	DECLARE v_status, v_reason VARCHAR(20);
	DECLARE v_level, v_open INT;

	SELECT a.subject_id, a.party_id INTO v_order, v_party
	  FROM approval_step s
	  JOIN approval a ON a.id = s.approval_id
	 WHERE s.id = p_step AND a.subject = 'order';
	IF v_order IS NULL THEN
		LEAVE decide;
	END IF;
	CALL customer_lock(v_party);
	SELECT id INTO v_order FROM sales_order WHERE id = v_order FOR UPDATE;
	SELECT approval_id, status, made_by, level, reason INTO v_approval, v_status, v_maker,
	       v_level, v_reason
	  FROM approval_step
	 WHERE id = p_step
	   FOR UPDATE;
	IF v_status <> 'open' THEN
		LEAVE decide;
	ELSEIF p_user = v_maker OR p_user = (SELECT created_by FROM sales_order WHERE id = v_order) THEN
		CALL refuse('approve.own');
	ELSEIF NOT step_is_mine(p_step, p_user) THEN
		CALL refuse('forbidden');
	ELSEIF (p_decision <> 'approve' OR v_reason = 'credit') AND COALESCE(p_comment, '') = ''
	THEN
		CALL refuse('required|comment');
	END IF;
	IF p_decision = 'transfer' THEN
		CALL signer_judge(p_step, p_user, p_signer, v_reason);
		CALL step_transfer(p_step, p_user, p_signer, p_comment);
	ELSEIF p_decision = 'add' THEN
		IF p_signer IN (v_maker, p_user)
			OR NOT EXISTS (SELECT 1 FROM app_user WHERE id = p_signer
				AND site = 'office' AND status = 'active') THEN
			CALL refuse('signer.unfit|signer');
		END IF;
		INSERT INTO approval_step (approval_id, level, reason, user_id, made_by, status,
			added_by, comment)
		VALUES (v_approval, v_level + 1, 'added', p_signer, v_maker, 'waiting', p_user,
			NULL);
		UPDATE approval_step SET comment = p_comment WHERE id = p_step;
	ELSEIF p_decision IN ('return', 'reject') THEN
		UPDATE approval_step SET status = IF(p_decision = 'return', 'returned', 'rejected'),
			decided_by = p_user, decided_at = UTC_TIMESTAMP(6),
		       comment = p_comment WHERE id = p_step;
		CALL approval_close('order', v_order,
			IF(p_decision = 'return', 'returned', 'rejected'));
		UPDATE sales_order SET status = IF(p_decision = 'return', 'returned', 'rejected'),
			reply = p_comment, version = version + 1 WHERE id = v_order;
		CALL order_tell(v_order, IF(p_decision = 'return', 'order.returned',
			'order.rejected'));
	ELSEIF p_decision = 'approve' THEN
		CALL customer_open(v_party);
		CALL order_grant(v_order, p_lines);
		UPDATE approval_step SET status = 'approved', decided_by = p_user,
			decided_at = UTC_TIMESTAMP(6), comment = p_comment WHERE id = p_step;
		UPDATE sales_order SET reply = COALESCE(NULLIF(p_comment, ''), reply),
			version = version + 1 WHERE id = v_order;
		IF v_reason = 'credit' THEN
			CALL credit_override_grant(v_order, p_user, p_comment);
		END IF;
		CALL approval_next(v_approval, v_open);
		IF v_open = 0 THEN
			CALL order_approved(v_order, v_approval);
		END IF;
	ELSE
		CALL refuse('decision.unknown|decision');
	END IF;
	SELECT id AS order_id, status FROM sales_order WHERE id = v_order;
END//

-- Lower quantities and answers per line (E06); nobody grants more than the one before.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_grant(IN p_order BIGINT,
	IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_line INT;

	SELECT j.line INTO v_line
	  FROM JSON_TABLE(COALESCE(p_lines, '[]'), '$[*]'
			COLUMNS (line INT PATH '$.line', qty INT PATH '$.qty')) j
	  LEFT JOIN sales_order_line l ON l.order_id = p_order AND l.line_no = j.line
	 WHERE l.id IS NULL OR j.qty < 0 OR j.qty > COALESCE(l.granted_qty, l.ordered_qty)
	 LIMIT 1;
	IF v_line IS NOT NULL THEN
		CALL refuse(CONCAT('qty.more|qty.', v_line));
	END IF;
	UPDATE sales_order_line l
	  JOIN JSON_TABLE(COALESCE(p_lines, '[]'), '$[*]'
			COLUMNS (line INT PATH '$.line', qty INT PATH '$.qty',
				reply VARCHAR(200) PATH '$.reply')) j
	    ON j.line = l.line_no
	   SET l.granted_qty = COALESCE(j.qty, l.granted_qty),
	       l.reply = COALESCE(NULLIF(j.reply, ''), l.reply), l.version = l.version + 1
	 WHERE l.order_id = p_order;
END//

-- What of its customer's credit stops an approved order's goods from leaving today (E07), each NULL
-- when it does not: yuan over the limit, yuan overdue past the grace days, the hold of the customer,
-- the batch to be paid before. None does while an override of the order holds; who pays before is
-- judged by the money that is there (ship_judge).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_stop(IN p_order BIGINT,
	OUT p_available DECIMAL(18,2), OUT p_over DECIMAL(18,2), OUT p_overdue DECIMAL(18,2),
	OUT p_hold TINYINT, OUT p_before VARCHAR(40))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_limit, v_exposure, v_overdue DECIMAL(18,2);
	DECLARE v_hold TINYINT;
	DECLARE v_day DATE DEFAULT business_day();

	SELECT MAX(o.party_id) INTO v_party
	  FROM sales_order o
	  JOIN customer c ON c.party_id = o.party_id AND c.terms_kind <> 'prepaid'
	 WHERE o.id = p_order AND o.status IN ('approved', 'picking', 'partly_shipped')
	   AND NOT EXISTS (SELECT 1 FROM credit_override v
		WHERE v.party_id = o.party_id AND v.order_id = o.id AND v.expires_on >= v_day);
	IF v_party IS NOT NULL THEN
		CALL credit_figures(v_party, 0, v_day, v_limit, v_exposure, v_overdue, v_hold);
		SET p_available = v_limit - v_exposure,
		    p_over = IF(v_exposure > v_limit, v_exposure - v_limit, NULL),
		    p_overdue = IF(v_overdue > 0, v_overdue, NULL), p_hold = NULLIF(v_hold, 0),
		    p_before = batch_before(v_party, p_order);
	END IF;
END//

-- For the pages of an order, two results. What stops it: over, overdue, held, before, stopped,
-- own (its maker asks, who may not override); its latest override: actor, reason, created_at, expires_on.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_credit(IN p_order BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_available, v_over, v_overdue DECIMAL(18,2);
	DECLARE v_hold TINYINT;
	DECLARE v_before VARCHAR(40);

	CALL order_stop(p_order, v_available, v_over, v_overdue, v_hold, v_before);
	SELECT v_over AS `over`, v_overdue AS overdue, v_hold AS held, v_before AS `before`,
	       COALESCE(v_over, v_overdue, v_hold, v_before) IS NOT NULL AS stopped,
	       COALESCE(@actor_id IN (submitted_by, created_by), 0) AS own
	  FROM sales_order
	 WHERE id = p_order;
	SELECT u.name AS actor, v.reason, v.created_at, v.expires_on
	  FROM sales_order o
	  JOIN credit_override v ON v.party_id = o.party_id AND v.order_id = o.id
	  JOIN app_user u ON u.id = v.granted_by
	 WHERE o.id = p_order
	 ORDER BY v.id DESC
	 LIMIT 1;
END//

-- Lets an approved order past what stops it (order_stop), as when an invoice fell overdue before the
-- goods left. By a holder of credit.override who is not its maker, with a reason. Returns the
-- override's id; no row for an unknown order.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE credit_override_add(IN p_order BIGINT,
	IN p_reason VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_own, v_hold TINYINT;
	DECLARE v_available, v_over, v_overdue DECIMAL(18,2);
	DECLARE v_before VARCHAR(40);

	SELECT party_id, COALESCE(@actor_id IN (submitted_by, created_by), 0) INTO v_party, v_own
	  FROM sales_order
	 WHERE id = p_order;
	IF v_party IS NOT NULL THEN
		CALL customer_lock(v_party);
		IF COALESCE(TRIM(p_reason), '') = '' THEN
			CALL refuse('required|reason');
		ELSEIF v_own THEN
			CALL refuse('approve.own');
		END IF;
		CALL order_stop(p_order, v_available, v_over, v_overdue, v_hold, v_before);
		IF COALESCE(v_over, v_overdue, v_hold, v_before) IS NULL THEN
			CALL refuse('override.needless');
		END IF;
		CALL credit_override_grant(p_order, @actor_id, p_reason);
		SELECT LAST_INSERT_ID() AS id;
	END IF;
END//

-- Records who let the order past the limit, why and how long (E07).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE credit_override_grant(IN p_order BIGINT,
	IN p_user BIGINT, IN p_reason VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_amount, v_exposure, v_available, v_overdue DECIMAL(18,2);
	DECLARE v_exceeded TINYINT;

	IF NOT EXISTS (SELECT 1 FROM user_role ur JOIN role_permission rp ON rp.role_id = ur.role_id
		WHERE ur.user_id = p_user AND rp.permission = 'credit.override') THEN
		CALL refuse('forbidden');
	END IF;
	SELECT SUM(ROUND(COALESCE(granted_qty, ordered_qty) * price, 2)) INTO v_amount
	       FROM sales_order_line WHERE order_id = p_order;
	CALL credit_judge(p_order, v_amount, v_exceeded, v_exposure, v_available, v_overdue);
	INSERT INTO credit_override (party_id, order_id, amount, exposure, available, overdue,
		reason, granted_by, expires_on, made_by)
	SELECT party_id, id, v_amount, v_exposure, v_available, v_overdue, p_reason, p_user,
	       business_day() + INTERVAL param_int('credit.override_days', 7) DAY,
	       COALESCE(submitted_by, 0)
	  FROM sales_order
	 WHERE id = p_order;
END//

DELIMITER ;
