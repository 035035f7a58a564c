<?php
/* The page as bare PHP: the same SQL by mysqli on a persistent connection, all rows
 * fetched, each cell through htmlspecialchars, the same bytes of HTML out. */
$page = require $_SERVER['PAGE'];
$db = new mysqli('p:localhost', $page['user'], $page['password'], 'xiaoao', 0, $page['socket']);
$db->set_charset('utf8mb4');
$text = '';
foreach ($page['statements'] as $statement) {
	$db->real_query($statement);
	do {
		$result = $db->store_result();
		if ($result === false)
			continue;
		while ($row = $result->fetch_row()) {
			foreach ($row as $cell)
				$text .= htmlspecialchars($cell ?? '');
		}
		$result->free();
	} while ($db->more_results() && $db->next_result());
}
header('Content-Type: text/html; charset=utf-8');
echo $page['body'];
