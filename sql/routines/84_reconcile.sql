-- Monthly statements for both sides to sign (DOMAIN 3.7): made from the ledger and the
-- flows, issued under a hash, disputed line by line; what is agreed becomes a voucher of
-- today, approved by a second person. Each takes the customer's lock first.

DELIMITER //

-- What a statement says, as one hash: the head and every line, not what became of them. The method
-- is told to everybody in xslt/schema/statement.rnc: it does not change.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION reconcile_digest(
	p_id BIGINT) RETURNS CHAR(64)
SQL SECURITY DEFINER READS SQL DATA
RETURN (
	SELECT SHA2(CONCAT_WS('|', r.reconciliation_no, p.code, r.date_from, r.date_to, r.opening,
		r.debit, r.credit, r.closing, (
		SELECT GROUP_CONCAT(SHA(CONCAT_WS('|', l.line_no, l.section, COALESCE(l.biz_date, ''),
			COALESCE(l.entry, ''), COALESCE(l.doc_no, ''), COALESCE(l.debit, ''),
			COALESCE(l.credit, ''), COALESCE(l.balance, ''), COALESCE(l.product_id, ''),
			COALESCE(l.shipped, ''), COALESCE(l.returned, ''), COALESCE(l.purchased, ''),
			COALESCE(l.pure_sale, ''), COALESCE(l.stock, '')))
			ORDER BY l.line_no SEPARATOR '')
		  FROM reconciliation_line l
		 WHERE l.reconciliation_id = r.id)), 256)
	  FROM reconciliation r
	  JOIN party p ON p.id = r.party_id
	 WHERE r.id = p_id)//

