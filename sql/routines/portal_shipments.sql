-- Portal, shipments: on the way, arrived, proof of arrival.

DELIMITER //

-- The shipment behind a portal id, once it has left our house.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION own_shipment(p_party BIGINT, p_branch BIGINT,
	p_id BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN (SELECT shipment_id FROM portal_shipment WHERE party_id = p_party AND id = p_id
	AND (p_branch IS NULL OR branch_id = p_branch))//

-- p_q: part of the number, the order's number, own number, tracking number. Sorts: created_at
-- shipment_no status expected_on.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_shipments_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(20), IN p_from DATE, IN p_to DATE,
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_low, v_high, v_after DATETIME(6);
	DECLARE v_desc TINYINT DEFAULT LEFT(p_sort, 1) = '-';

	CALL portal_guard(p_token, 'shipment.view', v_user, v_party, v_branch);
	SET p_q = NULLIF(p_q, ''), p_status = NULLIF(p_status, '');
	SET v_low = COALESCE(p_from - INTERVAL 8 HOUR, '2000-01-01'),
	    v_high = COALESCE(p_to + INTERVAL 16 HOUR, '2999-01-01');
	IF COALESCE(p_sort, '') IN ('', '-created_at') THEN
		SET v_after = COALESCE(moment_of(p_after_key), '2999-01-01');
		SELECT s.id, s.created_at AS sort_key, s.shipment_no, s.status, s.shipped_on,
		       s.expected_on, s.delivered_at, s.carrier, s.tracking_no, s.cases,
		       s.storage_class, s.order_id, s.order_no, s.po_no, s.created_at
		  FROM portal_shipment s
		 WHERE s.party_id = v_party AND s.created_at >= v_low AND s.created_at < v_high
		   AND s.created_at <= v_after
		   AND (s.created_at < v_after OR s.id < p_after_id)
		   AND (p_status IS NULL OR s.status = p_status
		   OR (p_status = 'open' AND s.status <> 'delivered'))
		   AND (v_branch IS NULL OR s.branch_id = v_branch)
		   AND (p_q IS NULL OR s.shipment_no LIKE CONCAT('%', p_q, '%')
		   OR s.order_no LIKE CONCAT('%', p_q, '%')
		   OR s.po_no LIKE CONCAT('%', p_q, '%')
		   OR s.tracking_no LIKE CONCAT('%', p_q, '%'))
		 ORDER BY s.created_at DESC, s.id DESC
		 LIMIT p_limit;
	ELSE
		-- the page before: from its first row on, not from the beginning
		SET v_after = IF(p_sort = 'created_at', moment_of(p_after_key), NULL);
		SELECT q.id, q.sort_key, q.shipment_no, q.status, q.shipped_on, q.expected_on,
		       q.delivered_at, q.carrier, q.tracking_no, q.cases,
		       q.storage_class, q.order_id, q.order_no, q.po_no, q.created_at
		  FROM (SELECT s.*, COALESCE(CASE TRIM(LEADING '-' FROM p_sort) WHEN 'shipment_no'
				THEN s.shipment_no WHEN 'status' THEN s.status
				WHEN 'expected_on' THEN s.expected_on ELSE s.created_at END,
					'') AS sort_key
			  FROM portal_shipment s
			 WHERE s.party_id = v_party
			   AND (p_sort <> 'created_at' OR p_after_key IS NULL
			   OR s.created_at >= v_after) AND s.created_at >= v_low
			   AND s.created_at < v_high
			   AND (p_status IS NULL OR s.status = p_status
			   OR (p_status = 'open' AND s.status <> 'delivered'))
			   AND (v_branch IS NULL OR s.branch_id = v_branch)
			   AND (p_q IS NULL OR s.shipment_no LIKE CONCAT('%', p_q, '%')
			   OR s.order_no LIKE CONCAT('%', p_q, '%')
			   OR s.po_no LIKE CONCAT('%', p_q, '%')
			   OR s.tracking_no LIKE CONCAT('%', p_q, '%'))) q
		 WHERE p_after_key IS NULL
		    OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id))
		 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key,
		 q.id
		 LIMIT p_limit;
	END IF;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_shipments_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(20), IN p_from DATE, IN p_to DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_low, v_high DATETIME(6);

	CALL portal_guard(p_token, 'shipment.view', v_user, v_party, v_branch);
	SET p_q = NULLIF(p_q, ''), p_status = NULLIF(p_status, '');
	SET v_low = COALESCE(p_from - INTERVAL 8 HOUR, '2000-01-01'),
	    v_high = COALESCE(p_to + INTERVAL 16 HOUR, '2999-01-01');
	SELECT COUNT(*) AS total
	  FROM (SELECT 1 FROM portal_shipment s
		 WHERE s.party_id = v_party AND s.created_at >= v_low AND s.created_at < v_high
		   AND (p_status IS NULL OR s.status = p_status
		   OR (p_status = 'open' AND s.status <> 'delivered'))
		   AND (v_branch IS NULL OR s.branch_id = v_branch)
		   AND (p_q IS NULL OR s.shipment_no LIKE CONCAT('%', p_q, '%')
		   OR s.order_no LIKE CONCAT('%', p_q, '%')
		   OR s.po_no LIKE CONCAT('%', p_q, '%')
		   OR s.tracking_no LIKE CONCAT('%', p_q, '%'))
		 LIMIT 1001) q;
