-- Portal: one box for numbers and names; each only if the person may see that kind.

DELIMITER //

-- Seven results, in this order: orders (SO…), shipments (CK…), invoices (IV… or the digits of the tax
-- number), products offered to this company, lots it received (id is the shipment's), lots it reports to have (id is the product's),
-- lots of its branches. Each at most
-- p_limit rows, newest first; documents only when the text looks like their number.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_search(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_text, v_like VARCHAR(200);
	DECLARE v_order, v_shipment, v_invoice, v_product, v_lot, v_number, v_held, v_chain TINYINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SET v_text = REPLACE(REPLACE(REPLACE(COALESCE(p_q, ''), '\\', '\\\\'), '%', '\\%'), '_', '\\_'),
	    v_like = CONCAT(v_text, '%'),
	    v_number = UPPER(v_text) RLIKE '^(SO|CK|IV)[0-9]',
	    v_order = UPPER(v_text) RLIKE '^SO[0-9]' AND holds_permission(v_user, 'order.view'),
	    v_shipment = UPPER(v_text) RLIKE '^CK[0-9]'
		AND holds_permission(v_user, 'shipment.view'),
	    v_invoice = UPPER(v_text) RLIKE '^(IV[0-9]|[0-9]{6,20}$)'
		AND holds_permission(v_user, 'invoice.view'),
	    v_product = CHAR_LENGTH(v_text) > 0 AND NOT v_number
		AND holds_permission(v_user, 'catalogue.view'),
	    v_lot = CHAR_LENGTH(v_text) > 2 AND NOT v_number
		AND holds_permission(v_user, 'shipment.view'),
	    v_held = CHAR_LENGTH(v_text) > 2 AND NOT v_number AND v_branch IS NULL
		AND holds_permission(v_user, 'flow.view'),
	    v_chain = CHAR_LENGTH(v_text) > 2 AND NOT v_number
		AND holds_permission(v_user, 'chain-stock.view');
	SELECT o.pid AS id, o.order_no, o.po_no, o.placed_at, o.amount, o.status
	  FROM sales_order o
	 WHERE v_order AND o.party_id = v_party AND o.order_no LIKE v_like
	   AND (v_branch IS NULL OR o.branch_id = v_branch)
	 ORDER BY o.placed_at DESC, o.pid DESC
	 LIMIT p_limit;
	SELECT s.id, s.shipment_no, s.order_no, s.shipped_on, s.status
	  FROM portal_shipment s
	 WHERE v_shipment AND s.party_id = v_party AND s.shipment_no LIKE v_like
	   AND (v_branch IS NULL OR s.branch_id = v_branch)
	 ORDER BY s.created_at DESC, s.id DESC
	 LIMIT p_limit;
	SELECT i.id, i.doc_no, i.invoice_no, i.issued_on, i.amount, i.status
	  FROM portal_invoice i
	 WHERE v_invoice AND i.party_id = v_party
	   AND (i.doc_no LIKE v_like OR i.invoice_no LIKE v_like)
	   AND (v_branch IS NULL OR i.branch_id = v_branch)
	 ORDER BY i.created_at DESC, i.id DESC
	 LIMIT p_limit;
	SELECT o.product_id AS id, o.code, o.generic_name AS product, o.pack_spec AS pack
	  FROM offer o
	 WHERE v_product AND o.party_id = v_party AND o.status = 'active'
	   AND (o.code LIKE v_like OR o.generic_name LIKE CONCAT('%', v_like)
	   OR o.trade_name LIKE CONCAT('%', v_like) OR o.pinyin LIKE v_like OR o.barcode = p_q)
	   AND o.visible
	 ORDER BY o.code = p_q DESC, o.code
	 LIMIT p_limit;
	SELECT s.id, l.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product, l.expires_on,
	       s.shipment_no, s.shipped_on
	  FROM (SELECT f.id, f.lot_no, f.product_id, f.expires_on
		  FROM lot f
		 WHERE v_lot AND f.lot_no LIKE v_like
		 ORDER BY f.lot_no
		 LIMIT 200) l
	  JOIN shipment_line x ON x.lot_id = l.id AND x.party_id = v_party
	  JOIN portal_shipment s ON s.shipment_id = x.shipment_id AND s.party_id = v_party
	  JOIN product p ON p.id = l.product_id
	 WHERE v_branch IS NULL OR s.branch_id = v_branch
	 ORDER BY s.shipped_on DESC, s.id DESC, l.lot_no
	 LIMIT p_limit;
	SELECT s.product_id AS id, s.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,
	       s.expires_on, s.qty, p.unit, s.stock_date
	  FROM channel_stock s
	  JOIN product p ON p.id = s.product_id
	 WHERE v_held AND s.party_id = v_party AND s.qty > 0 AND s.lot_no LIKE v_like
	 ORDER BY s.lot_no, s.product_id
	 LIMIT p_limit;
	SELECT CRC32(CONCAT_WS('/', s.party_id, s.product_id, s.lot_no)) AS id, s.lot_no,
	       CONCAT(p.generic_name, ' ', p.pack_spec) AS product, b.name AS branch, s.expires_on,
	       s.qty, p.unit, s.stock_date
	  FROM party b
	  JOIN channel_stock s ON s.party_id = b.id AND s.qty > 0 AND s.lot_no LIKE v_like
	  JOIN product p ON p.id = s.product_id
	 WHERE v_chain AND (b.parent_id = v_party OR b.id = v_party)
	   AND (v_branch IS NULL OR b.id = v_branch)
	 ORDER BY s.lot_no, b.name, s.product_id
	 LIMIT p_limit;
END//

DELIMITER ;
