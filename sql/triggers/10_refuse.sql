-- What the database itself refuses: change of append-only rows, transitions that
-- workflow_transition does not have. A loader of the admin may set @bulk_load = 1
-- to bring rows in at any state; it never opens the append-only tables.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_stock_movement_update BEFORE UPDATE
	ON stock_movement
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=stock_movement'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_stock_movement_delete BEFORE DELETE
	ON stock_movement
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=stock_movement'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_voucher_update BEFORE UPDATE ON voucher
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=voucher'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_voucher_delete BEFORE DELETE ON voucher
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=voucher'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_voucher_line_update BEFORE UPDATE
	ON voucher_line
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=voucher_line'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_voucher_line_delete BEFORE DELETE
	ON voucher_line
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=voucher_line'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_allocation_update BEFORE UPDATE
	ON allocation
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=allocation'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_allocation_delete BEFORE DELETE
	ON allocation
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=allocation'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_credit_override_update BEFORE UPDATE
	ON credit_override
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=credit_override'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_credit_override_delete BEFORE DELETE
	ON credit_override
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=credit_override'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_audit_log_update BEFORE UPDATE ON audit_log
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=audit_log'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_audit_log_delete BEFORE DELETE ON audit_log
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=audit_log'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_login_event_update BEFORE UPDATE
	ON login_event
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=login_event'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_login_event_delete BEFORE DELETE
	ON login_event
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=login_event'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_shipment_event_update BEFORE UPDATE
	ON shipment_event
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=shipment_event'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_shipment_event_delete BEFORE DELETE
	ON shipment_event
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=shipment_event'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_sales_order_insert BEFORE INSERT
	ON sales_order
FOR EACH ROW
BEGIN
	IF (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal',
		'login', 'jobs'))
		AND NOT EXISTS (SELECT 1 FROM workflow_state WHERE entity = 'order'
			AND state = NEW.status AND initial = 1) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.initial|status|entity=order';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_sales_order_update BEFORE UPDATE
	ON sales_order
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'order' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=order';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_shipment_insert BEFORE INSERT ON shipment
FOR EACH ROW
BEGIN
	IF (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal',
		'login', 'jobs'))
		AND NOT EXISTS (SELECT 1 FROM workflow_state WHERE entity = 'shipment'
			AND state = NEW.status AND initial = 1) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.initial|status|entity=shipment';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_shipment_update BEFORE UPDATE ON shipment
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'shipment' AND from_state = OLD.status AND to_state = NEW.status)
	THEN
		SIGNAL SQLSTATE '45000'
			SET MESSAGE_TEXT = 'state.transition|status|entity=shipment';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_invoice_insert BEFORE INSERT ON invoice
FOR EACH ROW
BEGIN
	IF (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal',
		'login', 'jobs'))
		AND NOT EXISTS (SELECT 1 FROM workflow_state WHERE entity = 'invoice'
			AND state = NEW.status AND initial = 1) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.initial|status|entity=invoice';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_invoice_update BEFORE UPDATE ON invoice
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'invoice' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=invoice';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_quotation_update BEFORE UPDATE ON quotation
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'quote' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=quote';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_stock_adjustment_insert BEFORE INSERT
	ON stock_adjustment
FOR EACH ROW
BEGIN
	IF (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal',
		'login', 'jobs'))
		AND NOT EXISTS (SELECT 1 FROM workflow_state WHERE entity = 'adjustment'
			AND state = NEW.status AND initial = 1) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.initial|status|entity=adjustment';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_stock_adjustment_update BEFORE UPDATE
	ON stock_adjustment
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'adjustment' AND from_state = OLD.status AND to_state = NEW.status)
	THEN
		SIGNAL SQLSTATE '45000'
			SET MESSAGE_TEXT = 'state.transition|status|entity=adjustment';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_receipt_insert BEFORE INSERT ON receipt
FOR EACH ROW
BEGIN
	IF (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal',
		'login', 'jobs'))
		AND NOT EXISTS (SELECT 1 FROM workflow_state WHERE entity = 'receipt'
			AND state = NEW.status AND initial = 1) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.initial|status|entity=receipt';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_receipt_update BEFORE UPDATE ON receipt
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'receipt' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=receipt';
	END IF;
END//

DELIMITER ;
