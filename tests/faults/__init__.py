"""Faults on a real installation: killed workers, a database that restarts, a broker that is gone.

Each test has a cluster, worker, beat and site of its own; only the data in it is made once.
"""
