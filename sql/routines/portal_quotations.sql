-- Portal, quotations: what was offered to the company, accepted into one order or declined. A user of
-- one branch has none of them.

DELIMITER //

-- The quotation behind a portal id, once it was sent.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION own_quote(p_party BIGINT, p_branch BIGINT,
	p_id BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT id FROM quotation WHERE party_id = p_party AND pid = p_id AND p_branch IS NULL
	AND status NOT IN ('draft', 'waiting'))//

-- p_q: part of the number. p_status: sent expired accepted declined withdrawn. Sorts: sent_at.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_quotations_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(10), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, '-'), 1) = '-';

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SELECT q.pid AS id, q.sent_at AS sort_key, q.quote_no, q.status, q.sent_at, q.valid_until,
	       q.line_count, q.amount, q.order_no
	  FROM quotation_page q
	 WHERE q.party_id = v_party AND v_branch IS NULL AND q.state NOT IN ('draft', 'waiting')
	   AND COALESCE(p_status, '') IN ('', q.status)
	   AND (COALESCE(p_q, '') = '' OR q.quote_no LIKE CONCAT('%', p_q, '%'))
	   AND (p_after_key IS NULL OR IF(v_desc,
		(q.sent_at, q.pid) < (moment_of(p_after_key), p_after_id),
		(q.sent_at, q.pid) > (moment_of(p_after_key), p_after_id)))
	 ORDER BY IF(v_desc, q.sent_at, '') DESC, IF(v_desc, q.pid, 0) DESC, q.sent_at, q.pid
	 LIMIT p_limit;
END//

-- One, three results: header (may_answer), lines, files.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_quotations_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_quote BIGINT;

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SET v_quote = own_quote(v_party, v_branch, p_id);
	SELECT q.pid AS id, q.quote_no, q.status, q.sent_at, q.valid_until, q.pay, q.terms, q.note,
	       IF(q.state = 'declined', q.reply, NULL) AS reply, q.line_count, q.amount, q.rep,
	       q.rep_phone, q.customer, q.answerer, q.answered_at, q.order_no, q.order_pid AS order_id,
	       q.status = 'sent' AS may_answer
	  FROM quotation_page q
	 WHERE q.party_id = v_party AND q.id = v_quote;
	SELECT l.id, l.product_id, l.code, l.product, l.pack, l.unit, l.manufacturer, l.approval_no,
	       l.qty, l.price, l.list_price, l.amount, l.note
	  FROM quotation_line_page l
	 WHERE l.party_id = v_party AND l.quote_id = v_quote
	 ORDER BY l.id;
	SELECT a.token, a.name, a.size, a.created_at
	  FROM attachment a
	 WHERE a.party_id = v_party AND a.owner_kind = 'quote' AND a.owner_id = v_quote
	 ORDER BY a.id;
END//

-- Accepts (quote_accept). Returns the order's id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_quotations_accept(
	IN p_token VARCHAR(64), IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_quote, v_order BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SET v_quote = own_quote(v_party, v_branch, p_id);
	IF v_quote IS NOT NULL THEN
		CALL quote_accept(v_quote, v_party, v_order);
		SELECT pid AS id FROM sales_order WHERE id = v_order;
	END IF;
END//

-- Declines, with a reason. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_quotations_decline(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_why VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_quote BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SET v_quote = own_quote(v_party, v_branch, p_id);
	IF v_quote IS NOT NULL THEN
		CALL quote_decline(v_quote, v_party, p_why);
		SELECT p_id AS id;
	END IF;
END//

DELIMITER ;
