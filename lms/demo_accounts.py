"""The accounts of the demo, made by `load_demo` only with MALAKA_DEMO=1; their password is known to all."""

PASSWORD = "malaka-demo"  # noqa: S105  # meant to be known
ACCOUNTS = {
    "assistant": "assistant of the hokim in one mahalla",
    "centre": "manager of the mono-centre",
    "instructor": "instructor of the mono-centre",
    "academy": "administrator of the academy",
    "manager": "staff manager of a ministry",
    "supervisor": "supervisor of one region",
    "counter": "One-Stop-Shop of one district",
    "auditor": "auditor of one region",
    "admin": "platform administrator",
    "learner": "civil servant",
    "resident": "resident referred for training",
}


def describe_accounts() -> str:
    """The accounts as a small table for the terminal."""
    rows = [f"  {name:<12}{what}" for name, what in ACCOUNTS.items()]
    return "\n".join([f"Demo accounts, password {PASSWORD}:", *rows])
