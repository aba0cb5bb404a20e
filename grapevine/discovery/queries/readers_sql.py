"""What is known of a reader, in one statement for both databases: rows of (what, who, kind, key, weight, at)."""

OWN = """
SELECT * FROM (
    SELECT 'own' AS what, person_id AS who, kind, key, weight, at
    FROM discovery_taste WHERE person_id = %s ORDER BY id DESC LIMIT %s
) AS own
"""

OTHERS = """
SELECT * FROM (
    SELECT 'others' AS what, person_id AS who, kind, key, weight, at
    FROM discovery_taste
    WHERE kind IN ('goods', 'note') AND (
        person_id IN ({ids})
        OR person_id IN (SELECT who FROM ({followed}) AS one ORDER BY who DESC LIMIT %s)
        OR person_id IN (
            SELECT other_id FROM discovery_bond WHERE person_id = %s ORDER BY at DESC, id DESC LIMIT %s
        )
    )
    ORDER BY id DESC LIMIT %s
) AS others
"""

BONDS = """
SELECT * FROM (
    SELECT 'bond' AS what, other_id AS who, kind, '' AS key, times * 1.0 AS weight, at
    FROM discovery_bond WHERE person_id = %s ORDER BY at DESC, id DESC LIMIT %s
) AS bonds
"""

WORDS = """
SELECT * FROM (
    SELECT 'word' AS what, person_id AS who, 'word' AS kind, word AS key, weight, CAST(NULL AS TIMESTAMPTZ) AS at
    FROM discovery_phrase WHERE person_id = %s ORDER BY weight DESC, word LIMIT %s
) AS words
"""

DROPPED = """
SELECT 'dropped' AS what, person_id AS who, kind, key, 0.0 AS weight, CAST(NULL AS TIMESTAMPTZ) AS at
FROM discovery_tagword WHERE person_id = %s AND NOT is_wanted
"""

RULES = """
SELECT 'rule' AS what, 0 AS who, '' AS kind, channel AS key,
       CASE WHEN is_on THEN weight * 1.0 ELSE 0.0 END AS weight, CAST(NULL AS TIMESTAMPTZ) AS at
FROM discovery_channelrule
"""

AROUND = """
SELECT 'around' AS what, who, what AS kind, '' AS key, number * 1.0 AS weight, CAST(NULL AS TIMESTAMPTZ) AS at
FROM ({part}) AS part
"""
