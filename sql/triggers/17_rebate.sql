-- A policy in force does not change, what was computed does not either.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_rebate_policy_update BEFORE UPDATE
	ON rebate_policy
FOR EACH ROW
BEGIN
	IF OLD.status <> 'draft' AND ((OLD.code, OLD.base, OLD.method, OLD.span, OLD.from1,
		OLD.rate1, OLD.vat_rate, OLD.valid_from) <> (NEW.code, NEW.base, NEW.method, NEW.span,
		NEW.from1, NEW.rate1, NEW.vat_rate, NEW.valid_from)
		OR NOT OLD.target <=> NEW.target OR NOT OLD.group_id <=> NEW.group_id
		OR NOT OLD.product_group_id <=> NEW.product_group_id OR NOT OLD.from2 <=> NEW.from2
		OR NOT OLD.rate2 <=> NEW.rate2 OR NOT OLD.from3 <=> NEW.from3
		OR NOT OLD.rate3 <=> NEW.rate3 OR NOT OLD.from4 <=> NEW.from4
		OR NOT OLD.rate4 <=> NEW.rate4) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rebate.in_force|status';
	ELSEIF OLD.status <> 'draft' AND NEW.status = 'draft'
		OR OLD.status = 'ended' AND NEW.status <> 'ended' THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rebate.in_force|status';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_rebate_run_update BEFORE UPDATE
	ON rebate_run
FOR EACH ROW
BEGIN
	IF OLD.status <> 'draft' OR NEW.status <> OLD.status AND NOT EXISTS (
		SELECT 1 FROM workflow_transition WHERE entity = 'rebate' AND from_state = OLD.status
		AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=rebate';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_rebate_line_update BEFORE UPDATE
	ON rebate_line
FOR EACH ROW
BEGIN
	IF OLD.voucher_id IS NOT NULL OR (OLD.party_id, OLD.base, OLD.amount, OLD.paid)
		<> (NEW.party_id, NEW.base, NEW.amount, NEW.paid) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=rebate_line';
	END IF;
END//

DELIMITER ;
