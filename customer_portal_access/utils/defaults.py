"""What the context may not say in place of whoever writes a record."""


def without_defaults(records, names):
    """Return the records without the context's defaults for some fields.

    Odoo takes ``default_<field>`` of whatever context a client sends, also for fields that
    the client may not write.

    :param records: of any model
    :param names: the fields' names
    """
    refused = {f"default_{name}" for name in names}
    if refused.isdisjoint(records.env.context):
        return records
    kept = {key: value for key, value in records.env.context.items() if key not in refused}
    return records.with_env(records.env(context=kept))
