-- Views of the back office.

-- Who may decide which open step now: named, or by role within the row scope.
CREATE OR REPLACE DEFINER = owner@localhost VIEW approval_inbox AS
SELECT u.id AS user_id, s.id AS step_id, s.approval_id, s.level, s.reason, s.opened_at, a.subject,
       a.subject_id, a.party_id, a.amount,
       a.round, a.made_by
  FROM app_user u
  JOIN approval_step s ON s.status = 'open' AND s.made_by <> u.id
  JOIN approval a ON a.id = s.approval_id
  LEFT JOIN org_unit mine ON mine.id = u.org_unit_id
  LEFT JOIN org_unit its ON its.id = a.org_unit_id
 WHERE s.user_id = u.id
    OR EXISTS (SELECT 1
		 FROM user_role ur
		 JOIN role r ON r.id = ur.role_id
		WHERE ur.user_id = u.id AND ur.role_id = s.role_id
		  AND (r.row_scope = 'all' OR a.org_unit_id IS NULL OR a.org_unit_id = u.org_unit_id
		   OR (r.row_scope = 'below' AND its.path LIKE CONCAT(mine.path, '%'))));

-- Departments whose rows a user may see; row scope `own` and `all` are not here.
CREATE OR REPLACE DEFINER = owner@localhost VIEW user_unit AS
SELECT u.id AS user_id, o.id AS org_unit_id
  FROM app_user u
  JOIN org_unit mine ON mine.id = u.org_unit_id
  JOIN org_unit o ON o.path LIKE CONCAT(mine.path, '%')
 WHERE EXISTS (SELECT 1 FROM user_role ur JOIN role r ON r.id = ur.role_id
		WHERE ur.user_id = u.id AND (r.row_scope = 'below'
			OR (r.row_scope = 'unit' AND o.id = mine.id)));
