"""Periodic evaluation (等级评估): the street's stars for filed groups, and the registrar's grades on record."""
