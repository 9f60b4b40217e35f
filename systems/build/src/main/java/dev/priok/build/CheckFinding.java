package dev.priok.build;

/**
 * One thing that a check found in a Dockerfile.
 *
 * @param code of this project
 * @param rule name that BuildKit or hadolint has for it
 * @param title what should be
 * @param message what is
 * @param firstLine from 1
 * @param lastLine inclusive
 */
public record CheckFinding(String code, String rule, String title, String message, int firstLine, int lastLine) {}
