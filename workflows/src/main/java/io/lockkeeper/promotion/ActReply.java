package io.lockkeeper.promotion;

import io.lockkeeper.journal.Status;

/**
 * An act was taken.
 *
 * @param status after it
 * @param sequence of the workflow's last entry: the act is journaled once that is
 */
public record ActReply(Status status, long sequence) {}
