"""Recall as SQL: one SELECT a channel, joined by UNION ALL into one statement. Both databases.

Every SELECT gives (channel, note_id, trait, place); `{scope}` narrows to a category, topic or shop and to what the reader has
not seen. Window functions number the rows, because a union keeps no order. What is known of the notes is joined once, outside.
A CROSS JOIN is read from left to right by SQLite, which opens `{scope}` anew for every row: few rows must come to it.
"""

WHOLE = """
SELECT u.channel, u.note_id, e.author_id, u.trait, u.place,
       e.shop_id, e.category, e.published_at, e.vector
FROM ({parts}) AS u JOIN discovery_entry AS e ON e.note_id = u.note_id
"""

IN_SCOPE = (
    " AND EXISTS (SELECT 1 FROM discovery_trait AS s"
    " WHERE s.kind = %s AND s.key = %s AND s.note_id = e.note_id)"
)

UNSEEN = (
    " AND NOT EXISTS (SELECT 1 FROM discovery_shown AS h"
    " WHERE h.person_id = %s AND h.note_id = e.note_id)"
)

UNMUTED = (
    " AND NOT EXISTS (SELECT 1 FROM discovery_tagword AS m JOIN discovery_trait AS q"
    " ON q.kind = m.kind AND q.key = m.key"
    " WHERE m.person_id = %s AND NOT m.is_wanted AND q.note_id = e.note_id)"
    " AND NOT EXISTS (SELECT 1 FROM discovery_tagword AS n WHERE n.person_id = %s AND n.kind = 'note'"
    " AND n.key = CAST(e.note_id AS TEXT) AND NOT n.is_wanted)"
    " AND NOT EXISTS (SELECT 1 FROM discovery_tagword AS a WHERE a.person_id = %s AND a.kind = 'author'"
    " AND a.key = CAST(e.author_id AS TEXT) AND NOT a.is_wanted)"
)
"""Of no subject the reader does not want, not a note or an author they do not want; the reader three times."""

NEWEST = """
SELECT '{channel}' AS channel, note_id, '' AS trait,
       ROW_NUMBER() OVER (ORDER BY published_at DESC, note_id DESC) AS place
FROM (
    SELECT e.note_id, e.published_at FROM discovery_entry AS e
    WHERE 1 = 1{among}{scope}
    ORDER BY e.published_at DESC, e.note_id DESC LIMIT %s
) AS newest
"""

SCORED = """
SELECT '{channel}' AS channel, note_id, '' AS trait,
       ROW_NUMBER() OVER (ORDER BY score DESC, note_id DESC) AS place
FROM (
    SELECT e.note_id, p.score
    FROM discovery_{channel} AS p CROSS JOIN discovery_entry AS e
    WHERE e.note_id = p.note_id{scope}
    ORDER BY p.score DESC, e.note_id DESC LIMIT %s
) AS scored
"""

BY_GOODS = """
SELECT '{channel}' AS channel, told.note_id, told.key AS trait,
       ROW_NUMBER() OVER (ORDER BY told.note_id DESC) AS place
FROM (VALUES {rows}) AS wanted CROSS JOIN discovery_trait AS told
WHERE told.id IN (
    SELECT t.id
    FROM discovery_trait AS t JOIN discovery_entry AS e ON e.note_id = t.note_id
    WHERE t.kind = %s AND t.key = wanted.column1{scope}
    ORDER BY t.note_id DESC LIMIT %s
)
"""
"""Of goods with many notes the newest few alone are read, found one by one in the index. SQLite, which knows no LATERAL."""

BY_GOODS_LATERAL = """
SELECT '{channel}' AS channel, told.note_id, told.trait,
       ROW_NUMBER() OVER (ORDER BY told.note_id DESC) AS place
FROM (VALUES {rows}) AS wanted CROSS JOIN LATERAL (
    SELECT e.note_id, t.key AS trait
    FROM discovery_trait AS t JOIN discovery_entry AS e ON e.note_id = t.note_id
    WHERE t.kind = %s AND t.key = wanted.column1{scope}
    ORDER BY t.note_id DESC LIMIT %s
) AS told
"""
"""The same for PostgreSQL, which would read every trait for a list that depends on another table."""

BY_NOTES = """
SELECT '{channel}' AS channel, e.note_id, 'note:' || e.note_id AS trait, 0 AS place
FROM discovery_entry AS e WHERE e.note_id IN ({keys}){scope}
"""

NEWEST_OF_TRAIT = """
SELECT '{channel}' AS channel, note_id, trait,
       ROW_NUMBER() OVER (ORDER BY note_id DESC) AS place
FROM ({parts}) AS told
"""

ONE_TRAIT = """
SELECT * FROM (
    SELECT e.note_id, t.key AS trait
    FROM discovery_trait AS t JOIN discovery_entry AS e ON e.note_id = t.note_id
    WHERE t.kind = %s AND t.key = %s{scope}
    ORDER BY t.note_id DESC LIMIT %s
) AS one
"""

OWED = """
SELECT 'explore' AS channel, e.note_id,
       t.shown || ' ' || t.wanted || ' ' || t.clicks || ' ' || t.skips AS trait, 0 AS place
FROM discovery_trial AS t CROSS JOIN discovery_entry AS e
WHERE e.note_id = t.note_id AND t.ends_at > %s AND t.shown < t.wanted AND t.author_id NOT IN ({authors}){scope}
ORDER BY t.shown, t.note_id LIMIT %s
"""

TRIED = """
SELECT 'explore' AS channel, e.note_id,
       t.shown || ' ' || t.wanted || ' ' || t.clicks || ' ' || t.skips AS trait, 0 AS place
FROM discovery_trial AS t CROSS JOIN discovery_entry AS e
WHERE e.note_id = t.note_id AND t.ends_at > %s AND t.shown >= t.wanted AND t.author_id NOT IN ({authors}){scope}
ORDER BY (t.clicks + 1) / (t.clicks + t.skips + 21) DESC, t.note_id LIMIT %s
"""
"""Ordered and limited as the index discovery_trial_tried is: the best alone are read, however many are tried out."""

AGAIN = """
SELECT 'again' AS channel, note_id, '' AS trait,
       ROW_NUMBER() OVER (ORDER BY at, note_id) AS place
FROM (
    SELECT e.note_id, h.at FROM discovery_shown AS h JOIN discovery_entry AS e ON e.note_id = h.note_id
    WHERE h.person_id = %s{scope}
    ORDER BY h.at, h.note_id LIMIT %s
) AS again
"""

PART = "SELECT * FROM ({part}) AS part"
