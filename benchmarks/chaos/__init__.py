"""Chaos: nights with kills, faults, mutated payloads, full disks and clock jumps."""
