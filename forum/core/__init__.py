"""The ground every stage stands on: database, jobs, events, errors, languages. No Flask here."""
