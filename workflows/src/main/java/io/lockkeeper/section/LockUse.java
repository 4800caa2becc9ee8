package io.lockkeeper.section;

/**
 * A lock that a statement takes.
 *
 * @param relation as the statement names it
 */
public record LockUse(LockMode mode, QualifiedName relation) {}
