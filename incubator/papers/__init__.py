"""The office's papers: what each is for, the fields it is filled with, and how a template is filled and checked."""
