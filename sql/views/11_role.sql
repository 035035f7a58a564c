-- Roles as pages name them: a built-in one by #code, which has a word in each language (status.role.*),
-- one that people made by the name they gave it.
CREATE OR REPLACE DEFINER = owner@localhost VIEW role_named AS
SELECT r.id, r.site, r.code, r.party_id, r.row_scope, r.built_in, r.version,
       IF(r.built_in = 1, CONCAT('#', r.code), r.name) AS name
  FROM role r;
