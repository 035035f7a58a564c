-- Portal, files: named by 128 random bits, and given only to the company they
-- belong to; test reports of lots to everyone who received the lot or sees it.

DELIMITER //

-- Stores a file. p_kind: order (p_id is the order), or arrival or return (p_id 0: given to
-- portal_shipments_arrive or portal_returns_ask later). Returns token.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_file_add(IN p_token VARCHAR(64),
	IN p_kind VARCHAR(20), IN p_id BIGINT, IN p_name VARCHAR(200), IN p_type VARCHAR(80),
	IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_owner BIGINT;
	DECLARE v_name CHAR(32) DEFAULT LOWER(HEX(RANDOM_BYTES(16)));

	CALL portal_guard(p_token, CASE p_kind WHEN 'arrival' THEN 'arrival.confirm'
		WHEN 'return' THEN 'return.request' ELSE 'order.create' END, v_user, v_party, v_branch);
	SET v_owner = IF(p_kind = 'order', own_order(v_party, v_branch, p_id), 0);
	IF p_kind NOT IN ('order', 'arrival', 'return') THEN
		CALL refuse('file.kind');
	ELSEIF v_owner IS NOT NULL THEN
		IF (SELECT COUNT(*) FROM attachment WHERE party_id = v_party AND owner_kind = p_kind
			AND owner_id = v_owner AND v_owner > 0) >= 10 THEN
			CALL refuse('file.many|file|max=10');
		END IF;
		INSERT INTO attachment (token, party_id, owner_kind, owner_id, name, media_type,
			size, sha256, content, created_by)
		VALUES (v_name, v_party, p_kind, v_owner, p_name, p_type, LENGTH(p_content),
			UNHEX(SHA2(p_content, 256)), p_content, v_user);
		SELECT v_name AS token;
	END IF;
END//

-- Files of an order: token, name, media_type, size, created_at, by.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_file_list(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order BIGINT;

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SET v_order = own_order(v_party, v_branch, p_id);
	SELECT a.token, a.name, a.media_type, a.size, a.created_at
	  FROM attachment a
	 WHERE a.party_id = v_party AND a.owner_kind = 'order' AND a.owner_id = v_order
	 ORDER BY a.id;
END//

-- The file itself: name, media_type, size, content; or no row.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_file_get(IN p_token VARCHAR(64),
	IN p_file VARCHAR(32))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SELECT a.name, a.media_type, a.size, a.content
	  FROM attachment a
	 WHERE a.token = p_file
	   AND ((a.party_id = v_party
		 AND (v_branch IS NULL OR a.created_by = v_user
		  OR (a.owner_kind = 'order' AND EXISTS (SELECT 1 FROM sales_order o
				WHERE o.id = a.owner_id AND o.branch_id = v_branch))))
	    OR (a.party_id IS NULL AND a.owner_kind = 'lot'
	   AND EXISTS (SELECT 1 FROM lot l WHERE l.report_id = a.id
	   AND (product_visible_to(v_party, l.product_id, v_day)
	   OR EXISTS (SELECT 1 FROM shipment_line s WHERE s.lot_id = l.id
	   AND s.party_id = v_party))))
	    OR (a.party_id IS NULL AND a.owner_kind = 'product'
	   AND EXISTS (SELECT 1 FROM product p WHERE p.image_id = a.id
	   AND product_visible_to(v_party, p.id, v_day))));
END//

DELIMITER ;
