"""Tests of reports: what is told of a release once it is over."""
