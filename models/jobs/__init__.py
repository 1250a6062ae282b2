"""Long work beside the requests: a row for each job, which says how far it is and where its result is kept."""