END//

-- One, four results: header (may_arrive); lines by lot (id is the line's number, report the token
-- of the lot's test report);
-- events (at, kind, actor, note), oldest first; the arrival with its photo token.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_shipments_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_shipment BIGINT;

	CALL portal_guard(p_token, 'shipment.view', v_user, v_party, v_branch);
	SET v_shipment = own_shipment(v_party, v_branch, p_id);
	SELECT s.id, s.version, s.shipment_no, s.status, s.shipped_on, s.expected_on,
	       s.delivered_at, s.carrier, s.tracking_no, s.cases, s.storage_class,
	       s.ship_name, s.ship_contact, s.ship_phone, s.ship_address, s.note, s.order_id,
	       s.order_no, s.po_no, us.name AS supplier, us.name AS release_seal,
	       p.name AS customer, CONCAT_WS(' ', s.ship_contact, s.ship_phone) AS receiver,
	       CONCAT_WS(' · ', s.ship_name, s.ship_address) AS address,
	       picker.name AS picked_by_name, checker.name AS checked_by_name,
	       NULL AS received_by_sign,
	       s.status IN ('shipped', 'in_transit')
			AND EXISTS (SELECT 1 FROM user_role ur JOIN role_permission rp
				ON rp.role_id = ur.role_id
		WHERE ur.user_id = v_user AND rp.permission = 'arrival.confirm') AS may_arrive,
	       s.status = 'delivered' AND EXISTS (SELECT 1 FROM returnable q
		WHERE q.party_id = v_party AND q.shipment_id = v_shipment) AS may_return
	  FROM portal_shipment s
	  JOIN party p ON p.id = s.party_id
	  LEFT JOIN party us ON us.id = (SELECT MIN(b.party_id) FROM party_role b
			WHERE b.role = 'company')
	  LEFT JOIN app_user picker ON picker.id = s.picked_by
	  LEFT JOIN app_user checker ON checker.id = s.checked_by
	 WHERE s.party_id = v_party AND s.shipment_id = v_shipment;
	SELECT ROW_NUMBER() OVER (ORDER BY l.id) AS id, p.code, p.generic_name AS product,
	       p.pack_spec AS pack, p.unit, p.dosage_form, p.strength,
	       m.name AS maker, p.approval_no, t.lot_no, t.produced_on, t.expires_on, l.qty,
	       l.qty DIV p.case_qty AS whole_cases, l.qty MOD p.case_qty AS loose_units,
	       l.received_qty, l.refused_qty, l.damaged_qty, f.token AS report
	  FROM shipment_line l
	  JOIN product p ON p.id = l.product_id
	  JOIN lot t ON t.id = l.lot_id
	  LEFT JOIN party m ON m.id = p.manufacturer_id
	  LEFT JOIN attachment f ON f.id = t.report_id
	 WHERE l.party_id = v_party AND l.shipment_id = v_shipment
	 ORDER BY l.id;
	SELECT e.at, e.kind, NULL AS actor,
	       CONCAT_WS(' · ', e.place, e.note, CONCAT(e.temperature, ' ℃')) AS note
	  FROM shipment_event e
	 WHERE e.party_id = v_party AND e.shipment_id = v_shipment AND e.kind <> 'picked'
	 ORDER BY e.at, e.id;
	SELECT a.arrived_on, a.received_by_name, a.temperature, a.note, a.created_at,
	       f.token AS photo, f.name AS photo_name
	  FROM arrival a
	  LEFT JOIN attachment f ON f.id = a.photo_id
	 WHERE a.party_id = v_party AND a.shipment_id = v_shipment;
END//

-- Confirms arrival. p_photo: token of an attachment sent before (portal_file_add), or NULL.
-- p_lines: JSON array of
-- {"line":n, "received":n, "refused":n, "damaged":n}; NULL: all in good order. Returns id, status.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_shipments_arrive(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_day DATE, IN p_name VARCHAR(40),
	IN p_temperature DECIMAL(5,2), IN p_photo VARCHAR(32), IN p_note VARCHAR(400),
		IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_shipment, v_photo BIGINT;
	DECLARE v_good TINYINT;

	CALL portal_guard(p_token, 'arrival.confirm', v_user, v_party, v_branch);
	SET v_shipment = own_shipment(v_party, v_branch, p_id);
	SELECT id INTO v_photo FROM attachment WHERE token = p_photo AND party_id = v_party
	       AND created_by = v_user;
	IF v_shipment IS NOT NULL THEN
		CALL arrive_core(v_shipment, v_party, 'portal', p_day, p_name, p_temperature,
			v_photo, p_note, p_lines, v_good);
		SELECT pid AS id, status FROM shipment WHERE id = v_shipment AND v_good = 1;
	END IF;
END//

DELIMITER ;
