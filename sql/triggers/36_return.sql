-- A return moves along its workflow.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_return_order_insert BEFORE INSERT
	ON return_order
FOR EACH ROW
BEGIN
	IF (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal',
		'login', 'jobs'))
		AND NOT EXISTS (SELECT 1 FROM workflow_state WHERE entity = 'return'
			AND state = NEW.status AND initial = 1) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.initial|status|entity=return';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_return_order_update BEFORE UPDATE
	ON return_order
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'return' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=return';
	END IF;
END//

DELIMITER ;
