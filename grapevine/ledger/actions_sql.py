"""The statements of a posting. `actions.post` is their only reader; both databases run them."""

POSTING_COLUMNS = "key, kind, reference, currency, digest, at, written_at"
POSTING_ENDING = "ON CONFLICT (key) DO NOTHING RETURNING id, key"
TRANSFER_COLUMNS = "posting_id, debit_id, credit_id, amount_minor"
ACCOUNT_COLUMNS = "owner, kind, currency, stripe, balance_minor"
ACCOUNT_ENDING = "ON CONFLICT (owner, kind, currency, stripe) DO NOTHING RETURNING owner, kind, currency, stripe, id"
ONE_ACCOUNT = "(owner = %s AND kind = %s AND currency = %s AND stripe = %s)"
ACCOUNTS = "SELECT owner, kind, currency, stripe, id FROM ledger_accountrow WHERE {}"
