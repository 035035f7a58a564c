-- Portal, invoices: blue and red, with what is still open on them.

DELIMITER //

-- p_q: part of invoice number, document number, order number or own number. p_status: open,
-- overdue, paid, to_issue, requested, failed, or a
-- kind (blue, red). Sorts: created_at issued_on due_on amount invoice_no. Dates are of issue (of
-- making, when not issued).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_invoices_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(20), IN p_from DATE, IN p_to DATE,
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_after DATETIME(6);
	DECLARE v_desc TINYINT DEFAULT LEFT(p_sort, 1) = '-';

	CALL portal_guard(p_token, 'invoice.view', v_user, v_party, v_branch);
	SET p_q = NULLIF(p_q, ''), p_status = NULLIF(p_status, '');
	SET p_from = COALESCE(p_from, '2000-01-01'), p_to = COALESCE(p_to, '2999-01-01');
	IF COALESCE(p_sort, '') IN ('', '-created_at') THEN
		SET v_after = COALESCE(moment_of(p_after_key), '2999-01-01');
		SELECT i.id, i.created_at AS sort_key, i.kind, i.doc_no, i.invoice_no, i.status,
		       i.state, i.issued_on, i.due_on, i.amount, i.tax_amount, i.open_amount,
		       i.order_id, i.order_no, i.po_no, i.created_at
		  FROM portal_invoice i
		 WHERE i.party_id = v_party AND i.created_at <= v_after
		   AND (i.created_at < v_after OR i.id < p_after_id)
		   AND COALESCE(i.issued_on,
				DATE(i.created_at + INTERVAL 8 HOUR)) BETWEEN p_from AND p_to
		   AND (p_status IS NULL OR i.state = p_status OR i.kind = p_status)
		   AND (v_branch IS NULL OR i.branch_id = v_branch)
		   AND (p_q IS NULL OR i.invoice_no LIKE CONCAT('%', p_q, '%')
		   OR i.doc_no LIKE CONCAT('%', p_q, '%')
		   OR i.order_no LIKE CONCAT('%', p_q, '%')
		   OR i.po_no LIKE CONCAT('%', p_q, '%'))
		 ORDER BY i.created_at DESC, i.id DESC
		 LIMIT p_limit;
	ELSE
		-- the page before: from its first row on, not from the beginning
		SET v_after = IF(p_sort = 'created_at', moment_of(p_after_key), NULL);
		SELECT q.id, q.sort_key, q.kind, q.doc_no, q.invoice_no, q.status, q.state,
		       q.issued_on, q.due_on, q.amount, q.tax_amount, q.open_amount,
		       q.order_id, q.order_no, q.po_no, q.created_at
		  FROM (SELECT i.*, COALESCE(CASE TRIM(LEADING '-' FROM p_sort) WHEN 'issued_on'
				THEN i.issued_on WHEN 'due_on' THEN i.due_on
				WHEN 'amount' THEN LPAD(i.amount + 1000000000000, 20, '0')
					WHEN 'invoice_no' THEN i.invoice_no ELSE i.created_at END,
						'') AS sort_key
			  FROM portal_invoice i
			 WHERE i.party_id = v_party
			   AND (p_sort <> 'created_at' OR p_after_key IS NULL
			   OR i.created_at >= v_after)
			   AND COALESCE(i.issued_on,
							DATE(i.created_at + INTERVAL 8 HOUR)) BETWEEN p_from AND p_to
			   AND (p_status IS NULL OR i.state = p_status OR i.kind = p_status)
			   AND (v_branch IS NULL OR i.branch_id = v_branch)
			   AND (p_q IS NULL OR i.invoice_no LIKE CONCAT('%', p_q, '%')
			   OR i.doc_no LIKE CONCAT('%', p_q, '%')
			   OR i.order_no LIKE CONCAT('%', p_q, '%')
			   OR i.po_no LIKE CONCAT('%', p_q, '%'))) q
		 WHERE p_after_key IS NULL
		    OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id))
		 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key,
		 q.id
		 LIMIT p_limit;
	END IF;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_invoices_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(20), IN p_from DATE, IN p_to DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'invoice.view', v_user, v_party, v_branch);
	SET p_q = NULLIF(p_q, ''), p_status = NULLIF(p_status, '');
	SELECT COUNT(*) AS total
	  FROM (SELECT 1 FROM portal_invoice i
		 WHERE i.party_id = v_party
		   AND COALESCE(i.issued_on,
				DATE(i.created_at + INTERVAL 8 HOUR)) BETWEEN COALESCE(p_from,
					'2000-01-01') AND COALESCE(p_to, '2999-01-01')
		   AND (p_status IS NULL OR i.state = p_status OR i.kind = p_status)
		   AND (v_branch IS NULL OR i.branch_id = v_branch)
		   AND (p_q IS NULL OR i.invoice_no LIKE CONCAT('%', p_q, '%')
		   OR i.doc_no LIKE CONCAT('%', p_q, '%')
		   OR i.order_no LIKE CONCAT('%', p_q, '%')
		   OR i.po_no LIKE CONCAT('%', p_q, '%'))
		 LIMIT 1001) q;
END//

-- One, three results: header; lines; what settled it (at, how, amount, doc_no of the receipt or red
-- invoice).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_invoices_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_invoice BIGINT;

	CALL portal_guard(p_token, 'invoice.view', v_user, v_party, v_branch);
	SELECT invoice_id INTO v_invoice FROM portal_invoice WHERE party_id = v_party AND id = p_id
	       AND (v_branch IS NULL OR branch_id = v_branch);
	SELECT i.id, i.kind, i.doc_no, i.invoice_code, i.invoice_no, i.status, i.state, i.issued_on,
	       i.due_on, i.net_amount, i.tax_amount, i.amount, i.open_amount,
	       i.title, i.uscc, i.reason, i.order_id, i.order_no, i.po_no, i.red_of, i.red_of_no
	  FROM portal_invoice i
	 WHERE i.party_id = v_party AND i.invoice_id = v_invoice;
	SELECT ROW_NUMBER() OVER (ORDER BY l.id) AS id, p.code, p.generic_name AS product,
	       p.pack_spec AS pack, p.unit, l.qty, l.red_qty, l.price, l.vat_rate,
	       l.net_amount, l.tax_amount, l.amount
	  FROM invoice_line l
	  JOIN product p ON p.id = l.product_id
	 WHERE l.party_id = v_party AND l.invoice_id = v_invoice
	 ORDER BY l.id;
	SELECT a.allocated_on, a.how, a.amount, COALESCE(r.receipt_no, c.doc_no) AS doc_no
	  FROM ar_item i
	  JOIN allocation a ON a.party_id = i.party_id
			AND (a.ar_item_id = i.id OR a.credit_item_id = i.id)
	  LEFT JOIN receipt r ON r.id = a.receipt_id
	  LEFT JOIN ar_item c ON c.id = IF(a.ar_item_id = i.id, a.credit_item_id, a.ar_item_id)
	 WHERE i.party_id = v_party AND i.invoice_id = v_invoice
	 ORDER BY a.id;
END//

DELIMITER ;
