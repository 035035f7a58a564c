-- 0031: collecting is done by reps and finance; who may only look at accounts
-- (the auditor) changes nothing (F082).

INSERT IGNORE INTO permission (name, site, area) VALUES ('collection.edit', 'office', 'account');

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT r.id, 'collection.edit'
  FROM role r
 WHERE r.site = 'office'
   AND r.built_in = 1
   AND r.code IN ('sales_rep', 'sales_manager', 'finance', 'finance_manager');
