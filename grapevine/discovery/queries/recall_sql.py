"""Recall as SQL: one SELECT a channel, joined by UNION ALL into one statement. Both databases.

Every SELECT gives (channel, note_id, author_id, trait, place); `{scope}` narrows to a category,
topic or shop. Window functions number the rows, because a union keeps no order.
"""

IN_SCOPE = (
    " AND EXISTS (SELECT 1 FROM discovery_trait AS s"
    " WHERE s.kind = %s AND s.key = %s AND s.note_id = e.note_id)"
)

NEWEST = """
SELECT '{channel}' AS channel, note_id, author_id, '' AS trait,
       ROW_NUMBER() OVER (ORDER BY published_at DESC, note_id DESC) AS place
FROM (
    SELECT e.note_id, e.author_id, e.published_at FROM discovery_entry AS e
    WHERE 1 = 1{authors}{scope}
    ORDER BY e.published_at DESC, e.note_id DESC LIMIT %s
) AS newest
"""

POPULAR = """
SELECT 'popular' AS channel, note_id, author_id, '' AS trait,
       ROW_NUMBER() OVER (ORDER BY score DESC, note_id DESC) AS place
FROM (
    SELECT e.note_id, e.author_id, p.score
    FROM discovery_popular AS p JOIN discovery_entry AS e ON e.note_id = p.note_id
    WHERE 1 = 1{scope}
    ORDER BY p.score DESC, e.note_id DESC LIMIT %s
) AS popular
"""

BY_GOODS = """
SELECT '{channel}' AS channel, note_id, author_id, trait,
       ROW_NUMBER() OVER (ORDER BY note_id DESC) AS place
FROM (
    SELECT e.note_id, e.author_id, t.key AS trait,
           ROW_NUMBER() OVER (PARTITION BY t.key ORDER BY t.note_id DESC) AS turn
    FROM discovery_trait AS t JOIN discovery_entry AS e ON e.note_id = t.note_id
    WHERE t.kind = %s AND t.key IN ({keys}){scope}
) AS told
WHERE turn <= %s
"""

NEWEST_OF_TRAIT = """
SELECT '{channel}' AS channel, note_id, author_id, trait,
       ROW_NUMBER() OVER (ORDER BY note_id DESC) AS place
FROM ({parts}) AS told
"""

ONE_TRAIT = """
SELECT * FROM (
    SELECT e.note_id, e.author_id, t.key AS trait
    FROM discovery_trait AS t JOIN discovery_entry AS e ON e.note_id = t.note_id
    WHERE t.kind = %s AND t.key = %s{scope}
    ORDER BY t.note_id DESC LIMIT %s
) AS one
"""

PART = "SELECT * FROM ({part}) AS part"
