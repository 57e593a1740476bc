-- Prefect's own database, made when the volume is new.
CREATE DATABASE prefect;
