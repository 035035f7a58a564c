-- Rights are not raised by oneself, nor sensitive ones by one alone, whatever the
-- office's programs write. The loader and tests of the administrator are free.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER user_role_guard BEFORE INSERT ON user_role
FOR EACH ROW
BEGIN
	IF SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal') THEN
		SET NEW.granted_by = @actor_id;
		IF NEW.user_id = @actor_id THEN
			SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'staff.self|role_id';
		END IF;
		IF role_is_sensitive(NEW.role_id) AND NOT EXISTS (SELECT 1 FROM role_request q
			WHERE q.user_id = NEW.user_id AND q.role_id = NEW.role_id
				AND q.status = 'granted'
			AND q.decided_by = @actor_id
				AND q.decided_at > UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE) THEN
			SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'role.second|role_id';
		END IF;
	END IF;
END//

-- A permission is added to a role that oneself does not have; a sensitive one only
-- while nobody has the role, so that giving it takes two.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER role_permission_guard BEFORE INSERT
	ON role_permission
FOR EACH ROW
BEGIN
	IF SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal') THEN
		IF EXISTS (SELECT 1 FROM user_role WHERE role_id = NEW.role_id
			AND user_id = @actor_id) THEN
			SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'role.own';
		END IF;
		IF EXISTS (SELECT 1 FROM permission WHERE name = NEW.permission AND guarded = 1)
			AND EXISTS (SELECT 1 FROM user_role WHERE role_id = NEW.role_id) THEN
			SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'role.held';
		END IF;
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER role_permission_keep BEFORE DELETE
	ON role_permission
FOR EACH ROW
BEGIN
	IF OLD.permission IN ('staff.edit', 'role.edit')
		AND SUBSTRING_INDEX(USER(), '@', 1) = 'office'
		AND EXISTS (SELECT 1 FROM role WHERE id = OLD.role_id AND site = 'office'
			AND code = 'admin') THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'role.admin';
	END IF;
END//

-- Somebody who may keep people and roles always remains.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER app_user_admin BEFORE UPDATE ON app_user
FOR EACH ROW
BEGIN
	IF NEW.status <> 'active' AND OLD.status = 'active' AND OLD.site = 'office'
		AND SUBSTRING_INDEX(USER(), '@', 1) = 'office' THEN
		CALL admin_remains(OLD.id);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER user_role_admin AFTER DELETE ON user_role
FOR EACH ROW
BEGIN
	IF SUBSTRING_INDEX(USER(), '@', 1) = 'office' AND EXISTS (SELECT 1 FROM role_permission
		WHERE role_id = OLD.role_id AND permission IN ('staff.edit', 'role.edit')) THEN
		CALL admin_remains(0);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER role_permission_admin AFTER DELETE
	ON role_permission
FOR EACH ROW
BEGIN
	IF OLD.permission IN ('staff.edit', 'role.edit')
		AND SUBSTRING_INDEX(USER(), '@', 1) = 'office' THEN
		CALL admin_remains(0);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER role_guard BEFORE UPDATE ON role
FOR EACH ROW
BEGIN
	IF NEW.row_scope + 0 > OLD.row_scope + 0 AND SUBSTRING_INDEX(USER(), '@', 1) = 'office'
		AND EXISTS (SELECT 1 FROM user_role WHERE role_id = OLD.id AND user_id = @actor_id)
	THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'role.own|row_scope';
	END IF;
END//

DELIMITER ;
