-- The audit trail: rows hash-chained per customer (else per table), so that
-- writers of different customers never wait for one another (TRUST 3.6).

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost FUNCTION audit_hash(p_prev BINARY(32),
	p_chain VARCHAR(40), p_seq BIGINT,
	p_at DATETIME(6), p_actor BIGINT, p_for BIGINT, p_request VARCHAR(40), p_entity VARCHAR(40),
	p_id VARCHAR(60), p_op VARCHAR(6), p_before LONGTEXT, p_after LONGTEXT) RETURNS BINARY(32)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN UNHEX(SHA2(CONCAT(HEX(p_prev), '\n', p_chain, '\n', p_seq, '\n', p_at, '\n',
	COALESCE(p_actor, ''), '\n',
	COALESCE(p_for, ''), '\n', COALESCE(p_request, ''), '\n', p_entity, '\n', p_id, '\n', p_op,
		'\n',
	COALESCE(p_before, ''), '\n', COALESCE(p_after, '')), 256))//

-- Called by the audit triggers only.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE audit_write(IN p_chain VARCHAR(40),
	IN p_entity VARCHAR(40),
	IN p_id VARCHAR(60), IN p_op VARCHAR(6), IN p_before LONGTEXT, IN p_after LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_seq BIGINT;
	DECLARE v_prev, v_hash BINARY(32);
	DECLARE v_at DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

	-- A chain begins with its party: to look for it then would lock the gap that other parties' chains
	-- begin in, and two at once would wait for each other. MAX: no row would be NOT FOUND in the
	-- handlers of whoever fired the trigger.
	IF p_entity <> 'party' OR p_op <> 'insert' THEN
		SELECT MAX(seq) + 1, MAX(hash) INTO v_seq, v_prev FROM audit_head WHERE chain = p_chain FOR UPDATE;
	END IF;
	IF v_seq IS NULL THEN
		INSERT INTO audit_head (chain, seq, hash) VALUES (p_chain, 0, REPEAT('\0', 32))
		    ON DUPLICATE KEY UPDATE seq = audit_head.seq;
		SELECT MAX(seq) + 1, MAX(hash) INTO v_seq, v_prev FROM audit_head WHERE chain = p_chain FOR UPDATE;
	END IF;
	SET v_hash = audit_hash(v_prev, p_chain, v_seq, v_at, @actor_id, @actor_for, @request_id,
		p_entity, p_id, p_op, p_before, p_after);
	INSERT INTO audit_log (chain, seq, at, actor_id, actor_for, request_id, entity, entity_id,
		op,
		before_value, after_value, prev, hash)
	VALUES (p_chain, v_seq, v_at, @actor_id, @actor_for, @request_id, p_entity, p_id, p_op,
		p_before, p_after, v_prev, v_hash);
	UPDATE audit_head SET seq = v_seq, hash = v_hash WHERE chain = p_chain;
END//

-- Broken links of a chain ('' is all): one row each, none when all is well.
-- fault: changed (row does not match its hash), link (prev or seq), head (tail cut off).
-- Reads it all at once: of a large trail ask audit_check(), as sql/audit-verify does.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE audit_verify(IN p_chain VARCHAR(40))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT chain, seq, id, fault
	  FROM (SELECT chain, seq, id,
		       CASE
			WHEN hash <> audit_hash(prev, chain, seq, at, actor_id, actor_for,
				request_id, entity,
				entity_id, op, before_value, after_value) THEN 'changed'
			WHEN prev <> COALESCE(LAG(hash) OVER (PARTITION BY chain ORDER BY seq),
				REPEAT('\0', 32))
			  OR seq <> COALESCE(LAG(seq) OVER (PARTITION BY chain ORDER BY seq), 0) + 1
					THEN 'link'
		       END AS fault
		  FROM audit_log
		 WHERE p_chain IN ('', chain)) t
	 WHERE fault IS NOT NULL
	 UNION ALL
	SELECT h.chain, h.seq, NULL, 'head'
	  FROM audit_head h
	  LEFT JOIN audit_log l ON l.chain = h.chain AND l.seq = h.seq AND l.hash = h.hash
	 WHERE p_chain IN ('', h.chain) AND l.id IS NULL
	 ORDER BY 1, 2;
END//

-- The same for up to p_limit rows of a chain behind seq p_after, or ('') for the newest
-- rows of all: first one row with `checked` rows, `last` seq and `head` (NULL for all),
-- then the faults.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE audit_check(IN p_chain VARCHAR(40),
	IN p_after BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_rows, v_last, v_head, v_from BIGINT;

	IF p_chain = '' THEN
		SELECT COUNT(*), MIN(id) INTO v_rows, v_from
		  FROM (SELECT id FROM audit_log ORDER BY id DESC LIMIT p_limit) q;
	ELSE
		SELECT COUNT(*), MAX(seq) INTO v_rows, v_last
		  FROM (SELECT seq FROM audit_log WHERE chain = p_chain AND seq > p_after
			 ORDER BY seq LIMIT p_limit) q;
		SELECT MAX(seq) INTO v_head FROM audit_head WHERE chain = p_chain;
	END IF;
	SELECT v_rows AS checked, v_last AS last, v_head AS head;
	SELECT chain, seq, id, fault
	  FROM (SELECT l.chain, l.seq, l.id,
		       CASE
			WHEN l.hash <> audit_hash(l.prev, l.chain, l.seq, l.at, l.actor_id,
				l.actor_for, l.request_id, l.entity, l.entity_id, l.op,
				l.before_value, l.after_value) THEN 'changed'
			WHEN l.prev <> COALESCE(b.hash, REPEAT('\0', 32))
			  OR (b.id IS NULL AND l.seq <> 1) THEN 'link'
		       END AS fault
		  FROM audit_log l
		  LEFT JOIN audit_log b ON b.chain = l.chain AND b.seq = l.seq - 1
		 WHERE (p_chain = '' AND l.id >= v_from)
		    OR (l.chain = p_chain AND l.seq > p_after AND l.seq <= v_last)) t
	 WHERE fault IS NOT NULL
	 UNION ALL
	SELECT h.chain, h.seq, NULL, 'head'
	  FROM audit_head h
	  LEFT JOIN audit_log l ON l.chain = h.chain AND l.seq = h.seq AND l.hash = h.hash
	 WHERE l.id IS NULL
	   AND IF(p_chain = '', h.chain IN (SELECT x.chain FROM audit_log x WHERE x.id >= v_from),
		h.chain = p_chain AND (v_last IS NULL OR v_rows < p_limit))
	 ORDER BY 1, 2;
END//

DELIMITER ;
