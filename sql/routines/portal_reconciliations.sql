-- Portal, monthly statements to sign: read, agree, dispute a line, confirm; letters of auditors.

DELIMITER //

-- The statement behind a portal id, once it was issued.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION own_reconciliation(p_party BIGINT,
	p_pid BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN (SELECT id FROM reconciliation WHERE party_id = p_party AND pid = p_pid
	AND issued_at IS NOT NULL)//

-- Sorts: period. Columns: id, sort_key, reconciliation_no, period, status, opening, debit, credit,
-- closing, adjusted, agreed, open_count, due_on, issued_at, confirmed_at, flag.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_reconciliations_list(
	IN p_token VARCHAR(64), IN p_status VARCHAR(12),
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT COALESCE(p_sort, '') <> 'period';

	CALL portal_guard(p_token, 'reconcile.view', v_user, v_party, v_branch);
	SELECT r.pid AS id, r.period AS sort_key, r.reconciliation_no,
	       DATE_FORMAT(r.date_from, '%Y-%m') AS period, r.status, r.opening, r.debit, r.credit,
	       r.closing, NULLIF(r.adjusted, 0) AS adjusted, r.closing + r.adjusted AS agreed,
	       NULLIF((SELECT COUNT(*) FROM reconciliation_dispute d
		 WHERE d.reconciliation_id = r.id AND d.open_key = 1), 0) AS open_count,
	       IF(r.status = 'issued', r.due_on, NULL) AS due_on, r.issued_at, r.confirmed_at,
	       IF(r.status = 'issued', 'attention', NULL) AS flag
	  FROM reconciliation r
	 WHERE r.party_id = v_party AND r.issued_at IS NOT NULL AND v_branch IS NULL
	   AND COALESCE(p_status, '') IN ('', r.status)
	   AND (p_status = 'superseded' OR r.status <> 'superseded')
	   AND (p_after_key IS NULL OR IF(v_desc, (r.period, r.pid) < (p_after_key, p_after_id),
			(r.period, r.pid) > (p_after_key, p_after_id)))
	 ORDER BY IF(v_desc, r.period, 0) DESC, IF(v_desc, r.pid, 0) DESC, r.period, r.pid
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_reconciliations_count(
	IN p_token VARCHAR(64), IN p_status VARCHAR(12))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'reconcile.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1
		  FROM reconciliation r
		 WHERE r.party_id = v_party AND r.issued_at IS NOT NULL AND v_branch IS NULL
		   AND COALESCE(p_status, '') IN ('', r.status)
		   AND (p_status = 'superseded' OR r.status <> 'superseded')
		 LIMIT 1001) q;
END//

-- One, five results: head (may_confirm: 1 yes, 0 a difference is open, NULL not any more);
-- account lines; volume lines; differences; events (at, kind, actor, note). Lines have
-- dispute = what is open or was answered.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_reconciliations_view(
	IN p_token VARCHAR(64), IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id BIGINT;

	CALL portal_guard(p_token, 'reconcile.view', v_user, v_party, v_branch);
	SET v_id = IF(v_branch IS NULL, own_reconciliation(v_party, p_id), NULL);
	SELECT h.pid AS id, h.*, CASE h.status WHEN 'issued' THEN 1 WHEN 'disputed' THEN 0 END
		AS may_confirm
	  FROM reconcile_head h
	 WHERE h.reconciliation_id = v_id;
	CALL reconcile_lines(v_id);
	SELECT d.dispute_no, d.line_no, d.doc_no, d.product, d.reason, d.our_amount,
	       d.their_amount, d.our_qty, d.their_qty, d.comment, d.file, d.file_name, d.status,
	       d.answer, IF(d.status = 'adjusted', d.adjust_amount, NULL) AS adjust_amount,
	       d.voucher_no, d.due_on, d.created_at, d.raised_by
	  FROM reconcile_difference d
	 WHERE d.reconciliation_id = v_id
	 ORDER BY d.id;
	CALL reconcile_events(v_id);
END//

-- The line of an open statement, its customer locked; NULL: none of the company's. A user of one
-- branch does not sign for the company.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE reconcile_own_line(IN p_party BIGINT,
	IN p_branch BIGINT, IN p_id BIGINT, IN p_line INT, OUT p_statement BIGINT, OUT p_row BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF p_branch IS NOT NULL THEN
		CALL refuse('forbidden');
	END IF;
	SELECT party_id INTO p_party FROM customer WHERE party_id = p_party FOR UPDATE;
	SET p_statement = own_reconciliation(p_party, p_id), p_row = NULL;
	SELECT MAX(l.id) INTO p_row
	  FROM reconciliation_line l
	  JOIN reconciliation r ON r.id = l.reconciliation_id AND r.status IN ('issued', 'disputed')
	 WHERE l.reconciliation_id = p_statement AND l.line_no = p_line;
END//

-- Says that a line is right. No row when it is not one of an open statement.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_reconciliations_agree(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_line INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_statement, v_line BIGINT;

	CALL portal_guard(p_token, 'reconcile.confirm', v_user, v_party, v_branch);
	CALL reconcile_own_line(v_party, v_branch, p_id, p_line, v_statement, v_line);
	UPDATE reconciliation_dispute SET status = 'withdrawn', version = version + 1
	 WHERE line_id = v_line AND status = 'open';
	UPDATE reconciliation_line SET state = 'agreed' WHERE id = v_line
	   AND state IN ('open', 'disputed')
	   AND NOT EXISTS (SELECT 1 FROM reconciliation_dispute d WHERE d.line_id = v_line
		AND d.open_key = 1);
	SELECT p_id AS id, p_line AS line FROM reconciliation_line WHERE id = v_line
	   AND state = 'agreed';
	CALL reconcile_refresh(v_statement);
END//

-- Disputes a line: what stands in their own books, why, and evidence (content NULL: none).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_reconciliations_dispute(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_line INT, IN p_reason VARCHAR(12),
	IN p_amount DECIMAL(18,2), IN p_qty DECIMAL(18,4), IN p_comment VARCHAR(400),
	IN p_name VARCHAR(200), IN p_type VARCHAR(80), IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
dispute: BEGIN
	DECLARE v_user, v_party, v_branch, v_statement, v_line, v_file BIGINT;
	DECLARE v_section VARCHAR(8);
	DECLARE v_no VARCHAR(32);

	CALL portal_guard(p_token, 'reconcile.confirm', v_user, v_party, v_branch);
	CALL reconcile_own_line(v_party, v_branch, p_id, p_line, v_statement, v_line);
	IF v_line IS NULL THEN
		LEAVE dispute;
	END IF;
	SELECT section INTO v_section FROM reconciliation_line WHERE id = v_line;
	IF v_section = 'account' AND p_amount IS NULL THEN
		CALL refuse('required|their_amount');
	ELSEIF v_section = 'volume' AND p_qty IS NULL THEN
		CALL refuse('required|their_qty');
	ELSEIF EXISTS (SELECT 1 FROM reconciliation_dispute WHERE line_id = v_line
		AND open_key = 1) THEN
		CALL refuse('dispute.open|comment');
	ELSEIF EXISTS (SELECT 1 FROM reconciliation_line WHERE id = v_line
		AND state = 'settled') THEN
		CALL refuse('dispute.settled|comment');
	END IF;
	IF p_content IS NOT NULL THEN
		INSERT INTO attachment (token, party_id, owner_kind, owner_id, name, media_type, size,
			sha256, content, created_by)
		VALUES (LOWER(HEX(RANDOM_BYTES(16))), v_party, 'dispute', v_line, p_name, p_type,
			LENGTH(p_content), UNHEX(SHA2(p_content, 256)), p_content, v_user);
		SET v_file = LAST_INSERT_ID();
	END IF;
	CALL next_number('YY', v_party, business_day(), v_no);
	INSERT INTO reconciliation_dispute (dispute_no, party_id, reconciliation_id, line_id, reason,
		their_amount, their_qty, comment, attachment_id, due_on, raised_by)
	VALUES (v_no, v_party, v_statement, v_line, p_reason,
		IF(v_section = 'account', p_amount, NULL), IF(v_section = 'volume', p_qty, NULL),
		p_comment, v_file,
		business_day() + INTERVAL param_int('reconcile.dispute_days', 5) DAY, v_user);
	UPDATE reconciliation_line SET state = 'disputed' WHERE id = v_line;
	CALL reconcile_refresh(v_statement);
	INSERT INTO notification (user_id, kind, args, href)
	SELECT u.id, 'dispute.raised', CONCAT('no=', v_no, '|who=', p.name),
	       CONCAT('/disputes/view?id=', d.id)
	  FROM reconciliation r
	  JOIN reconciliation_dispute d ON d.dispute_no = v_no
	  JOIN party p ON p.id = r.party_id
	  JOIN app_user u ON u.id = r.issued_by AND u.status = 'active'
	 WHERE r.id = v_statement;
	SELECT p_id AS id, v_no AS dispute_no;
END//

-- Signs: the hash is that of what was read. Lines nobody looked at are agreed with it. No row when
-- it is not open any more; refused while a difference is open.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_reconciliations_confirm(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_hash CHAR(64), IN p_from VARCHAR(45))
SQL SECURITY DEFINER MODIFIES SQL DATA
sign: BEGIN
	DECLARE v_user, v_party, v_branch, v_statement, v_issuer BIGINT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_hash CHAR(64);
	DECLARE v_no VARCHAR(32);

	CALL portal_guard(p_token, 'reconcile.confirm', v_user, v_party, v_branch);
	IF v_branch IS NOT NULL THEN
		CALL refuse('forbidden');
	END IF;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SET v_statement = own_reconciliation(v_party, p_id);
	SELECT MAX(status), MAX(content_hash), MAX(reconciliation_no), MAX(issued_by)
	  INTO v_status, v_hash, v_no, v_issuer
	  FROM reconciliation
	 WHERE id = v_statement;
	IF v_status = 'disputed' THEN
		CALL refuse('reconcile.disputed');
	ELSEIF v_status IS NULL OR v_status <> 'issued' THEN
		LEAVE sign;
	ELSEIF NOT v_hash <=> p_hash OR v_hash <> reconcile_digest(v_statement) THEN
		CALL refuse('reconcile.hash');
	END IF;
	UPDATE reconciliation_line SET state = 'agreed'
	 WHERE reconciliation_id = v_statement AND state = 'open';
	UPDATE reconciliation
	   SET status = 'confirmed', confirmed_by = v_user, confirmed_at = UTC_TIMESTAMP(6),
	       confirmed_from = p_from, version = version + 1
	 WHERE id = v_statement;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT u.id, 'reconcile.confirmed', CONCAT('no=', v_no, '|who=', p.name),
	       CONCAT('/reconciliations/view?id=', v_statement)
	  FROM app_user u
	  JOIN party p ON p.id = v_party
	 WHERE u.id = v_issuer AND u.status = 'active';
	SELECT p_id AS id, 'confirmed' AS status;
END//

-- ---- letters of auditors ----

-- Sent letters: id, letter_no, as_of, kind, auditor, balance, status, due_on, replied_at.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_letters_list(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'reconcile.view', v_user, v_party, v_branch);
	SELECT c.pid AS id, c.letter_no, c.as_of, c.kind, c.auditor, c.balance, c.status,
	       IF(c.status = 'sent', c.due_on, NULL) AS due_on, c.replied_at,
	       IF(c.status = 'sent', 'attention', NULL) AS flag
	  FROM confirmation_letter c
	 WHERE c.party_id = v_party AND c.status <> 'draft' AND v_branch IS NULL
	 ORDER BY c.as_of DESC, c.id DESC
	 LIMIT 200;
END//

-- One: head (may_reply), events.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_letters_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'reconcile.view', v_user, v_party, v_branch);
	SELECT c.pid AS id, c.letter_no, c.as_of, c.kind, c.auditor, c.auditor_contact, c.balance,
	       c.status, c.due_on, c.sent_at, c.content_hash, c.their_balance, c.reply,
	       c.replied_at, u.name AS replied_by, p.name AS customer, o.name AS company,
	       c.status = 'sent' AS may_reply
	  FROM confirmation_letter c
	  JOIN party p ON p.id = c.party_id
	  JOIN (SELECT MIN(party_id) AS id FROM party_role WHERE role = 'company') us
	  JOIN party o ON o.id = us.id
	  LEFT JOIN app_user u ON u.id = c.replied_by
	 WHERE c.party_id = v_party AND c.pid = p_id AND c.status <> 'draft' AND v_branch IS NULL;
END//

-- Answers a letter, once. No row when it was answered.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_letters_reply(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_agree TINYINT, IN p_balance DECIMAL(18,2), IN p_reply VARCHAR(1000))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'reconcile.confirm', v_user, v_party, v_branch);
	IF v_branch IS NOT NULL THEN
		CALL refuse('forbidden');
	ELSEIF p_agree = 0 AND p_balance IS NULL THEN
		CALL refuse('required|their_balance');
	ELSEIF p_agree = 0 AND COALESCE(p_reply, '') = '' THEN
		CALL refuse('required|reply');
	END IF;
	UPDATE confirmation_letter
	   SET status = IF(p_agree = 1, 'agreed', 'disagreed'),
	       their_balance = IF(p_agree = 1, balance, p_balance), reply = p_reply,
	       replied_by = v_user, replied_at = UTC_TIMESTAMP(6), version = version + 1
	 WHERE party_id = v_party AND pid = p_id AND status = 'sent';
	SELECT p_id AS id FROM confirmation_letter WHERE party_id = v_party AND pid = p_id
	   AND ROW_COUNT() = 1;
END//

DELIMITER ;
