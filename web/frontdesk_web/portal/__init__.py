"""The pages that customers use."""
