-- Portal, returns: goods of a shipment that arrived are asked back; how it goes on.

DELIMITER //

-- The return behind a portal id.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION own_return(p_party BIGINT, p_branch BIGINT,
	p_id BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN (SELECT id FROM return_page WHERE party_id = p_party AND pid = p_id
	AND (p_branch IS NULL OR branch_id = p_branch))//

-- p_q: part of the return's, shipment's or order's number. Sorts: created_at.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_returns_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(10), IN p_reason VARCHAR(10),
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, '-'), 1) = '-';

	CALL portal_guard(p_token, 'return.view', v_user, v_party, v_branch);
	SELECT r.pid AS id, r.created_at AS sort_key, r.return_no, r.shipment_no, r.order_no, r.reason,
	       r.created_at, r.qty, r.approved_qty, r.came_qty, r.status, r.comment
	  FROM return_page r
	 WHERE r.party_id = v_party AND (v_branch IS NULL OR r.branch_id = v_branch)
	   AND COALESCE(p_status, '') IN ('', r.status) AND COALESCE(p_reason, '') IN ('', r.reason)
	   AND (COALESCE(p_q, '') = '' OR r.return_no LIKE CONCAT('%', p_q, '%')
	   OR r.shipment_no LIKE CONCAT('%', p_q, '%') OR r.order_no LIKE CONCAT('%', p_q, '%'))
	   AND (p_after_key IS NULL OR IF(v_desc,
		(r.created_at, r.pid) < (moment_of(p_after_key), p_after_id),
		(r.created_at, r.pid) > (moment_of(p_after_key), p_after_id)))
	 ORDER BY IF(v_desc, r.created_at, '') DESC, IF(v_desc, r.pid, 0) DESC, r.created_at, r.pid
	 LIMIT p_limit;
END//

-- The shipment (p_id as portal_shipments_view) and, second, what of it may be returned, by lot.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_returns_new(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_shipment BIGINT;

	CALL portal_guard(p_token, 'return.request', v_user, v_party, v_branch);
	SET v_shipment = own_shipment(v_party, v_branch, p_id);
	SELECT s.id, s.shipment_no, s.status, s.order_no, s.order_id, s.po_no, s.delivered_at
	  FROM portal_shipment s
	 WHERE s.party_id = v_party AND s.shipment_id = v_shipment AND s.status = 'delivered';
	SELECT ROW_NUMBER() OVER (ORDER BY q.id) AS id, q.product, q.pack, q.unit, q.lot_no,
	       q.expires_on, q.received_qty, q.return_qty, q.left_qty
	  FROM returnable q
	 WHERE q.party_id = v_party AND q.shipment_id = v_shipment
	 ORDER BY q.id;
END//

-- Asks. p_photo: token of an attachment sent before (portal_file_add), or NULL. p_lines: JSON array of
-- {"line":n, "qty":n}, n as portal_returns_new counts. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_returns_ask(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_reason VARCHAR(10), IN p_note VARCHAR(400), IN p_photo VARCHAR(32),
	IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_shipment, v_photo, v_id BIGINT;

	CALL portal_guard(p_token, 'return.request', v_user, v_party, v_branch);
	SET v_shipment = own_shipment(v_party, v_branch, p_id);
	SELECT id INTO v_photo FROM attachment WHERE token = p_photo AND party_id = v_party
	       AND created_by = v_user;
	IF v_shipment IS NOT NULL THEN
		CALL return_make(v_shipment, v_party, 'portal', p_reason, p_note, v_photo, p_lines, v_id);
		SELECT pid AS id FROM return_order WHERE id = v_id;
	END IF;
END//

-- One, three results: header (may_withdraw), lines, its red invoices.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_returns_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_return BIGINT;

	CALL portal_guard(p_token, 'return.view', v_user, v_party, v_branch);
	SET v_return = own_return(v_party, v_branch, p_id);
	SELECT r.pid AS id, r.return_no, r.status, r.shipment_no, r.shipment_pid AS shipment_id, r.order_no,
	       r.order_pid AS order_id, r.reason, r.note, r.photo, r.photo_token, r.created_at, r.origin,
	       IF(r.made_on = 'portal', r.maker, NULL) AS maker, r.decided_at, r.comment, r.received_on,
	       r.receipt_note, r.closed_at,
	       r.status = 'waiting' AND r.made_on = 'portal' AS may_withdraw
	  FROM return_page r
	 WHERE r.party_id = v_party AND r.id = v_return;
	SELECT l.* FROM return_line_page l
	 WHERE l.party_id = v_party AND l.return_id = v_return ORDER BY l.id;
	SELECT i.id, i.doc_no, i.invoice_no, i.status, i.issued_on, i.amount
	  FROM invoice n
	  JOIN portal_invoice i ON i.party_id = n.party_id AND i.invoice_id = n.id
	 WHERE n.party_id = v_party AND n.return_id = v_return ORDER BY n.id;
END//

-- Takes it back while nobody decided. A row when it was done.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_returns_withdraw(
	IN p_token VARCHAR(64), IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_return BIGINT;
	DECLARE v_done TINYINT DEFAULT 0;

	CALL portal_guard(p_token, 'return.request', v_user, v_party, v_branch);
	SELECT id INTO v_return FROM return_order
	 WHERE id = own_return(v_party, v_branch, p_id) AND origin = 'portal';
	IF v_return IS NOT NULL THEN
		CALL return_drop(v_return, v_party, v_done);
	END IF;
	SELECT p_id AS id FROM DUAL WHERE v_done = 1;
END//

DELIMITER ;
