"""What a call of `create` is given."""


def get_given_names(records, vals_list):
    """Return the names of the fields that are given to `create`, also as defaults."""
    given = {
        key.removeprefix("default_")
        for key in records.env.context
        if key.startswith("default_")
    }
    return given.union(*vals_list)
