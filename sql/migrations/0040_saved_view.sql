-- 0040: views of a list that a user keeps may be shown to his colleagues, if he may share.

ALTER TABLE saved_view ADD COLUMN IF NOT EXISTS shared_for BIGINT NULL
	COMMENT 'NULL: its owner alone; 0: the office; else the company' AFTER query;
CREATE INDEX IF NOT EXISTS ix_saved_view_shared ON saved_view (shared_for, page);

INSERT INTO permission (name, site, area) VALUES ('view.share', 'office,portal', 'staff')
	ON DUPLICATE KEY UPDATE site = VALUES(site), area = VALUES(area);

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT r.id, 'view.share'
  FROM role r
 WHERE r.built_in = 1
   AND CONCAT(r.site, '.', r.code) IN ('office.admin', 'office.sales_manager', 'office.finance_manager',
	'office.product_manager', 'portal.company_admin');
