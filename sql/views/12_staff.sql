-- People of the office as their administrators see them: whether, not what, the
-- password and the second factor are.

CREATE OR REPLACE DEFINER = owner@localhost VIEW staff_page AS
SELECT u.id, u.login, u.name, u.email, u.phone, u.org_unit_id, o.name AS unit, u.locale, u.version,
       u.created_at, u.last_login_at, u.password_at, u.failed_count,
       CASE
	WHEN u.status = 'disabled' THEN 'disabled'
	WHEN u.password_hash = '!' THEN 'invited'
	WHEN u.locked_until > UTC_TIMESTAMP(6) THEN 'locked'
	ELSE 'active'
       END COLLATE utf8mb4_unicode_520_ci AS state,
       IF(u.totp_secret IS NULL, 'off', 'on') COLLATE utf8mb4_unicode_520_ci AS factor,
       (SELECT GROUP_CONCAT(r.name ORDER BY x.is_main DESC, r.id SEPARATOR '、')
	  FROM user_role x JOIN role_named r ON r.id = x.role_id WHERE x.user_id = u.id
	 GROUP BY x.user_id) AS roles
  FROM app_user u
  LEFT JOIN org_unit o ON o.id = u.org_unit_id
 WHERE u.site = 'office';
