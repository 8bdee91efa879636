"""People: accounts, roles, voices, sign-in and consent."""
