-- A notification as its reader sees it; args are no=<number>|who=<name>.
CREATE OR REPLACE DEFINER = owner@localhost VIEW message AS
SELECT n.id, n.user_id, n.kind, SUBSTRING_INDEX(SUBSTRING_INDEX(n.args, '|', 1), '=', -1) AS about,
       IF(LOCATE('|who=', n.args) > 0, SUBSTRING_INDEX(n.args, '|who=', -1), NULL) AS who,
       IF(n.read_at IS NULL, 'unread', 'read') AS state,
       IF(n.read_at IS NULL, 'attention', NULL) AS flag, n.created_at
  FROM notification n;
