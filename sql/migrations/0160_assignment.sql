-- 0160: who may say which rep looks after which terminal from which day on.

INSERT INTO permission (name, site, area, guarded) VALUES
	('assignment.edit', 'office', 'flow', 0)
	ON DUPLICATE KEY UPDATE site = VALUES(site), area = VALUES(area), guarded = VALUES(guarded);

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT id, 'assignment.edit' FROM role
 WHERE site = 'office' AND built_in = 1 AND code IN ('sales_manager', 'flow_clerk');
