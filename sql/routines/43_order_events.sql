-- What happened to an order, oldest first: at, kind, actor, note. A routine, as the conditions of
-- a statement with parameters do not reach into the union of the view.

DELIMITER //

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_events(IN p_party BIGINT,
	IN p_order BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT at, kind, actor, note
	  FROM order_event
	 WHERE party_id = p_party AND order_id = p_order
	 ORDER BY at, seq;
END//

DELIMITER ;