-- The lines of a new draft: what moved on the account, then the volumes by product: goods that went, not
-- those a diversion (class 3) credits.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_fill(IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_period, v_lines INT;
	DECLARE v_from, v_to DATE;
	DECLARE v_opening DECIMAL(18,2);

	SELECT party_id, period, date_from, date_to, opening
	  INTO v_party, v_period, v_from, v_to, v_opening
	  FROM reconciliation
	 WHERE id = p_id;
	INSERT INTO reconciliation_line (party_id, reconciliation_id, line_no, section, biz_date,
		entry, doc_no, note, voucher_id, debit, credit, balance)
	SELECT v_party, p_id, ROW_NUMBER() OVER w, 'account', l.biz_date, v.kind, v.doc_no, v.note,
	       v.id, NULLIF(l.debit, 0), NULLIF(l.credit, 0),
	       v_opening + SUM(l.debit - l.credit) OVER w
	  FROM voucher_line l
	  JOIN voucher v ON v.id = l.voucher_id AND v.kind NOT IN ('allocation', 'unallocation')
	 WHERE l.party_id = v_party AND l.account_code IN ('1122', '2203')
	   AND l.biz_date BETWEEN v_from AND v_to
	WINDOW w AS (ORDER BY l.biz_date, v.id, l.line_no);
	SET v_lines = ROW_COUNT();
	INSERT INTO reconciliation_line (party_id, reconciliation_id, line_no, section, product_id,
		shipped, returned, purchased, pure_sale, stock)
	SELECT v_party, p_id, v_lines + ROW_NUMBER() OVER (ORDER BY p.code), 'volume', p.id,
	       SUM(q.shipped), SUM(q.returned), SUM(q.purchased), SUM(q.pure_sale), SUM(q.stock)
	  FROM (SELECT l.product_id, l.qty - l.refused_qty AS shipped, NULL AS returned,
		       NULL AS purchased, NULL AS pure_sale, NULL AS stock
		  FROM shipment s
		  JOIN shipment_line l ON l.party_id = s.party_id AND l.shipment_id = s.id
		 WHERE s.party_id = v_party AND s.shipped_on BETWEEN v_from AND v_to
		   AND s.status IN ('shipped', 'in_transit', 'delivered')
		 UNION ALL
		SELECT l.product_id, NULL, -l.qty, NULL, NULL, NULL
		  FROM invoice i
		  JOIN invoice_line l ON l.party_id = i.party_id AND l.invoice_id = i.id
		 WHERE i.party_id = v_party AND i.kind = 'red' AND i.status = 'issued'
		   AND i.issued_on BETWEEN v_from AND v_to
		 UNION ALL
		SELECT m.product_id, NULL, NULL, IF(m.kind = 'purchase', m.qty, NULL),
		       IF(m.kind = 'sale' AND m.is_pure_sale = 1, m.qty, NULL), NULL
		  FROM flow_month m
		 WHERE m.book_period = v_period AND m.sender_id = v_party AND m.product_id > 0
		   AND m.flow_class <> 3
		 UNION ALL
		SELECT s.product_id, NULL, NULL, NULL, NULL, s.qty
		  FROM stock_report s
		  JOIN flow_file f ON f.id = s.file_id AND f.status = 'imported'
		 WHERE s.book_period = v_period AND s.sender_id = v_party AND s.product_id IS NOT NULL
		   AND s.stock_date = (SELECT MAX(x.stock_date)
			  FROM stock_report x
			  JOIN flow_file y ON y.id = x.file_id AND y.status = 'imported'
			 WHERE x.book_period = v_period AND x.sender_id = v_party)) q
	  JOIN product p ON p.id = q.product_id
	 GROUP BY p.id, p.code;
END//

-- A draft of one customer, from the books as they are. p_id NULL: nothing to say of that month.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_draft(IN p_party BIGINT,
	IN p_period INT, OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_from DATE DEFAULT STR_TO_DATE(CONCAT(p_period, '01'), '%Y%m%d');
	DECLARE v_no INT;

	SET p_id = NULL;
	SELECT party_id INTO p_party FROM customer WHERE party_id = p_party FOR UPDATE;
	SELECT COUNT(*) + 1 INTO v_no FROM reconciliation
	       WHERE party_id = p_party AND period = p_period;
	INSERT INTO reconciliation (reconciliation_no, party_id, period, issue_no, date_from,
		date_to, opening, debit, credit, closing, flow_final, created_by)
	SELECT CONCAT('DZ', p_period, '-', p.code, '-', v_no), p.id, p_period, v_no, v_from,
	       LAST_DAY(v_from), q.opening, q.debit, q.credit, q.opening + q.debit - q.credit,
	       EXISTS (SELECT 1 FROM period x WHERE x.period = p_period
			AND x.status IN ('locked', 'closed')), @actor_id
	  FROM (SELECT SUM(IF(l.biz_date < v_from, l.debit - l.credit, 0)) AS opening,
		       SUM(IF(l.biz_date >= v_from AND v.kind NOT IN ('allocation', 'unallocation'),
				l.debit, 0)) AS debit,
		       SUM(IF(l.biz_date >= v_from AND v.kind NOT IN ('allocation', 'unallocation'),
				l.credit, 0)) AS credit,
		       SUM(l.biz_date >= v_from) AS moved
		  FROM voucher_line l
		  JOIN voucher v ON v.id = l.voucher_id
		 WHERE l.party_id = p_party AND l.account_code IN ('1122', '2203')
		   AND l.biz_date <= LAST_DAY(v_from)) q
	  JOIN party p ON p.id = p_party
	 WHERE q.moved > 0 OR q.opening <> 0;
	IF ROW_COUNT() = 1 THEN
		SET p_id = LAST_INSERT_ID();
		CALL reconcile_fill(p_id);
	END IF;
END//

-- Drafts of a month that is over, for customers who have none yet, at most p_limit in one go
-- (p_party 0: all). Returns made and whether there may be more.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_make(IN p_period INT,
	IN p_party BIGINT, IN p_limit INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done, v_made, v_seen INT DEFAULT 0;
	DECLARE v_party, v_id BIGINT;
	DECLARE v_to DATE DEFAULT LAST_DAY(STR_TO_DATE(CONCAT(p_period, '01'), '%Y%m%d'));
	DECLARE parties CURSOR FOR
		SELECT c.party_id
		  FROM customer c
		 WHERE p_party IN (0, c.party_id)
		   AND NOT EXISTS (SELECT 1 FROM reconciliation r WHERE r.party_id = c.party_id
			AND r.period = p_period AND r.live_key = 1)
		   AND EXISTS (SELECT 1 FROM voucher_line l WHERE l.party_id = c.party_id
			AND l.account_code IN ('1122', '2203') AND l.biz_date <= v_to)
		 ORDER BY c.party_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	IF v_to IS NULL OR v_to >= business_day() THEN
		CALL refuse('reconcile.early|period');
	END IF;
	OPEN parties;
	SET v_done = 0;
	FETCH parties INTO v_party;
	WHILE v_done = 0 AND v_made < p_limit DO
		CALL reconcile_draft(v_party, p_period, v_id);
		SET v_made = v_made + (v_id IS NOT NULL), v_done = 0;
		FETCH parties INTO v_party;
	END WHILE;
	CLOSE parties;
	SELECT v_made AS made, v_done = 0 AS more;
END//

-- Tells the customer's people who may confirm.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_tell(IN p_id BIGINT,
	IN p_kind VARCHAR(40), IN p_no VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO notification (user_id, kind, args, href)
	SELECT DISTINCT u.id, p_kind, CONCAT('no=', p_no),
	       CONCAT('/reconciliations/view?id=', r.pid)
	  FROM reconciliation r
	  JOIN app_user u ON u.party_id = r.party_id AND u.site = 'portal'
		AND u.status = 'active' AND u.branch_id IS NULL
	  JOIN user_role ur ON ur.user_id = u.id
	  JOIN role_permission rp ON rp.role_id = ur.role_id
		AND rp.permission = 'reconcile.confirm'
	 WHERE r.id = p_id;
END//

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_issue_one(IN p_id BIGINT,
	IN p_version INT, OUT p_done INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE reconciliation
	   SET content_hash = reconcile_digest(id), status = 'issued', issued_by = @actor_id,
	       issued_at = UTC_TIMESTAMP(6), version = version + 1,
	       due_on = business_day() + INTERVAL param_int('reconcile.answer_days', 10) DAY
	 WHERE id = p_id AND status = 'draft' AND version = COALESCE(p_version, version);
	SET p_done = ROW_COUNT();
	IF p_done = 1 THEN
		CALL reconcile_tell(p_id, 'reconcile.issued',
			(SELECT reconciliation_no FROM reconciliation WHERE id = p_id));
	END IF;
END//

-- Sends one to the customer: from here on it does not change. No row when it is no draft.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_issue(IN p_id BIGINT,
	IN p_version INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT;

	CALL reconcile_issue_one(p_id, p_version, v_done);
	SELECT id, status FROM reconciliation WHERE id = p_id AND v_done = 1;
END//

-- Sends all drafts of a month, at most p_limit. Returns issued and more.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_issue_all(IN p_period INT,
	IN p_limit INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_end, v_done, v_issued INT DEFAULT 0;
	DECLARE v_id BIGINT;
	DECLARE drafts CURSOR FOR
		SELECT id FROM reconciliation WHERE period = p_period AND status = 'draft' ORDER BY id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	OPEN drafts;
	SET v_end = 0;
	FETCH drafts INTO v_id;
	WHILE v_end = 0 AND v_issued < p_limit DO
		CALL reconcile_issue_one(v_id, NULL, v_done);
		SET v_issued = v_issued + v_done, v_end = 0;
		FETCH drafts INTO v_id;
	END WHILE;
	CLOSE drafts;
	SELECT v_issued AS issued, v_end = 0 AS more;
END//

-- Makes it anew from the books of today, before it is confirmed; the old one stays to be read.
-- Returns the new id; no row when it may not.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_again(IN p_id BIGINT,
	IN p_version INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
again: BEGIN
	DECLARE v_party, v_new BIGINT;
	DECLARE v_period INT;

	SELECT party_id, period INTO v_party, v_period FROM reconciliation WHERE id = p_id;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	UPDATE reconciliation SET status = 'superseded', version = version + 1
	 WHERE id = p_id AND status IN ('draft', 'issued') AND version = p_version;
	IF ROW_COUNT() = 0 THEN
		LEAVE again;
	END IF;
	CALL reconcile_draft(v_party, v_period, v_new);
	SELECT v_new AS id;
END//

-- Disputed while a difference is open, and back.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_refresh(IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE reconciliation
	   SET status = IF(EXISTS (SELECT 1 FROM reconciliation_dispute d
			WHERE d.reconciliation_id = p_id AND d.open_key = 1), 'disputed', 'issued'),
	       adjusted = COALESCE((SELECT SUM(d.adjust_amount) FROM reconciliation_dispute d
			WHERE d.reconciliation_id = p_id AND d.status = 'adjusted'), 0),
	       version = version + 1
	 WHERE id = p_id AND status IN ('issued', 'disputed');
END//

-- Two results for both sites: lines of the account with running balance, volumes by product.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_lines(IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT l.line_no AS id, l.line_no, l.biz_date, l.entry, l.doc_no, l.note, l.debit, l.credit,
	       l.balance, l.state, IF(l.state = 'disputed', 'attention', NULL) AS flag
	  FROM reconciliation_line l
	 WHERE l.reconciliation_id = p_id AND l.section = 'account'
	 ORDER BY l.line_no;
	SELECT l.line_no AS id, l.line_no, l.product_id, p.code, p.generic_name AS product, p.pack_spec AS pack,
	       p.unit, l.shipped, l.returned, l.purchased,
	       l.purchased - (COALESCE(l.shipped, 0) - COALESCE(l.returned, 0)) AS difference,
	       l.pure_sale, l.stock, l.state, IF(l.state = 'disputed', 'attention', NULL) AS flag
	  FROM reconciliation_line l
	  JOIN product p ON p.id = l.product_id
	 WHERE l.reconciliation_id = p_id AND l.section = 'volume'
	 ORDER BY l.line_no;
END//

-- What happened to a statement, oldest first: at, kind, actor, note.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_events(IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT q.at, q.kind, q.actor, q.note
	  FROM (SELECT r.issued_at AS at, 'reconcile.issued' AS kind, u.name AS actor, NULL AS note
		  FROM reconciliation r JOIN app_user u ON u.id = r.issued_by WHERE r.id = p_id
		 UNION ALL
		SELECT d.created_at, 'dispute.raised', u.name, d.comment
		  FROM reconciliation_dispute d JOIN app_user u ON u.id = d.raised_by
		 WHERE d.reconciliation_id = p_id
		 UNION ALL
		SELECT COALESCE(d.decided_at, d.handled_at), CONCAT('dispute.', d.status), u.name,
		       d.answer
		  FROM reconciliation_dispute d
		  JOIN app_user u ON u.id = COALESCE(d.decided_by, d.handled_by)
		 WHERE d.reconciliation_id = p_id AND d.status IN ('adjusted', 'accepted', 'rejected')
		 UNION ALL
		SELECT r.confirmed_at, 'reconcile.confirmed', u.name, r.content_hash
		  FROM reconciliation r JOIN app_user u ON u.id = r.confirmed_by WHERE r.id = p_id) q
	 WHERE q.at IS NOT NULL
	 ORDER BY q.at;
END//

-- ---- differences ----

-- Answers an open difference: propose (an adjustment of p_amount yuan, + they owe more, for a
-- second person to approve), accept (they are right and no money moves), reject. No row when it
-- is not open any more.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE dispute_answer(IN p_id BIGINT,
	IN p_version INT, IN p_verdict VARCHAR(10), IN p_amount DECIMAL(18,2),
	IN p_answer VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
answer: BEGIN
	DECLARE v_party, v_line, v_statement BIGINT;
	DECLARE v_section VARCHAR(8);
	DECLARE v_no VARCHAR(32);

	SELECT d.party_id, d.line_id, d.reconciliation_id, d.dispute_no, l.section
	  INTO v_party, v_line, v_statement, v_no, v_section
	  FROM reconciliation_dispute d
	  JOIN reconciliation_line l ON l.id = d.line_id
	 WHERE d.id = p_id;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	IF COALESCE(p_answer, '') = '' THEN
		CALL refuse('required|answer');
	ELSEIF p_verdict = 'propose' AND COALESCE(p_amount, 0) = 0 THEN
		CALL refuse('dispute.amount|amount');
	ELSEIF p_verdict = 'propose' AND v_section <> 'account' THEN
		CALL refuse('dispute.volume|verdict');
	END IF;
	UPDATE reconciliation_dispute
	   SET status = CASE p_verdict WHEN 'propose' THEN 'proposed' WHEN 'accept' THEN 'accepted'
			ELSE 'rejected' END,
	       adjust_amount = IF(p_verdict = 'propose', p_amount, NULL), answer = p_answer,
	       handled_by = @actor_id, handled_at = UTC_TIMESTAMP(6), decided_by = NULL,
	       decided_at = NULL, version = version + 1
	 WHERE id = p_id AND status = 'open' AND version = p_version;
	IF ROW_COUNT() = 0 THEN
		LEAVE answer;
	END IF;
	UPDATE reconciliation_line
	   SET state = CASE p_verdict WHEN 'propose' THEN 'disputed' WHEN 'accept' THEN 'settled'
			ELSE 'open' END
	 WHERE id = v_line;
	CALL reconcile_refresh(v_statement);
	IF p_verdict <> 'propose' THEN
		CALL reconcile_tell(v_statement, 'dispute.answered', v_no);
	END IF;
	SELECT id, status FROM reconciliation_dispute WHERE id = p_id;
END//

-- Books an adjustment: DR 1122 CR 6301 when they owe more, DR 6711 CR 1122 when less. A credit
-- settles the invoice of the line as far as that is open; the rest stays open for finance.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE dispute_post(IN p_id BIGINT,
	OUT p_voucher BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party, v_item, v_invoice_item BIGINT;
	DECLARE v_amount, v_open DECIMAL(18,2);
	DECLARE v_no VARCHAR(32);
	DECLARE v_day DATE DEFAULT business_day();

	SELECT d.party_id, d.adjust_amount, d.dispute_no,
	       (SELECT i.id
		  FROM voucher v
		  JOIN ar_item i ON i.party_id = d.party_id AND i.invoice_id = v.doc_id
			AND i.open_amount > 0
		 WHERE v.id = l.voucher_id AND v.doc_kind = 'invoice')
	  INTO v_party, v_amount, v_no, v_invoice_item
	  FROM reconciliation_dispute d
	  JOIN reconciliation_line l ON l.id = d.line_id
	 WHERE d.id = p_id;
	CALL voucher_post(v_party, v_day, 'adjust', 'dispute', p_id, v_no, NULL, JSON_ARRAY(
		JSON_OBJECT('account', '1122', 'party', v_party,
			IF(v_amount > 0, 'debit', 'credit'), ABS(v_amount)),
		JSON_OBJECT('account', IF(v_amount > 0, '6301', '6711'),
			IF(v_amount > 0, 'credit', 'debit'), ABS(v_amount))), p_voucher);
	INSERT INTO ar_item (party_id, kind, doc_no, biz_date, due_on, amount)
	VALUES (v_party, 'adjust', v_no, v_day, v_day, v_amount);
	SET v_item = LAST_INSERT_ID();
	IF v_amount < 0 AND v_invoice_item IS NOT NULL THEN
		CALL credit_allocate(v_item, v_invoice_item, 'adjust');
	END IF;
END//

-- Settles an open item by a credit item as far as both are open; the customer is locked.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE credit_allocate(IN p_credit BIGINT,
	IN p_item BIGINT, IN p_how VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party, v_order BIGINT;
	DECLARE v_amount DECIMAL(18,2);

	SELECT i.party_id, i.order_id, LEAST(i.open_amount, -c.open_amount)
	  INTO v_party, v_order, v_amount
	  FROM ar_item i
	  JOIN ar_item c ON c.id = p_credit AND c.party_id = i.party_id
	 WHERE i.id = p_item
	   FOR UPDATE;
	IF v_amount > 0 THEN
		INSERT INTO allocation (party_id, ar_item_id, credit_item_id, amount, allocated_on,
			how, created_by)
		VALUES (v_party, p_item, p_credit, v_amount, business_day(), p_how, @actor_id);
		UPDATE ar_item SET settled = settled + v_amount WHERE id = p_item;
		UPDATE ar_item SET settled = settled - v_amount WHERE id = p_credit;
		IF v_order IS NOT NULL THEN
			CALL order_refresh(v_order);
		END IF;
	END IF;
END//

-- Approves a proposed adjustment (books it) or returns it. Not who proposed it. No row when it
-- does not wait.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE dispute_decide(IN p_id BIGINT,
	IN p_version INT, IN p_approve TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_party, v_line, v_statement, v_handler, v_voucher BIGINT;
	DECLARE v_no VARCHAR(32);
	DECLARE v_waits INT;

	SELECT party_id, line_id, reconciliation_id, handled_by, dispute_no
	  INTO v_party, v_line, v_statement, v_handler, v_no
	  FROM reconciliation_dispute
	 WHERE id = p_id;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	IF v_handler = @actor_id THEN
		CALL refuse('approve.own');
	END IF;
	SELECT COUNT(*) INTO v_waits FROM reconciliation_dispute
	 WHERE id = p_id AND status = 'proposed' AND version = p_version FOR UPDATE;
	IF v_waits = 0 THEN
		LEAVE decide;
	END IF;
	IF p_approve = 1 THEN
		CALL dispute_post(p_id, v_voucher);
	END IF;
	UPDATE reconciliation_dispute
	   SET status = IF(p_approve = 1, 'adjusted', 'open'), voucher_id = v_voucher,
	       decided_by = @actor_id, decided_at = UTC_TIMESTAMP(6), version = version + 1
	 WHERE id = p_id;
	UPDATE reconciliation_line SET state = IF(p_approve = 1, 'settled', 'disputed')
	 WHERE id = v_line;
	CALL reconcile_refresh(v_statement);
	IF p_approve = 1 THEN
		CALL reconcile_tell(v_statement, 'dispute.answered', v_no);
	END IF;
	SELECT id, status FROM reconciliation_dispute WHERE id = p_id;
END//

-- ---- confirmation letters ----

-- A draft of a letter to one customer, with the balance of the books on that day. Returns id.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE letter_new(IN p_party BIGINT, IN p_day DATE,
	IN p_kind VARCHAR(10), IN p_auditor VARCHAR(120), IN p_contact VARCHAR(200), IN p_due DATE)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_no VARCHAR(32);

	IF p_day >= business_day() THEN
		CALL refuse('date.future|as_of');
	ELSEIF p_due <= business_day() THEN
		CALL refuse('date.past|due_on');
	END IF;
	CALL next_number('HZ', p_party, business_day(), v_no);
	INSERT INTO confirmation_letter (letter_no, party_id, as_of, balance, kind, auditor,
		auditor_contact, due_on, created_by)
	VALUES (v_no, p_party, p_day, ledger_balance(p_party, p_day), p_kind, p_auditor, p_contact,
		p_due, @actor_id);
	SELECT LAST_INSERT_ID() AS id;
END//

-- Sends it: the balance is read once more, and then fixed. No row when it is no draft.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE letter_send(IN p_id BIGINT, IN p_version INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
send: BEGIN
	UPDATE confirmation_letter
	   SET balance = ledger_balance(party_id, as_of), status = 'sent', sent_by = @actor_id,
	       sent_at = UTC_TIMESTAMP(6), version = version + 1,
	       content_hash = SHA2(CONCAT_WS('|', letter_no, party_id, as_of,
			ledger_balance(party_id, as_of), kind, auditor, auditor_contact), 256)
	 WHERE id = p_id AND status = 'draft' AND version = p_version;
	IF ROW_COUNT() = 0 THEN
		LEAVE send;
	END IF;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT DISTINCT u.id, 'letter.sent', CONCAT('no=', c.letter_no),
	       CONCAT('/letters/view?id=', c.pid)
	  FROM confirmation_letter c
	  JOIN app_user u ON u.party_id = c.party_id AND u.site = 'portal'
		AND u.status = 'active' AND u.branch_id IS NULL
	  JOIN user_role ur ON ur.user_id = u.id
	  JOIN role_permission rp ON rp.role_id = ur.role_id
		AND rp.permission = 'reconcile.confirm'
	 WHERE c.id = p_id;
	SELECT id, status FROM confirmation_letter WHERE id = p_id;
END//

DELIMITER ;
