"""The operator's pages: who is hosted here, who may sign up, and what it costs."""
