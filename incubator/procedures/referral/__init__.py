"""Referral (移送): what the registrar has to decide about a registered body is referred, and its answer recorded."""
