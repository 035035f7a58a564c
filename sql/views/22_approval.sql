-- A step of an approval with the order it is about.
CREATE OR REPLACE DEFINER = owner@localhost VIEW approval_step_page AS
SELECT s.id AS step, s.status, s.user_id, s.decided_by, o.id, o.version, o.party_id, o.rep_id,
       o.org_unit_id, o.order_no,
       o.customer, o.customer_code, o.rep, o.department, o.amount, o.pay, o.origin, o.made_by,
       o.placed_at, o.wanted_on, o.note
  FROM approval_step s
  JOIN approval a ON a.id = s.approval_id AND a.subject = 'order'
  JOIN order_page o ON o.id = a.subject_id;

-- The path of an approval, asked for by any of its steps.
CREATE OR REPLACE DEFINER = owner@localhost VIEW approval_path AS
SELECT m.id AS step, s.level, s.id, s.status, COALESCE(y.name, q.name, u.name) AS label,
       COALESCE(d.name, u.name, q.name) AS who,
       DATE(s.decided_at + INTERVAL 8 HOUR) AS decided_on
  FROM approval_step m
  JOIN approval_step s ON s.approval_id = m.approval_id AND s.status <> 'dropped'
  LEFT JOIN approval_rule y ON y.id = s.rule_id
  LEFT JOIN role_named q ON q.id = s.role_id
  LEFT JOIN app_user u ON u.id = s.user_id
  LEFT JOIN app_user d ON d.id = s.decided_by;

-- Staff who may be put in copy.
CREATE OR REPLACE DEFINER = owner@localhost VIEW approval_reader AS
SELECT u.id, u.name, d.name AS department
  FROM app_user u
  LEFT JOIN org_unit d ON d.id = u.org_unit_id
 WHERE u.site = 'office' AND u.status = 'active'
   AND EXISTS (SELECT 1 FROM user_role x JOIN role_permission y ON y.role_id = x.role_id
		AND y.permission = 'order.view'
		WHERE x.user_id = u.id);

-- Approvals somebody was put in copy of, with the order.
CREATE OR REPLACE DEFINER = owner@localhost VIEW approval_copy_page AS
SELECT e.id AS copy, e.user_id, e.created_at AS copied_at, e.comment, m.name AS sent_by,
       a.status AS decision, o.id, o.version, o.party_id, o.order_no, o.customer, o.customer_code,
       o.rep, o.department, o.amount, o.pay, o.origin, o.made_by, o.placed_at, o.wanted_on, o.note
  FROM approval_event e
  JOIN approval a ON a.id = e.approval_id AND a.subject = 'order'
  JOIN order_page o ON o.id = a.subject_id
  JOIN app_user m ON m.id = e.made_by
 WHERE e.kind = 'copied';

-- Staff who may sign.
CREATE OR REPLACE DEFINER = owner@localhost VIEW approval_signer AS
SELECT u.id, u.name, d.name AS department
  FROM app_user u
  LEFT JOIN org_unit d ON d.id = u.org_unit_id
 WHERE u.site = 'office' AND u.status = 'active'
   AND EXISTS (SELECT 1 FROM user_role x JOIN role_permission y ON y.role_id = x.role_id
		AND y.permission = 'order.approve'
		WHERE x.user_id = u.id);
