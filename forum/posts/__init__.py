"""Posts, votes, comments, follows and their history."""
