"""Donor coordination: what the host's army lacks, what donors promised, what arrived and what will."""
