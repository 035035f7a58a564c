-- A few returns as people make them, by the routines that the pages call: one whole road with its red
-- invoice, one that is here and waits for its credit, one agreed and under way, one to be decided, one
-- refused.  Only for a company as small as that of the tour.
SET NAMES utf8mb4, time_zone = '+00:00';

DELIMITER //
-- Asked for by a user: of the latest shipment of his (or that) company that arrived days ago and whose
-- order is invoiced, what share of its first line.  p_id NULL: there is none.
CREATE OR REPLACE PROCEDURE demo_return_ask(IN p_code VARCHAR(20), IN p_login VARCHAR(60), IN p_nth INT,
	IN p_reason VARCHAR(10), IN p_note VARCHAR(400), IN p_share INT, OUT p_id BIGINT)
BEGIN
	DECLARE v_party, v_shipment BIGINT;
	DECLARE v_qty INT;

	SELECT id INTO v_party FROM party WHERE code = p_code;
	SELECT id INTO @actor_id FROM app_user WHERE login = p_login ORDER BY site LIMIT 1;
	SELECT q.id INTO v_shipment
	  FROM (SELECT s.id, ROW_NUMBER() OVER (ORDER BY s.delivered_at DESC, s.id DESC) AS nth
		  FROM shipment s
		  JOIN sales_order o ON o.id = s.order_id
		 WHERE s.party_id = v_party AND s.status = 'delivered' AND o.status IN ('delivered', 'closed')
		   AND s.delivered_at < UTC_TIMESTAMP() AND o.qty_issued >= o.qty_shipped
		   AND (SELECT COUNT(*) FROM shipment x WHERE x.order_id = o.id) = 1) q
	 WHERE q.nth = p_nth;
	SELECT GREATEST(1, left_qty * p_share DIV 100) INTO v_qty FROM returnable
	 WHERE party_id = v_party AND shipment_id = v_shipment ORDER BY id LIMIT 1;
	SET p_id = NULL;
	IF v_qty IS NOT NULL THEN
		CALL return_make(v_shipment, v_party, (SELECT site FROM app_user WHERE id = @actor_id), p_reason,
			p_note, NULL, CONCAT('[{"line":1,"qty":', v_qty, '}]'), p_id);
	END IF;
END//

CREATE OR REPLACE PROCEDURE demo_return()
this: BEGIN
	DECLARE v_now DOUBLE DEFAULT UNIX_TIMESTAMP();
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_quality, v_store, v_finance, v_issuer, v_whole, v_here, v_way, v_id, v_red BIGINT;
	DECLARE v_qty INT;

	IF (SELECT COUNT(*) FROM customer) > 200 THEN
		LEAVE this;
	END IF;
	SELECT MAX(IF(login = 'ye.zhiqiu', id, NULL)), MAX(IF(login = 'wu.dacheng', id, NULL)),
	       MAX(IF(login = 'su.jingwen', id, NULL)), MAX(IF(login = 'he.lingyun', id, NULL))
	  INTO v_quality, v_store, v_finance, v_issuer
	  FROM app_user WHERE site = 'office';
	SET @actor_for = NULL, @request_id = 'demo-th', timestamp = v_now - 3 * 86400;
	CALL demo_return_ask('D0001', 'ruisheng.admin', 2, 'damaged', '仓库盘点发现部分药盒受潮、标签模糊，不能再销。', 2, v_whole);
	CALL demo_return_ask('D0002', 'chen.siyu', 1, 'wrong', '发货规格与客户要货单不符，客户要求退回。', 3, v_here);
	CALL demo_return_ask('D0004', 'chen.siyu', 1, 'expiry', '余下效期不足半年，客户无法再销。', 4, v_way);
	SET timestamp = v_now - 2 * 86400;
	CALL demo_return_ask('D0003', 'chen.siyu', 1, 'other', '客户库存偏高，希望退回一部分。', 10, v_id);
	SET timestamp = v_now - 86400, @actor_id = v_quality;
	CALL return_decide(v_whole, 'approve', NULL, '[]');
	CALL return_decide(v_here, 'approve', NULL, '[]');
	CALL return_decide(v_way, 'approve', '请随货附批号清单。', '[]');
	CALL return_decide(v_id, 'reject', '非质量原因且已过约定的退货期，不予退回。', '[]');
	SET timestamp = v_now - 7200, @actor_id = v_store, v_day = business_day();
	SELECT approved_qty INTO v_qty FROM return_line WHERE return_id = v_whole;
	CALL return_receive(v_whole, v_day, 'quarantine', '一半内盒受潮，已拍照', CONCAT('[{"line":1,"good":', v_qty - v_qty DIV 2,
		',"bad":', v_qty DIV 2, '}]'));
	SELECT approved_qty INTO v_qty FROM return_line WHERE return_id = v_here;
	CALL return_receive(v_here, v_day, 'quarantine', NULL, CONCAT('[{"line":1,"good":', v_qty, ',"bad":0}]'));
	SET timestamp = v_now - 5400, @actor_id = v_finance;
	CALL return_credit(v_whole);
	SET timestamp = v_now - 3600, @actor_id = v_issuer;
	SELECT id INTO v_red FROM invoice WHERE return_id = v_whole;
	CALL invoice_issue(v_red, NULL, CONCAT('26422000099', LPAD(v_red, 9, '0')), business_day());
	SET timestamp = v_now - 1800;
	CALL demo_return_ask('D0001', 'ruisheng.admin', 1, 'damaged', '到货清点时发现破损。', 2, v_id);
	SET timestamp = DEFAULT;
END//
DELIMITER ;

CALL demo_return();
DROP PROCEDURE demo_return;
DROP PROCEDURE demo_return_ask;
