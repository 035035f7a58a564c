-- An issued statement does not change but in what became of it; states move along the workflow.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_reconciliation_line_update BEFORE UPDATE
	ON reconciliation_line
FOR EACH ROW
BEGIN
	IF CONCAT_WS('|', OLD.reconciliation_id, OLD.line_no, OLD.biz_date, OLD.entry, OLD.doc_no,
		OLD.debit, OLD.credit, OLD.balance, OLD.product_id, OLD.shipped, OLD.returned,
		OLD.purchased, OLD.pure_sale, OLD.stock)
	   <> CONCAT_WS('|', NEW.reconciliation_id, NEW.line_no, NEW.biz_date, NEW.entry, NEW.doc_no,
		NEW.debit, NEW.credit, NEW.balance, NEW.product_id, NEW.shipped, NEW.returned,
		NEW.purchased, NEW.pure_sale, NEW.stock)
	OR EXISTS (SELECT 1 FROM reconciliation r WHERE r.id = OLD.reconciliation_id
		AND r.status IN ('confirmed', 'superseded')) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=reconciliation_line';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_reconciliation_line_delete BEFORE DELETE
	ON reconciliation_line
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=reconciliation_line'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_reconciliation_update BEFORE UPDATE
	ON reconciliation
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'reconciliation' AND from_state = OLD.status
		AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000'
			SET MESSAGE_TEXT = 'state.transition|status|entity=reconciliation';
	ELSEIF OLD.status <> 'draft' AND (OLD.opening, OLD.debit, OLD.credit, OLD.closing,
		OLD.content_hash, OLD.date_from, OLD.date_to) <> (NEW.opening, NEW.debit, NEW.credit,
		NEW.closing, NEW.content_hash, NEW.date_from, NEW.date_to) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=reconciliation';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_reconciliation_dispute_update BEFORE UPDATE
	ON reconciliation_dispute
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'dispute' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=dispute';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_confirmation_letter_update BEFORE UPDATE
	ON confirmation_letter
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'letter' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=letter';
	ELSEIF OLD.status <> 'draft' AND (OLD.as_of, OLD.balance, OLD.kind, OLD.auditor,
		OLD.auditor_contact, OLD.content_hash) <> (NEW.as_of, NEW.balance, NEW.kind,
		NEW.auditor, NEW.auditor_contact, NEW.content_hash) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=confirmation_letter';
	END IF;
END//

DELIMITER ;
