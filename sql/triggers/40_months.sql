-- Sums by month and customer, kept with what they sum: order_month, receipt_month.
-- A loader that sets @bulk_load calls months_sum() when it is done.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER months_sales_order_insert AFTER INSERT
	ON sales_order
FOR EACH ROW
BEGIN
	IF order_is_sold(NEW.status) AND (COALESCE(@bulk_load, 0) = 0
		OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL order_month_add(NEW.order_date, NEW.party_id, NEW.rep_id, NEW.org_unit_id,
			NEW.amount);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER months_sales_order_update AFTER UPDATE
	ON sales_order
FOR EACH ROW
BEGIN
	IF NOT (OLD.status <=> NEW.status AND OLD.amount <=> NEW.amount
		AND OLD.order_date <=> NEW.order_date AND OLD.rep_id <=> NEW.rep_id
		AND OLD.org_unit_id <=> NEW.org_unit_id) THEN
		IF order_is_sold(OLD.status) THEN
			CALL order_month_add(OLD.order_date, OLD.party_id, OLD.rep_id, OLD.org_unit_id,
				-OLD.amount);
		END IF;
		IF order_is_sold(NEW.status) THEN
			CALL order_month_add(NEW.order_date, NEW.party_id, NEW.rep_id, NEW.org_unit_id,
				NEW.amount);
		END IF;
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER months_receipt_insert AFTER INSERT ON receipt
FOR EACH ROW
BEGIN
	IF NEW.status = 'posted' AND (COALESCE(@bulk_load, 0) = 0
		OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL receipt_month_add(NEW.received_on, NEW.party_id, NEW.amount);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER months_receipt_update AFTER UPDATE ON receipt
FOR EACH ROW
BEGIN
	IF NOT (OLD.status <=> NEW.status AND OLD.amount <=> NEW.amount
		AND OLD.received_on <=> NEW.received_on AND OLD.party_id <=> NEW.party_id) THEN
		IF OLD.status = 'posted' THEN
			CALL receipt_month_add(OLD.received_on, OLD.party_id, -OLD.amount);
		END IF;
		IF NEW.status = 'posted' THEN
			CALL receipt_month_add(NEW.received_on, NEW.party_id, NEW.amount);
		END IF;
	END IF;
END//

DELIMITER ;
